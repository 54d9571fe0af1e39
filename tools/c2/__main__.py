"""python -m tools.c2: a reference C2 for one's own bench, not for operations."""

from __future__ import annotations

import argparse
import secrets
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import zmq
from rich.live import Live

from edge_node.publish import orders
from edge_node.publish.keys import KeyFileError, load_or_make
from tools.c2 import enrolment_commands, history
from tools.c2.enrolment import Enrolment, EnrolmentError
from tools.c2.picture import Picture
from tools.c2.station import Station
from tools.c2.store import Store
from tools.c2.table import draw


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it worked, 1 with the reason on stderr when not."""
    told = _parser().parse_args(arguments)
    try:
        return int(told.run(told))
    except (KeyFileError, EnrolmentError) as error:
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
    serve.set_defaults(run=_serve)
    enrolment_commands.add(commands, common)
    _add_store_commands(commands, common)
    return whole


def _add_store_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    told = commands.add_parser("history", parents=[common], help="what happened: the events that C2 holds")
    told.add_argument("node", nargs="?", help="of this node only")
    told.add_argument("--stream", choices=("events", "history"), default="events", help="events, or the tracks' thinned states")
    told.add_argument("--newest", type=int, default=200, metavar="N", help="the last N (%(default)s); 0: all")
    told.add_argument("--json", action="store_true", help="one JSON object a line")
    told.set_defaults(run=_history)
    order = commands.add_parser("order", parents=[common], help="command a node; a serving C2 sends it until the node answers")
    order.add_argument("node")
    order.add_argument("name", help="report, record, live_rate, point or reload")
    order.add_argument("arguments", nargs="*", metavar="NAME=VALUE", help="such as seconds=30")
    order.add_argument("--valid", type=float, default=60.0, metavar="S", help="how long the node may still begin it (%(default)g)")
    order.add_argument("--wait", type=float, default=10.0, metavar="S", help="how long to wait for its answer (%(default)g)")
    order.set_defaults(run=_order)


def _history(told: argparse.Namespace) -> int:
    store = Store(told.state)
    for event in history.events(store, told.stream, told.node, told.newest or None):
        as_json = told.json or told.stream == "history"
        print(msgspec.json.encode(event).decode() if as_json else history.sentence(event))
    store.close()
    return 0


def _order(told: argparse.Namespace) -> int:
    """Write the command where the serving C2 finds it, and wait for what becomes of it."""
    names = [node.name for node in Enrolment(told.state).nodes() if not node.revoked]
    if told.node not in names:
        raise EnrolmentError(f"no node that is let in is called {told.node}; there are: {', '.join(names) or 'none'}")
    arguments = dict(map(_argument, told.arguments))
    try:
        orders.read(told.name, arguments)
    except ValueError as error:
        raise EnrolmentError(str(error)) from error
    store, command_id = Store(told.state), secrets.token_hex(8)
    store.order(command_id, told.node, told.name, arguments, told.valid)
    until_s = time.monotonic() + told.wait
    while (found := store.command(command_id)) and found["outcome"] is None and time.monotonic() < until_s:
        time.sleep(0.1)
    store.close()
    outcome = found["outcome"] if found else None
    words = found["words"] if found and outcome else f"no answer yet; it stays valid for {told.valid:g} s while a C2 serves"
    print(f"{told.name} {command_id}: {outcome or 'waiting'}: {history.plain(words)}")
    return 0 if outcome in ("done", "started") else 1


def _argument(text: str) -> tuple[str, float | str]:
    name, found, value = text.partition("=")
    if not found:
        raise EnrolmentError(f"{text!r} is not NAME=VALUE")
    try:
        return name, float(value)
    except ValueError:
        return name, value


def _serve(told: argparse.Namespace) -> int:
    c2 = Station(told.bind, load_or_make(told.state), told.state, told.reliable_bind, told.enrol_bind)
    until_s = time.monotonic() + told.seconds if told.seconds else float("inf")
    try:
        (_write_json if told.json else _show_table)(c2, _until(until_s))
    finally:
        c2.close()
    print(", ".join(f"{count} {name}" for name, count in sorted(c2.totals.items())) or "nothing was received", file=sys.stderr)
    return 0


def _until(until_s: float) -> Iterator[float]:
    """The monotonic time, again and again, until it is over or somebody asks to stop."""
    stopping: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    while not stopping and (now_s := time.monotonic()) < until_s:
        yield now_s


def _write_json(c2: Station, ticks: Iterator[float]) -> None:
    for _ in ticks:
        for event in c2.events(0.2):
            sys.stdout.buffer.write(msgspec.json.encode(event) + b"\n")
        sys.stdout.buffer.flush()


def _show_table(c2: Station, ticks: Iterator[float]) -> None:
    picture = Picture()
    with Live(auto_refresh=False) as live:
        drawn_s = 0.0
        for now_s in ticks:
            for event in c2.events(0.1):
                picture.take(event, now_s)
            if now_s - drawn_s >= 0.25:
                live.update(draw(picture, now_s), refresh=True)
                drawn_s = now_s


if __name__ == "__main__":
    sys.exit(main())
