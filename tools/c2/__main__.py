"""python -m tools.c2: the reference C2: receives, keeps, shows and commands; for a bench, an exercise, a small site."""

from __future__ import annotations

import argparse
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FrameType

import msgspec
import zmq
from rich.live import Live

from edge_node.page.login import WebError
from edge_node.publish.keys import KeyFileError, load_or_make
from tools.c2 import enrolment_commands, store_commands
from tools.c2.enrolment import EnrolmentError
from tools.c2.picture import Picture
from tools.c2.station import Station
from tools.c2.table import draw
from tools.c2.web import options as web

KEY_LENGTH = 40


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it worked, 1 with the reason on stderr when not."""
    told = _parser().parse_args([_no_flag(said) for said in (sys.argv[1:] if arguments is None else arguments)])
    try:
        return int(told.run(told))
    except (KeyFileError, EnrolmentError, WebError) as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; that is no failure
        return 0
    except zmq.ZMQError as error:
        binds = filter(None, (told.bind, told.reliable_bind, told.enrol_bind))
        print(f"cannot bind {' or '.join(binds)}: {error.strerror}", file=sys.stderr)
    except sqlite3.Error as error:
        print(f"the store in {told.state} cannot be used: {error}", file=sys.stderr)
    return 1


def _no_flag(said: str) -> str:
    """One in 85 keys begins with a dash; a blank before it, which `enrol` strips, keeps it from being taken for an option."""
    return f" {said}" if len(said) == KEY_LENGTH and said.startswith("-") and not said.startswith("--") else said


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--state", type=Path, default=Path.home() / ".local" / "state" / "edge-node-c2", help="folder of key and enrolment")
    whole = argparse.ArgumentParser(prog="python -m tools.c2", description=__doc__)
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", parents=[common], help="receive, and show a live table")
    serve.add_argument("--bind", default="tcp://127.0.0.1:5571", help="where to listen (%(default)s)")
    serve.add_argument("--reliable-bind", default="tcp://127.0.0.1:5572", help="where to listen for events and history (%(default)s)")
    serve.add_argument("--enrol-bind", help="where to let invited nodes enrol, like tcp://0.0.0.0:5573 (nowhere)")
    serve.add_argument("--json", action="store_true", help="write one JSON object a line instead of the table")
    serve.add_argument("--seconds", type=float, help="end after so long")
    web.add_to(serve)
    serve.set_defaults(run=_serve)
    enrolment_commands.add(commands, common)
    store_commands.add(commands, common)
    commands.add_parser("web-token", parents=[common], help="show the token of the web page").set_defaults(run=web.show_token)
    return whole


def _serve(told: argparse.Namespace) -> int:
    c2 = Station(told.bind, load_or_make(told.state), told.state, told.reliable_bind, told.enrol_bind)
    try:
        with web.overheard(told, c2.events) as events:
            (_write_json if told.json else _show_table)(events, _until(told.seconds))
    finally:
        c2.close()
    print(", ".join(f"{count} {name}" for name, count in sorted(c2.totals.items())) or "nothing was received", file=sys.stderr)
    return 0


def _until(seconds: float | None) -> Iterator[float]:
    """The monotonic time, again and again, for so long from when it is first asked, or until somebody asks to stop."""
    until_s = time.monotonic() + seconds if seconds else float("inf")
    stopping: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    while not stopping and (now_s := time.monotonic()) < until_s:
        yield now_s


def _write_json(events: web.Events, ticks: Iterator[float]) -> None:
    for _ in ticks:
        for event in events(0.2):
            sys.stdout.buffer.write(msgspec.json.encode(event) + b"\n")
        sys.stdout.buffer.flush()


def _show_table(events: web.Events, ticks: Iterator[float]) -> None:
    picture, following = Picture(), import_module("tools.c2.following").Following()  # numpy, which those who write JSON do without
    with Live(auto_refresh=False) as live:
        drawn_s = 0.0
        for now_s in ticks:
            for event in events(0.1):
                picture.take(event, now_s)
                following.take(event, now_s)
            following.advance(now_s)
            if now_s - drawn_s >= 0.25:
                live.update(draw(picture, now_s, following.objects), refresh=True)
                drawn_s = now_s


if __name__ == "__main__":
    sys.exit(main())
