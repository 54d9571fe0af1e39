"""Which nodes C2 lets in: a text file, one key a line: NAME KEY STATE [WORDS]; read again whenever it changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from edge_node.publish.keys import fingerprint, node8
from tools.c2.state_file import StateFile

FILE = "nodes.txt"
NAME = re.compile(r"[A-Za-z0-9._-]{1,32}")

State = Literal["enrolled", "next", "pending", "revoked", "replaced"]
"""`next` is let in beside the enrolled key of its name, `pending` waits to be confirmed, `replaced` gave way to a next one."""
STATES: tuple[State, ...] = get_args(State)
LET_IN = ("enrolled", "next")


class EnrolmentError(Exception):
    """A node cannot be enrolled or revoked so, or the file cannot be understood; the text says why."""


class Clash(EnrolmentError):
    """Another key or another name stands in the way."""


class Node(Struct, frozen=True):
    """One key of a node that was let in at some time, and the words of its enrolment by token."""

    name: str
    key: str
    state: State = "enrolled"
    words: str = ""

    @property
    def node8(self) -> str:
        """The name of its key in topics."""
        return node8(self.key)

    @property
    def fingerprint(self) -> str:
        """For people to compare."""
        return fingerprint(self.key)

    @property
    def revoked(self) -> bool:
        """Whether it was let in once and is no longer."""
        return self.state in ("revoked", "replaced")


class Enrolment:
    """The file in memory. A file that cannot be understood lets nobody in, and `fault` says so."""

    def __init__(self, state_dir: Path) -> None:
        self._file = StateFile(state_dir / FILE)
        self._by_key: dict[str, Node] = {}
        self.fault = ""
        self.refresh()

    def refresh(self) -> None:
        """Read the file if it changed."""
        try:
            text = self._file.fresh()
            if text is not None:
                self._by_key, self.fault = {node.key: node for node in _parse(text)}, ""
        except (OSError, ValueError, EnrolmentError) as error:
            self._by_key, self.fault = {}, f"{self._file.path}: {error}; nobody is let in"

    def allowed(self, key: str | None) -> Node | None:
        """The node whose key this is, if it is let in now."""
        node = self.known(key)
        return node if node and node.state in LET_IN else None

    def known(self, key: str | None) -> Node | None:
        """The node whose key this is or was."""
        return self._by_key.get(key or "")

    def nodes(self) -> list[Node]:
        """All keys of all nodes, by name."""
        return sorted(self._by_key.values(), key=lambda node: node.name)

    def enrol(self, name: str, key: str, state: State = "enrolled", words: str = "") -> Node:
        """Let a node in, or have it wait as `pending`; a revoked name may come back with a new key."""
        node = _node(name, key, state, words)
        with self._changing() as nodes:
            others = [other for other in nodes if other.name != name or not other.revoked]
            if any(other.name == name and other.key != key for other in others):
                raise Clash(f"{name} is enrolled with another key: revoke it first")
            others = [other for other in others if other.key != key]
            _refuse_likeness(others, node)
            nodes[:] = [*others, node]
        return node

    def confirm(self, name: str) -> Node:
        """Let a pending node in."""
        with self._changing() as nodes:
            waiting = next((node for node in nodes if node.name == name and node.state == "pending"), None)
            if waiting is None:
                raise EnrolmentError(f"{name} does not wait to be confirmed")
            node = replace(waiting, state="enrolled")
            nodes[nodes.index(waiting)] = node
        return node

    def revoke(self, name: str) -> Node:
        """Let no key of a node in any longer; a session that it has open delivers nothing more."""
        with self._changing() as nodes:
            if all(node.name != name for node in nodes):
                raise EnrolmentError(f"no node is called {name}; there are: {', '.join(sorted({node.name for node in nodes})) or 'none'}")
            last = min((node for node in nodes if node.name == name), key=lambda node: STATES.index(node.state))
            nodes[:] = [replace(node, state="revoked") if node.name == name else node for node in nodes]
        return replace(last, state="revoked")

    def announce(self, node: Node, next_key: str) -> Node:
        """Let an enrolled node's next key in beside its own, under its name; said again, it changes nothing; raises EnrolmentError."""
        self.used(node.key)
        coming = _node(node.name, next_key, "next")
        with self._changing() as nodes:
            if all((other.name, other.key, other.state) != (node.name, node.key, "enrolled") for other in nodes):
                raise EnrolmentError(f"{node.name} ({node.node8}) is enrolled no longer")
            others = [other for other in nodes if other.name != node.name or other.state != "next"]
            _refuse_likeness(others, coming)
            nodes[:] = [*others, coming]
        return coming

    def used(self, key: str) -> bool:
        """Tell that a key was heard: a next one is then its node's own, and the old one is let in no more; whether it was so."""
        node = self.known(key)
        if node is None or node.state != "next":
            return False
        with self._changing() as nodes:
            if node not in nodes:
                return False
            others = [other for other in nodes if other != node and (other.name, other.state) != (node.name, "replaced")]
            nodes[:] = [replace(other, state="replaced") if other.name == node.name else other for other in others]
            nodes.append(replace(node, state="enrolled"))
        return True

    @contextmanager
    def _changing(self) -> Iterator[list[Node]]:
        """All nodes, to be changed in place; written when that was done and something is new; raises EnrolmentError."""
        try:
            with self._file.changing():
                self.refresh()
                if self.fault:
                    raise EnrolmentError(self.fault)
                nodes = self.nodes()
                yield nodes
                if sorted(nodes, key=_line) != sorted(self.nodes(), key=_line):
                    self._file.write("".join(map(_line, nodes)))
                    self.refresh()
        except OSError as error:
            raise EnrolmentError(f"{self._file.path} cannot be changed: {error.strerror}") from error


def _node(name: str, key: str, state: State, words: str = "") -> Node:
    if not NAME.fullmatch(name):
        raise EnrolmentError("a node's name is 1 to 32 letters, digits, dots, dashes or underscores")
    try:
        node8(key)
    except ValueError as error:
        raise EnrolmentError(f"that is no public key: {error}; a shell needs it in single quotes") from error
    return Node(name, key, state, words)


def _refuse_likeness(others: list[Node], node: Node) -> None:
    if any(other.key == node.key for other in others):
        raise Clash(f"that key is {node.name}'s already, or another node's")
    if any(other.node8 == node.node8 for other in others):
        raise Clash(f"another key has the same first digits {node.node8}: let the node make a new one")


def _line(node: Node) -> str:
    return " ".join(filter(None, (node.name, node.key, node.state, node.words))) + "\n"


def _parse(text: str) -> list[Node]:
    nodes = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split(maxsplit=3)
        if not words or words[0].startswith("#"):
            continue
        state = next((state for state in STATES if words[2:3] == [state]), None)
        if state is None:
            raise EnrolmentError(f"line {number} is not NAME KEY {'|'.join(STATES)}")
        try:
            node8(words[1])
        except ValueError as error:
            raise EnrolmentError(f"line {number} holds no public key: {error}") from error
        nodes.append(Node(words[0], words[1], state, *words[3:]))
    return nodes
