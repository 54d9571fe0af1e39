"""A screen of cells, and the fewest bytes that make one out of another: a link to a mast may carry a few hundred a second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from edge_node.watch.plain import ascii_only, plain
from edge_node.watch.widths import width

Look = Literal["", "dim", "bold", "good", "fair", "bad", "alarm", "title"]
Span = tuple[str, Look]
Line = tuple[Span, ...]
Cell = tuple[str, Look]
Row = tuple[Cell, ...]

BLANK: Cell = (" ", "")
COLOURED: dict[Look, str] = {
    "": "",
    "dim": "2",
    "bold": "1",
    "good": "32",
    "fair": "33",
    "bad": "31;1",
    "alarm": "41;97;1",
    "title": "1",
}
COLOURLESS: dict[Look, str] = {**dict.fromkeys(COLOURED, ""), "dim": "2", "bold": "1", "bad": "1", "alarm": "7", "title": "1"}
NO_LOOK = "\x1b[0m"
LONGEST = 2_000
"""Signs of a text that are looked at; more could not be shown."""
WORTH_A_JUMP = 8
"""To jump over fewer cells that stay costs more bytes than to write them again."""


def row(line: Iterable[Span], columns: int, *, in_ascii: bool = False) -> Row:
    """Cells of a line; a sign that is two cells wide leaves its second empty. Nothing that a terminal would obey gets through."""
    cells: list[Cell] = []
    for text, look in line:
        clean = plain(text[:LONGEST])
        for sign in ascii_only(clean) if in_ascii else clean:
            wide = width(sign)
            if wide and len(cells) + wide <= columns:
                cells += [(sign, look), *[("", look)] * (wide - 1)]
    return (*cells, *[BLANK] * (columns - len(cells)))


def text_of(cells: Row) -> str:
    """Without looks."""
    return "".join(sign for sign, _ in cells).rstrip()


def changes(before: Sequence[Row], after: Sequence[Row], looks: dict[Look, str]) -> str:
    """What to write so that a terminal which shows `before` shows `after`; of another size it shows nothing yet."""
    same = len(before) == len(after)
    written = [_row_changes(number, before[number] if same else None, new, looks) for number, new in enumerate(after)]
    return "".join(written)


def _row_changes(number: int, old: Row | None, new: Row, looks: dict[Look, str]) -> str:
    if old == new:
        return ""
    old = old if old is not None and len(old) == len(new) else None
    end = len(new)
    while end and new[end - 1] == BLANK:
        end -= 1
    clear = old is None or any(cell != BLANK for cell in old[end:])
    written = [_at(number, begin) + _drawn(new[begin:until], looks) for begin, until in _runs(old, new[:end])]
    return "".join(written) + (f"{_at(number, end)}\x1b[K" if clear and end < len(new) else "")


def _runs(old: Row | None, new: Row) -> Iterator[tuple[int, int]]:
    """Where to write, first and past the last cell; never in the middle of a wide sign."""
    begin: int | None = None
    last = 0
    for place, cell in enumerate(new):
        if old is not None and cell == old[place]:
            continue
        if begin is not None and place - last > WORTH_A_JUMP:
            yield _whole(new, old, begin, last)
            begin = None
        begin, last = place if begin is None else begin, place + 1
    if begin is not None:
        yield _whole(new, old, begin, last)


def _whole(new: Row, old: Row | None, begin: int, end: int) -> tuple[int, int]:
    while begin and (new[begin][0] == "" or (old is not None and old[begin][0] == "")):
        begin -= 1
    while end < len(new) and (new[end][0] == "" or (old is not None and old[end][0] == "")):
        end += 1
    return begin, end


def _drawn(cells: Iterable[Cell], looks: dict[Look, str]) -> str:
    """Signs and looks; ends without a look."""
    written, now = [], ""
    for sign, look in cells:
        wanted = looks[look]
        if wanted != now:
            written.append(f"\x1b[0;{wanted}m" if wanted and now else f"\x1b[{wanted}m" if wanted else NO_LOOK)
            now = wanted
        written.append(sign)
    return "".join(written) + (NO_LOOK if now else "")


def _at(number: int, column: int) -> str:
    return f"\x1b[{number + 1};{column + 1}H"
