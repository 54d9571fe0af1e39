"""Which nodes C2 lets in: a text file, one node a line: NAME KEY enrolled|revoked; read again whenever it changes."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from msgspec import Struct

from edge_node.publish.keys import node8

FILE = "nodes.txt"


class EnrolmentError(Exception):
    """A node cannot be enrolled or revoked so, or the file cannot be understood; the text says why."""


class Node(Struct, frozen=True):
    """One node that was let in at some time."""

    name: str
    key: str
    revoked: bool = False

    @property
    def node8(self) -> str:
        """The name of its key in topics."""
        return node8(self.key)


class Enrolment:
    """The file in memory. A file that cannot be understood lets nobody in, and `fault` says so."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE
        self._stamp: tuple[int, int, int] | None = None
        self._by_key: dict[str, Node] = {}
        self.fault = ""
        self.refresh()

    def refresh(self) -> None:
        """Read the file if it changed."""
        try:
            about = self._path.stat()
        except FileNotFoundError:
            self._stamp, self._by_key, self.fault = None, {}, ""
            return
        stamp = about.st_mtime_ns, about.st_size, about.st_ino
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._by_key = {node.key: node for node in _parse(self._path.read_text(encoding="utf-8"))}
            self.fault = ""
        except (OSError, ValueError, EnrolmentError) as error:
            self._by_key, self.fault = {}, f"{self._path}: {error}; nobody is let in"

    def allowed(self, key: str | None) -> Node | None:
        """The node whose key this is, if it is enrolled now."""
        node = self._by_key.get(key or "")
        return node if node and not node.revoked else None

    def nodes(self) -> list[Node]:
        """All nodes, by name."""
        return sorted(self._by_key.values(), key=lambda node: node.name)

    def enrol(self, name: str, key: str) -> Node:
        """Let a node in; a revoked name may come back with a new key."""
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,32}", name):
            raise EnrolmentError("a node's name is 1 to 32 letters, digits, dots, dashes or underscores")
        try:
            node = Node(name, key)
            wanted = node.node8
        except ValueError as error:
            raise EnrolmentError(f"that is no public key: {error}; a shell needs it in single quotes") from error
        others = [other for other in self._whole() if other.name != name or not other.revoked]
        if any(other.name == name and other.key != key for other in others):
            raise EnrolmentError(f"{name} is enrolled with another key: revoke it first")
        others = [other for other in others if other.name != name and other.key != key]
        if any(other.node8 == wanted for other in others):
            raise EnrolmentError(f"another key has the same first digits {wanted}: let the node make a new one")
        self._write([*others, node])
        return node

    def revoke(self, name: str) -> Node:
        """Let a node in no longer; a session that it has open delivers nothing more."""
        known = {node.name: node for node in self._whole()}
        if name not in known:
            raise EnrolmentError(f"no node is called {name}; there are: {', '.join(sorted(known)) or 'none'}")
        known[name] = Node(name, known[name].key, revoked=True)
        self._write(list(known.values()))
        return known[name]

    def _whole(self) -> list[Node]:
        self.refresh()
        if self.fault:
            raise EnrolmentError(self.fault)
        return self.nodes()

    def _write(self, nodes: list[Node]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = "".join(f"{node.name} {node.key} {'revoked' if node.revoked else 'enrolled'}\n" for node in nodes)
        _parse(text)
        handle, fresh = tempfile.mkstemp(prefix=".nodes-", dir=self._path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).replace(self._path)
        self.refresh()


def _parse(text: str) -> list[Node]:
    nodes = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != 3 or words[2] not in ("enrolled", "revoked"):
            raise EnrolmentError(f"line {number} is not NAME KEY enrolled|revoked")
        try:
            node8(words[1])
        except ValueError as error:
            raise EnrolmentError(f"line {number} holds no public key: {error}") from error
        nodes.append(Node(words[0], words[1], words[2] == "revoked"))
    return nodes
