"""HTML and SVG that cannot carry what a trial smuggled in: every text and every attribute is escaped, whoever says it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Characters that a reader does not see, and those that turn a line's direction."""
VOID = frozenset({"meta", "br"})
MOST_CHARACTERS = 300


class Markup(str):
    """What is markup already, or holds nothing but numbers."""

    __slots__ = ()


Child = str | Markup | None


def text(said: object) -> Markup:
    """Said words as they may stand in a page: escaped, without what is unseen, and no longer than a page bears."""
    words = UNSEEN.sub("�", str(said))
    return Markup(escape(words if len(words) <= MOST_CHARACTERS else words[: MOST_CHARACTERS - 1] + "…"))


def tag(name: str, /, *children: Child | Iterable[Child], **attributes: object) -> Markup:
    """One element; children that are no markup are escaped, a trailing or inner underscore of an attribute is for Python alone."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{value if isinstance(value, Markup) else text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = join(children)
    return Markup(f"<{name}{told}>" if name in VOID else f"<{name}{told}>{inner}</{name}>")


def join(children: Iterable[Child | Iterable[Child]]) -> Markup:
    """Children one after another."""
    out = []
    for child in children:
        if isinstance(child, Markup):
            out.append(str(child))
        elif isinstance(child, str):
            out.append(str(text(child)))
        elif child is not None:
            out.append(str(join(child)))
    return Markup("".join(out))
