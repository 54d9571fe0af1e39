"""How wide text is in cells, and text of a wanted width."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len, chop_cells, set_cell_size


def width(text: str) -> int:
    """In cells."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, most: int) -> str:
    """At most so many cells; what is left out leaves a mark."""
    if width(text) <= most:
        return text
    return f"{set_cell_size(text, most - 1)}…" if most > 1 else set_cell_size(text, max(most, 0))


def fill(text: str, cells: int) -> str:
    """Just so many cells."""
    short = cut(text, cells)
    return short + " " * (cells - width(short))


def wrap(text: str, cells: int, most: int) -> Iterator[str]:
    """Lines of words, at most so many, the last one cut."""
    words = [part for word in text.split() for part in (chop_cells(word, cells) if width(word) > cells else [word])]
    line, lines = "", 0
    for number, word in enumerate(words):
        longer = f"{line} {word}" if line else word
        if width(longer) <= cells:
            line = longer
            continue
        if lines + 1 == most:
            yield cut(" ".join((line, *words[number:])), cells)
            return
        yield line
        line, lines = word, lines + 1
    if line:
        yield line
