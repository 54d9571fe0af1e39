"""`edge-node setup`: a conversation, or a file of answers, and a node that runs."""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
from pathlib import Path

from edge_node.commands.first_boot import first_boot
from edge_node.config_file import ConfigError
from edge_node.field.setup import acts
from edge_node.field.setup.answers import AnswersError
from edge_node.field.setup.ask_sensors import Chosen
from edge_node.field.setup.carrying_out import Work
from edge_node.field.setup.choices import Choices, NotAcceptedError, former
from edge_node.field.setup.drafts import Draft
from edge_node.field.setup.first_boot import on_boot_partition
from edge_node.field.setup.following import follow
from edge_node.field.setup.terminal import StoppedError, Terminal
from edge_node.field.setup.toml_text import NotTomlError
from edge_node.field.setup.wizard import Wizard

STOPPED = 130
OF_ALL = 0o755
NOT_WRITTEN = (NotAcceptedError, NotTomlError, ConfigError, OSError)
START = "Starts it now and at every boot (systemctl enable, restart)."
DOCTOR = "Listens and looks with each sensor for some seconds and says what is wrong: the page to photograph before you leave."


def setup(arguments: argparse.Namespace) -> int:
    """`edge-node setup`: exit code 0 when the node is as it should be, 1 where something is left to see to."""
    config, root = arguments.config, arguments.root
    if problem := _folder_problem(config):
        return _trouble(problem, os.EX_NOPERM)
    if arguments.first_boot:
        return first_boot(arguments.answers or on_boot_partition(root), config, root, arguments.wait)
    if arguments.answers:
        return _by_file(arguments.answers, Work(config, _say, arguments.wait), root)
    return _by_talk(config, root, arguments.wait)


def _by_file(answers_file: Path, work: Work, root: Path) -> int:
    old = former(work.config)
    try:
        made, chosen, notes, is_started = follow(answers_file, old, root)
        work.write(old, made)
    except AnswersError as error:
        return _trouble(str(error), os.EX_DATAERR)
    except NOT_WRITTEN as error:
        return _trouble(f"{work.config} is left as it was: {error}", os.EX_CONFIG)
    for note in notes:
        work.trouble(note)
    _rest(work, made, chosen)
    if is_started and acts.has_service():
        work.start()
    return int(bool(work.wrong))


def _rest(work: Work, made: Choices, chosen: Chosen) -> None:
    """All that comes after node.toml and before the service."""
    work.make_keys()
    if made.token is not None:
        work.enrol(made.token)
    work.name_adapters(chosen.adapters)
    work.remind(made)


def _by_talk(config: Path, root: Path, wait_s: float) -> int:
    """Ask, write, and offer what comes next; Ctrl-C, a closed window and a lost line leave everything as it was."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    draft = Draft(config)
    before = draft.read()
    terminal = Terminal(sys.stdin, sys.stdout, shutil.get_terminal_size((72, 24)).columns, before, draft.keep)
    work = Work(config, terminal.say, wait_s)
    try:
        if before:
            terminal.say("Your answers of last time, which were not written yet, stand in [ ].")
        return _talk(terminal, work, draft, root)
    except (StoppedError, KeyboardInterrupt):
        done = f"{config} is written; run 'edge-node setup' again for the rest" if work.is_written else _unwritten(config, draft)
        terminal.say(f"\nStopped. {done}")
        return STOPPED
    except NOT_WRITTEN as error:
        terminal.say(f"! {config} is left as it was: {error}")
        return os.EX_CONFIG


def _talk(terminal: Terminal, work: Work, draft: Draft, root: Path) -> int:
    old = former(work.config)
    decided = Wizard(terminal, old, work.config, root).run()
    if decided is None:
        terminal.say(f"Nothing is written. Your answers are kept in {draft.path.name} for the next time.")
        return os.EX_OK
    made, chosen = decided
    work.write(old, made)
    draft.forget()
    _rest(work, made, chosen)
    return _next(terminal, work)


def _next(terminal: Terminal, work: Work) -> int:
    """The service and the doctor, where they are there and wanted."""
    if not acts.has_service():
        terminal.say(f"Start it with: edge-node run -c {work.config}")
    elif terminal.yes("start", "Start the node?", START, default=True):
        work.start()
    if terminal.yes("doctor", "Look it over now (edge-node doctor)?", DOCTOR, default=True):
        work.look_over()
    if work.wrong:
        terminal.say("\nLeft to see to:")
        for wrong in work.wrong:
            terminal.say(f"! {wrong}")
    else:
        terminal.say("\nDone. 'edge-node status' says how the node is; 'edge-node setup' changes any of this.")
    return int(bool(work.wrong))


def _unwritten(config: Path, draft: Draft) -> str:
    kept = f" Your answers are kept in {draft.path.name}: run 'edge-node setup' again to go on." if draft.path.exists() else ""
    return f"{config} is as it was.{kept}"


def _folder_problem(config: Path) -> str:
    """Why nothing could be written, before anybody answers questions; empty where it can."""
    folder = config.resolve().parent
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(OF_ALL)  # whatever the umask: the node's own user has to come in
    except OSError as error:
        return f"{folder} cannot be made: {error.strerror}; say 'sudo edge-node setup'"
    return "" if os.access(folder, os.W_OK | os.X_OK) else f"{folder} may not be written: say 'sudo edge-node setup'"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _trouble(text: str, code: int) -> int:
    sys.stderr.write(f"edge-node: {text}\n")
    return code
