"""`edge-node enrol`: from a token to a node that knows its C2, and words for two people to compare."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from edge_node import enrolment_file, private_file
from edge_node.config_file import ConfigError, load
from edge_node.enrolment_file import Enrolled
from edge_node.publish.enrol import EnrolError, UnreachableError
from edge_node.publish.enrol import enrol as visit
from edge_node.publish.enrol_token import MOST_SIGNS, Token, TokenError, decode
from edge_node.publish.enrol_wire import Welcome
from edge_node.publish.keys import KeyFileError, KeyPair, load_or_make
from edge_node.publish.words import words

STANDARD_INPUT = "-"
CODES: dict[type[Exception], int] = {TokenError: os.EX_DATAERR, ConfigError: os.EX_CONFIG, UnreachableError: os.EX_TEMPFAIL}


def enrol(arguments: argparse.Namespace) -> int:
    """`edge-node enrol TOKEN`: exit code 0 when C2 has enrolled this node and the node knows where to dial."""
    try:
        sys.stdout.write(_enrol(decode(_text(arguments.token)), arguments.config, arguments.wait))
    except (TokenError, ConfigError, KeyFileError, EnrolError, OSError) as error:
        sys.stderr.write(f"edge-node: {error}\n")
        return CODES.get(type(error), 1)
    return os.EX_OK


def _text(told: str) -> str:
    return sys.stdin.buffer.read(MOST_SIGNS).decode(errors="replace") if told == STANDARD_INPUT else told


def _enrol(token: Token, config: Path, wait_s: float) -> str:
    """What was done, in words."""
    state_dir = load(config, c2=False).node.state_dir
    private_file.require_own(state_dir)
    keys = load_or_make(state_dir)
    welcome = visit(token, keys, wait_s)
    path = _keep(state_dir, token, welcome)
    return _told(token, keys, welcome, path) + _contradicted(config, token, welcome)


def _keep(state_dir: Path, token: Token, welcome: Welcome) -> Path:
    enrolled = Enrolled(welcome.live, token.server_key, welcome.reliable, welcome.next_server_key)
    try:
        return enrolment_file.write(state_dir, enrolled)
    except OSError as error:
        said = f"C2 has enrolled this node, but {state_dir / enrolment_file.FILE} cannot be written: {error.strerror}"
        raise EnrolError(f"{said}; put that right and say the same again") from error


def _told(token: Token, keys: KeyPair, welcome: Welcome, path: Path) -> str:
    """What was done, the words, and what is left to do."""
    waits = f"C2 lets it in once its operator says 'confirm {welcome.name}', and that is for when the words are the same.\n"
    return (
        f"This node ({keys.node8}) is enrolled as {welcome.name}.\n\n    {words(keys.public, token.server_key, token.secret)}\n\n"
        "Have C2's operator read its words to you, over a telephone say. If they are others, somebody sits in between:\n"
        f"C2 must revoke {welcome.name} at once, and {path} must go.\n"
        f"{waits if welcome.kind == 'pending' else ''}"
        f"Tracks go to {welcome.live}, as {path} says; a node that runs already goes there after 'systemctl reload edge-node'.\n"
    )


def _contradicted(path: Path, token: Token, welcome: Welcome) -> str:
    """What node.toml says otherwise, and so keeps from being used."""
    try:
        c2 = load(path).c2
    except ConfigError as error:
        return f"But the node cannot run yet: {error}\n"
    told = {"live": (c2.live, welcome.live), "server_key": (c2.server_key, token.server_key)}
    others = [key for key, (stated, learned) in told.items() if stated != learned]
    return f"But {path} says otherwise, and wins: take {' and '.join(others)} out of [c2] there.\n" if others else ""
