"""Answers of a conversation that was broken off, beside node.toml: a lost line or Ctrl-C loses none. No token is ever among them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from edge_node import private_file

FILE = ".setup-answers.json"
MOST_BYTES = 65_536


class Draft:
    """The file of one node.toml."""

    def __init__(self, config: Path) -> None:
        self.path = config.resolve().parent / FILE
        self._over = False

    def read(self) -> dict[str, str]:
        """What was answered; nothing where there is no file, or one that says nothing."""
        try:
            with self.path.open("rb") as file:
                return msgspec.json.decode(file.read(MOST_BYTES), type=dict[str, str])
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return {}

    def keep(self, answers: Mapping[str, str]) -> None:
        """Write it, until all is forgotten; raises OSError."""
        if not self._over:
            private_file.replace(self.path, msgspec.json.encode(dict(answers)).decode())

    def forget(self) -> None:
        """All of it stands in node.toml now, and what is answered from now on is of no other time."""
        self._over = True
        self.path.unlink(missing_ok=True)
