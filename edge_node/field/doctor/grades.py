"""Findings put together: how a driver's sentence becomes one, and which of several is the worst."""

from __future__ import annotations

from collections.abc import Iterable

from edge_node.messages import Finding, Grade

ORDER: tuple[Grade, ...] = ("ok", "warn", "fail")
LEAST_WORDS = 3
"""A shorter beginning is only the name of what the sentence is about."""
LONGEST = 300


def finding(about: str, name: str, grade: Grade, words: str, touch: str = "") -> Finding:
    """One finding, its words in one line and bounded: what a device or a file said may be in them."""
    return Finding(about=about, name=name, grade=grade, words=shown(words), touch=shown(touch))


def shown(words: str) -> str:
    """Without line breaks or what a terminal would obey."""
    line = " ".join(words.split())
    return "".join(one if one.isprintable() else "?" for one in line[:LONGEST])


def worst(findings: Iterable[Finding]) -> Grade:
    """The worst grade of them; ok where there are none."""
    return max((one.grade for one in findings), key=ORDER.index, default="ok")


def in_two(sentence: str, touch: str = "") -> tuple[str, str]:
    """What is wrong and what to do, of a driver's "what is wrong: what to do"; `touch` where it does not say the latter."""
    depth = 0
    for at, sign in enumerate(sentence):
        depth += (sign == "(") - (sign == ")")
        if sentence.startswith(": ", at) and depth == 0 and len(sentence[:at].split()) >= LEAST_WORDS:
            return sentence[:at], sentence[at + 2 :]
    return sentence, touch
