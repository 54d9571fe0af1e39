"""`edge-node watch`: the picture of the running node in this terminal, until q."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from edge_node.commands.running import _trouble
from edge_node.config_file import ConfigError, load
from edge_node.node import now as node_now
from edge_node.node.now import Now
from edge_node.watch.cells import row, text_of
from edge_node.watch.happened import Happened
from edge_node.watch.picture import SNAPSHOT_ROWS, Wanted, picture
from edge_node.watch.plain import visible
from edge_node.watch.terminal import FALLBACK, Ended, Terminal

EVERY_S = 1.0
NO_SCREEN = ("", "dumb", "unknown")
DRAW_ANEW = "\x0c"
VERDICTS = ("green", "amber", "red")
BY_SIGNAL = 128
"""A shell's exit code of a command that a signal ended, less the signal's number."""


def watch(arguments: argparse.Namespace) -> int:
    """Exit code 0 green, 1 amber, 2 red, silent or not running, as it was when it was seen last."""
    try:
        run_dir = load(arguments.config).node.run_dir
    except ConfigError as error:
        return _trouble(error, os.EX_CONFIG)
    if arguments.json:
        return _json(run_dir, arguments.once)
    has_screen = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "") not in NO_SCREEN
    return _once(run_dir) if arguments.once or not has_screen else _live(run_dir)


def _json(run_dir: Path, once: bool) -> int:
    """One object a line, one line a second; ends with whoever reads it."""
    while True:
        now = node_now.look(run_dir)
        sys.stdout.write(f"{visible(msgspec.json.encode(now, enc_hook=str).decode())}\n")
        sys.stdout.flush()
        if once:
            return _code(now)
        time.sleep(EVERY_S)


def _once(run_dir: Path) -> int:
    """A plain snapshot, as long as it takes, without any escape sequence."""
    now = node_now.look(run_dir)
    columns = _columns()
    wanted = Wanted(keys=False, braille=not _in_ascii(os.environ))
    for line in picture(now, (), wanted, columns, SNAPSHOT_ROWS):
        sys.stdout.write(f"{text_of(row(line, columns, in_ascii=_in_ascii(os.environ)))}\n")
    return _code(now)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or FALLBACK[0]
    except OSError:
        return FALLBACK[0]


def _live(run_dir: Path) -> int:
    in_ascii = _in_ascii(os.environ)
    wanted, happened = Wanted(braille=not in_ascii), Happened()
    now = node_now.look(run_dir)
    try:
        with Terminal(colour=not os.environ.get("NO_COLOR"), in_ascii=in_ascii) as terminal:
            while True:
                if wanted.held_since_s is None:
                    now = node_now.look(run_dir)
                    happened.look(now)
                terminal.show(picture(now, happened.said, wanted, *terminal.size()))
                if not _obey(terminal, wanted):
                    return _code(now)
    except Ended as error:
        return BY_SIGNAL + error.number
    except (EOFError, OSError):
        return _code(now)  # the line is gone, and who looked with it


def _obey(terminal: Terminal, wanted: Wanted) -> bool:
    """Whatever was pressed before the next look is due; False once it is to end."""
    for key in terminal.keys(EVERY_S):
        if key in "q\x04":
            return False
        if key == "p":
            wanted.held_since_s = time.monotonic() if wanted.held_since_s is None else None
        elif key == "s":
            wanted.sort_otherwise()
        elif key in "?h":
            wanted.help = not wanted.help
        elif key == DRAW_ANEW:
            terminal.forget()
    return True


def _code(now: Now) -> int:
    return VERDICTS.index(now.status.verdict) if now.status is not None and now.state == "running" else 2


def _in_ascii(environment: Mapping[str, str]) -> bool:
    """Whether the terminal shows no more than ASCII: where nobody says UTF-8, and on a console, whose letters are few."""
    said = environment.get("LC_ALL") or environment.get("LC_CTYPE") or environment.get("LANG") or ""
    return "utf" not in said.lower() or environment.get("TERM") == "linux"
