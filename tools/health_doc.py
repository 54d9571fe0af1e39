"""python -m tools.health_doc: writes the tables of docs/health.md that are in the code: names, lamp, what is over."""

from __future__ import annotations

import re
from pathlib import Path

from edge_node.field.health_names import NAMES, PAST
from edge_node.field.lamp import BEEPS, PATTERNS

PAGE = Path(__file__).parents[1] / "docs" / "health.md"
GRADES = {"warn": "worse", "fail": "fails"}
SHOWS = {
    "starting": "it starts",
    "green": "green",
    "amber": "amber",
    "no_c2": "amber for C2 alone: it does its work, and C2 does not hear of it",
    "red": "red; the buzzer again once a minute",
}
NAME_ROWS = re.compile(r"(?<=touch, where it says nothing better \|\n\|---\|---\|---\|---\|\n)(?:\|.*\n)*")
LAMP_ROWS = re.compile(r"(?<=the buzzer, when it begins \|\n\|---\|---\|---\|\n)(?:\|.*\n)*")
PAST_ROW = re.compile(r"(?<=and make nothing amber: ).*")


def names() -> str:
    """One row each."""
    return "".join(f"| `{name}` | {GRADES[one.grade]} | {one.meaning} | {one.touch} |\n" for name, one in NAMES.items())


def lamp() -> str:
    """One row each, as the card at the mast shows them."""
    flashes = {what: pattern * (8 // len(pattern)) for what, pattern in PATTERNS.items()}
    return "".join(f"| `{_dots(flashes[what])}` | {SHOWS[what]} | {f'`{BEEPS[what]}`' if BEEPS[what] else ''} |\n" for what in PATTERNS)


def _dots(pattern: str) -> str:
    return pattern.replace("#", "●").replace(".", "○")


def past() -> str:
    """In one line."""
    return ", ".join(f"`{name}`" for name in sorted(PAST)) + "."


def page(text: str) -> str:
    """The page with its tables as they are in the code."""
    for pattern, rows in ((NAME_ROWS, names()), (LAMP_ROWS, lamp()), (PAST_ROW, past())):
        text = pattern.sub(rows.replace("\\", r"\\"), text, count=1)
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
