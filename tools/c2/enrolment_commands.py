"""The commands by which a C2 knows itself and its nodes: key, invite, confirm, enrol, revoke, nodes."""

from __future__ import annotations

import argparse
import re
import sys
from contextlib import suppress
from datetime import UTC, datetime

import msgspec

from edge_node.enrolment_file import Address
from edge_node.publish.enrol_token import Token, encode
from edge_node.publish.key_rotation import begin_rotation, finish_rotation, next_pair
from edge_node.publish.keys import KeyPair, load_or_make, qr, show
from tools.c2.enrolment import Enrolment, EnrolmentError
from tools.c2.invitations import Invitations

MOST_MINUTES = 24 * 60

Commands = argparse._SubParsersAction  # noqa: SLF001  (argparse has no public name for it)


def add(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add these commands to the command line."""
    key = commands.add_parser("key", parents=[common], help="show this C2's public key, made at first use; or change it")
    change = key.add_mutually_exclusive_group()
    change.add_argument("--rotate", action="store_true", help="make the key that comes next, for next_server_key in node.toml")
    change.add_argument("--switch", action="store_true", help="put the next key in the place of the current one")
    key.set_defaults(run=_key)
    invite = commands.add_parser("invite", parents=[common], help="make a token by which a node enrols itself, once")
    invite.add_argument("name")
    invite.add_argument("--minutes", type=_minutes, default=10.0, help="how long it holds (%(default)g)")
    invite.add_argument("--enrol", type=_address, required=True, help="where nodes reach --enrol-bind of serve: tcp://HOST:5573")
    invite.add_argument("--live", type=_address, help="where nodes reach --bind of serve (the same host, port 5571)")
    invite.add_argument("--reliable", type=_address, help="where nodes deliver what must not be lost (the same host, port 5572)")
    invite.add_argument("--confirm", action="store_true", help="let the node in only after 'confirm NAME'")
    invite.set_defaults(run=_invite)
    confirm = commands.add_parser("confirm", parents=[common], help="let in a node whose words are the same at both ends")
    confirm.add_argument("name")
    confirm.set_defaults(run=_confirm)
    enrol = commands.add_parser("enrol", parents=[common], help="let a node in by its public key")
    enrol.add_argument("name")
    enrol.add_argument("key", type=str.strip, help="the node's public key, as `edge-node keys` shows it, in single quotes")
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


def _minutes(text: str) -> float:
    """Up to a day; raises argparse.ArgumentTypeError."""
    with suppress(ValueError):
        if 0 < (minutes := float(text)) <= MOST_MINUTES:
            return minutes
    raise argparse.ArgumentTypeError(f"a number of minutes above 0, {MOST_MINUTES} at most")


def _address(text: str) -> str:
    """An address to dial, not one to listen at; raises argparse.ArgumentTypeError."""
    try:
        address = msgspec.convert(text, Address)
    except msgspec.ValidationError as error:
        raise argparse.ArgumentTypeError("an address is written like tcp://c2.example.org:5573") from error
    if re.match(r"tcp://(\*|0\.0\.0\.0|\[::\]):", address):
        raise argparse.ArgumentTypeError(f"{address} is where to listen; say the name or number by which nodes reach this machine")
    return address


def _invite(told: argparse.Namespace) -> int:
    if any(node.name == told.name and not node.revoked for node in Enrolment(told.state).nodes()):
        raise EnrolmentError(f"{told.name} is enrolled already: revoke it first, or take another name")
    live, reliable = (told.live or _beside(told.enrol, 5571)), (told.reliable or _beside(told.enrol, 5572))
    key = load_or_make(told.state).public
    one, secret = Invitations(told.state).invite(told.name, told.minutes, live, reliable, told.confirm)
    token = encode(Token(secret, key, one.expires_utc_s, told.enrol, live, reliable))
    print(f"{token}\n\n{qr(token)}" if sys.stdout.isatty() else token)
    until = datetime.fromtimestamp(one.expires_utc_s, UTC)
    _explain(f"on the node, before {until:%H:%M:%S} UTC: edge-node enrol TOKEN -c node.toml")
    _explain(f"whoever has this token can be {told.name}: let nobody else see it, and compare the words that both ends will show")
    return 0


def _beside(enrol: str, port: int) -> str:
    """The same machine at another port; raises EnrolmentError."""
    address = re.sub(r":\d+$", f":{port}", enrol)
    if address == enrol:
        raise EnrolmentError(f"{enrol} does not tell where else nodes shall dial: say --live and --reliable as well")
    return address


def _confirm(told: argparse.Namespace) -> int:
    node = Enrolment(told.state).confirm(told.name)
    print(f"{node.name} ({node.node8}) is enrolled, by the words: {node.words}")
    return 0


def _enrol(told: argparse.Namespace) -> int:
    node = Enrolment(told.state).enrol(told.name, told.key)
    print(f"{node.name} ({node.node8}) is enrolled")
    return 0


def _revoke(told: argparse.Namespace) -> int:
    """The invitation goes first, so that nobody comes back by it."""
    if Invitations(told.state).withdraw(told.name):
        print(f"the invitation of {told.name} is void")
        if all(node.name != told.name for node in Enrolment(told.state).nodes()):
            return 0
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
