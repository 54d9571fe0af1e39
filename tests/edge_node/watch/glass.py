"""What a terminal shows of the bytes that it was given: as much of xterm as `edge-node watch` may use, and an error for all else."""

from __future__ import annotations

import re

from rich.cells import cell_len

TOKEN = re.compile(r"\x1b\[(\??[0-9;]*)([A-Za-z])|([^\x00-\x1f\x7f-\x9f])")


class Glass:
    """Rows of signs; `modes` are those that were set and not taken back."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.count = columns, rows
        self.modes: set[str] = set()
        self.looks: set[str] = set()
        self._row = self._column = 0
        self._left = b""
        self._clear()

    def _clear(self) -> None:
        self._rows = [[" "] * self.columns for _ in range(self.count)]

    @property
    def lines(self) -> list[str]:
        """What is to be read."""
        return ["".join(row).rstrip() for row in self._rows]

    @property
    def text(self) -> str:
        """All words of it, however they are wrapped."""
        return " ".join(" ".join(self.lines).split())

    def feed(self, data: bytes) -> None:
        """Take what was written; fails on what no terminal should be given."""
        text, self._left = self._whole(self._left + data)
        place = 0
        while place < len(text):
            token = TOKEN.match(text, place)
            assert token, f"a terminal is given {text[place : place + 20]!r}"
            place = token.end()
            if token[2]:
                self._obey(token[1], token[2])
            else:
                self._put(token[3])

    def _whole(self, data: bytes) -> tuple[str, bytes]:
        """Up to the last whole sign and sequence."""
        cut = data.rfind(b"\x1b")
        if cut >= 0 and not re.match(rb"\x1b\[\??[0-9;]*[A-Za-z]", data[cut:]):
            return data[:cut].decode(), data[cut:]
        for short in range(4):
            try:
                return data[: len(data) - short].decode(), data[len(data) - short :]
            except UnicodeDecodeError:
                continue
        raise AssertionError(f"no UTF-8: {data[-20:]!r}")

    def _obey(self, numbers: str, command: str) -> None:
        if command == "H":
            row, _, column = numbers.partition(";")
            self._row, self._column = int(row or 1) - 1, int(column or 1) - 1
            assert self._row < self.count
            assert self._column < self.columns
        elif command == "K":
            self._rows[self._row][self._column :] = [" "] * (self.columns - self._column)
        elif command == "J":
            self._clear()
        elif command in "hl":
            (self.modes.add if command == "h" else self.modes.discard)(numbers)
        else:
            assert command == "m", f"unknown: {numbers}{command}"
            self.looks.add(numbers)

    def _put(self, sign: str) -> None:
        wide = cell_len(sign)
        assert wide
        assert self._column + wide <= self.columns, "a line is too long"
        self._rows[self._row][self._column] = sign
        for k in range(1, wide):
            self._rows[self._row][self._column + k] = ""
        self._column += wide
