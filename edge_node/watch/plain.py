"""Text that a terminal may be given: what comes from the air or a device may hold anything, escape sequences too."""

from __future__ import annotations

import unicodedata

IN_ASCII = str.maketrans({"°": "d", "±": "~", "→": ">", "…": ".", "×": "x", "█": "#", "░": "?", "─": "-", "│": "|", "µ": "u"})
MARKS = ("Mn", "Me", "Mc")
"""They stack upon the sign before them, as many as somebody likes."""


def plain(text: str) -> str:
    """Without control signs, escape sequences, turned directions and stacked marks."""
    return text if text.isascii() and text.isprintable() else "".join(map(_sign, text))


def _sign(sign: str) -> str:
    if not sign.isprintable():
        return "?"
    return "" if unicodedata.category(sign) in MARKS else sign


def ascii_only(text: str) -> str:
    """For a terminal that shows nothing else."""
    return text.translate(IN_ASCII).encode("ascii", "replace").decode()


def long(seconds: float) -> str:
    """How long, in at most six signs."""
    return f"{max(seconds, 0):.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min" if seconds < 5_940 else f"{seconds / 3_600:.0f} h"


def visible(json: str) -> str:
    """The same JSON with all that is no sign to be seen written as an escape, which only its strings can hold."""
    return json if json.isascii() and json.isprintable() else "".join(map(_escaped, json))


def _escaped(sign: str) -> str:
    if sign.isprintable():
        return sign
    units = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[k] << 8 | units[k + 1]:04x}" for k in range(0, len(units), 2))
