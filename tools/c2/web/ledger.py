"""Rows by table and key, and at which turn each changed: what a reader who knows an earlier turn still lacks."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from tools.c2.web.rows import Row

Key = int | str

MOST_GONE = 5_000


class Ledger:
    """`put` whole tables, turn after turn; `since` tells the difference. It holds the newest of each row and nothing older."""

    def __init__(self, tables: tuple[str, ...]) -> None:
        self.turn = 0
        self._rows: dict[str, dict[Key, tuple[int, Row]]] = {table: {} for table in tables}
        self._gone: deque[tuple[int, str, Key]] = deque()
        self._forgotten = 0

    def next_turn(self) -> None:
        """All that is put from now on is newer than all that was told."""
        self.turn += 1

    def put(self, table: str, rows: Mapping[Key, Row]) -> None:
        """A whole table as it is now."""
        known = self._rows[table]
        for key in known.keys() - rows.keys():
            del known[key]
            self._gone.append((self.turn, table, key))
        for key, row in rows.items():
            if key not in known or known[key][1] != row:
                known[key] = self.turn, row
        while len(self._gone) > MOST_GONE:
            self._forgotten = self._gone.popleft()[0]

    def since(self, turn: int) -> dict[str, Any]:
        """What is new for one who knows that turn; `whole` when he has to begin anew: he knows nothing, or too little is remembered."""
        whole = turn <= self._forgotten
        changed = {table: [row for changed_at, row in known.values() if whole or changed_at > turn] for table, known in self._rows.items()}
        told: dict[str, Any] = {table: rows for table, rows in changed.items() if rows}
        gone: dict[str, list[Key]] = {}
        for gone_at, table, key in self._gone:
            if gone_at > turn and not whole and key not in self._rows[table]:
                gone.setdefault(table, []).append(key)
        return told | ({"whole": True} if whole else {}) | ({"gone": gone} if gone else {})
