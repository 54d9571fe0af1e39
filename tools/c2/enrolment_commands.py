"""The commands by which a C2 knows itself and its nodes: key, enrol, revoke, nodes."""

from __future__ import annotations

import argparse
import sys

from edge_node.publish.key_rotation import begin_rotation, finish_rotation, next_pair
from edge_node.publish.keys import KeyPair, load_or_make, show
from tools.c2.enrolment import Enrolment, EnrolmentError

Commands = argparse._SubParsersAction  # noqa: SLF001  (argparse has no public name for it)


def add(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add these commands to the command line."""
    key = commands.add_parser("key", parents=[common], help="show this C2's public key, made at first use; or change it")
    change = key.add_mutually_exclusive_group()
    change.add_argument("--rotate", action="store_true", help="make the key that comes next, for next_server_key in node.toml")
    change.add_argument("--switch", action="store_true", help="put the next key in the place of the current one")
    key.set_defaults(run=_key)
    enrol = commands.add_parser("enrol", parents=[common], help="let a node in")
    enrol.add_argument("name")
    enrol.add_argument("key", help="the node's public key, as `edge-node keys` shows it, in single quotes")
    enrol.set_defaults(run=_enrol)
    revoke = commands.add_parser("revoke", parents=[common], help="let a node in no longer")
    revoke.add_argument("name")
    revoke.set_defaults(run=_revoke)
    commands.add_parser("nodes", parents=[common], help="list all nodes").set_defaults(run=_nodes)


def _key(told: argparse.Namespace) -> int:
    pair = load_or_make(told.state)
    if told.rotate:
        pair = begin_rotation(told.state)
        _explain("every node needs it as next_server_key in [c2]; when all have it: key --switch, then start serve again")
    elif told.switch:
        pair = finish_rotation(told.state)
        _explain("start serve again; nodes find it by next_server_key, and it is their server_key from now on")
    elif waiting := next_pair(told.state):
        _explain(f"the next key, {waiting.public}, waits: 'key --switch' takes it into use")
    _print_key(pair)
    return 0


def _print_key(pair: KeyPair) -> None:
    print(show(pair) if sys.stdout.isatty() else pair.public)


def _explain(words: str) -> None:
    """Beside the key, which alone goes to standard output."""
    print(words, file=sys.stderr)


def _enrol(told: argparse.Namespace) -> int:
    node = Enrolment(told.state).enrol(told.name, told.key)
    print(f"{node.name} ({node.node8}) is enrolled")
    return 0


def _revoke(told: argparse.Namespace) -> int:
    node = Enrolment(told.state).revoke(told.name)
    print(f"{node.name} ({node.node8}) is revoked")
    return 0


def _nodes(told: argparse.Namespace) -> int:
    enrolment = Enrolment(told.state)
    for node in enrolment.nodes():
        print(f"{node.name:32} {node.node8} {node.state:8} {node.key}  {node.words}".rstrip())
    if enrolment.fault:
        raise EnrolmentError(enrolment.fault)
    return 0
