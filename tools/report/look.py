"""How the page looks."""

from __future__ import annotations

from pathlib import Path

COLOURS = 8
STYLE = (Path(__file__).parent / "look.css").read_text(encoding="utf-8")


def colour(number: int) -> str:
    """The colour of an object by its number, as a CSS declaration."""
    return f"--c: var(--o{number % COLOURS})"
