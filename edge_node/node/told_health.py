"""What a child process tells its supervisor of its health beside its words: findings and coverage, in one datagram each."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from edge_node.field.health import worst_first
from edge_node.field.health_names import LONGEST_TOUCH, LONGEST_WORDS
from edge_node.field.sensing import bounded
from edge_node.messages import Coverage, Finding

MOST_TOLD = 12
MOST_BYTES = 3_800
"""Notify's datagrams are cut at 4000."""
LONGEST_NAME = 48

_findings = msgspec.json.Decoder(tuple[Finding, ...])
_coverage = msgspec.json.Decoder(Coverage)


def packed(findings: Sequence[Finding]) -> str:
    """As JSON; the least bad are left out where they do not fit."""
    kept = [_cut(one) for one in worst_first(findings)[:MOST_TOLD]]
    while len(text := msgspec.json.encode(kept)) > MOST_BYTES:
        kept.pop()
    return text.decode()


def _cut(one: Finding) -> Finding:
    about, name, words, touch = _plain(one.about, LONGEST_NAME), _plain(one.name, LONGEST_NAME), _plain(one.words, LONGEST_WORDS), one.touch
    return replace(one, about=about, name=name, words=words, touch=_plain(touch, LONGEST_TOUCH))


def _plain(text: str, most: int) -> str:
    """What comes of a device's own text may be anything."""
    return "".join(sign if sign.isprintable() else "?" for sign in text[:most])


def unpacked(text: str) -> tuple[Finding, ...] | None:
    """What `packed` made; None of what is none of it."""
    try:
        return tuple(map(_cut, _findings.decode(text)[:MOST_TOLD]))
    except (msgspec.DecodeError, UnicodeError):
        return None


def packed_coverage(said: Coverage) -> str:
    """As JSON."""
    return msgspec.json.encode(bounded(said)).decode()


def unpacked_coverage(text: str) -> Coverage | None:
    """What `packed_coverage` made; None of what is none of it."""
    try:
        return bounded(_coverage.decode(text))
    except (msgspec.DecodeError, UnicodeError):
        return None
