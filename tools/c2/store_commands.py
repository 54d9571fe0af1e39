"""Commands of the reference C2 that ask its store, or leave something in it for the one that serves."""

from __future__ import annotations

import argparse
import secrets
import time
from typing import Any

import msgspec

from edge_node.publish import orders
from tools.c2 import history
from tools.c2.enrolment import Enrolment, EnrolmentError
from tools.c2.store import Store

MOST_VALID_S = 86_400


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Their parsers; each sets `run`."""
    told = commands.add_parser("history", parents=[common], help="what happened: the events that C2 holds")
    told.add_argument("node", nargs="?", help="of this node only")
    told.add_argument("--stream", choices=("events", "history"), default="events", help="events, or the tracks' thinned states")
    told.add_argument("--newest", type=int, default=200, metavar="N", help="the last N (%(default)s); 0: all")
    told.add_argument("--json", action="store_true", help="one JSON object a line")
    told.set_defaults(run=_history)
    order = commands.add_parser("order", parents=[common], help="command a node; a serving C2 sends it until the node answers")
    order.add_argument("node")
    order.add_argument("name", help="report, record, freeze, live_rate, point or reload")
    order.add_argument("arguments", nargs="*", metavar="NAME=VALUE", help="such as seconds=30")
    order.add_argument("--valid", type=_seconds, default=60.0, metavar="S", help="how long the node may still begin it (%(default)g)")
    order.add_argument("--wait", type=_seconds, default=10.0, metavar="S", help="how long to wait for its answer (%(default)g)")
    order.set_defaults(run=_order)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= MOST_VALID_S:
        raise argparse.ArgumentTypeError(f"{text} is not 0 to {MOST_VALID_S} seconds")
    return seconds


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
