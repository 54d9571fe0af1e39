"""What was heard waits a little: another ear may tell the same packet better, or a longer one of which it is a piece."""

from __future__ import annotations

from edge_node.messages import LinkKind
from edge_node.radio.tracks.heard import Heard, is_part_of

MOST = 256
CHIRPS: frozenset[LinkKind] = frozenset({"lora", "lorawan"})
FAINTER_DB, TOGETHER_S, TOGETHER = 9.0, 60e-6, 0.02
"""Skirts and images are so much fainter, and begin and end within such a time or share of the packet of what they are made of."""
MISCOUNTED = 2.5
"""By so many symbols of its preamble a faint image of a packet may seem to begin elsewhere."""
ONE = 0.9
"""Of its duration after a packet began no other of its transmitter begins."""


class Waiting:
    """Bounded: the oldest goes first where too much waits."""

    def __init__(self) -> None:
        self._waiting: list[Heard] = []

    def add(self, heard: Heard) -> None:
        """Take a packet in, unless it is there already and told better; what it tells better itself gives way."""
        if any(_is_better(one, heard) for one in self._waiting):
            return
        self._waiting = [one for one in self._waiting if not _is_better(heard, one)]
        self._waiting.append(heard)

    def ready(self, before_ns: int) -> list[Heard]:
        """Those that began before then, and those for which there is no room, in time order; they wait no more."""
        self._waiting.sort(key=lambda one: one.t_mono_ns)
        count = max(len(self._waiting) - MOST, sum(one.t_mono_ns < before_ns for one in self._waiting))
        ready, self._waiting = self._waiting[:count], self._waiting[count:]
        return ready


def _is_same(one: Heard, other: Heard) -> bool:
    """Whether both are one packet of chirps, or parts of one."""
    if one.finding.link not in CHIRPS or other.finding.link not in CHIRPS:
        return False
    if any(one.finding.parameters.get(name) != other.finding.parameters.get(name) for name in ("spreading_factor", "chirps")):
        return False
    first, second = sorted((one, other), key=lambda one: one.t_s)
    near = abs(one.carrier_hz - other.carrier_hz) < max(one.burst.bandwidth_hz, other.burst.bandwidth_hz) / 2
    return near and second.t_s < first.t_s + ONE * first.burst.duration_s


def _is_better(one: Heard, other: Heard) -> bool:
    """Whether a packet tells more than another that lies within it, is the same, or is but its image or its skirt."""
    if _is_same(one, other):
        return _worth(one) >= _worth(other)
    if one.burst.level_dbfs - other.burst.level_dbfs > FAINTER_DB and _comes_and_goes_with(one, other):
        return True
    return other.finding.link == "unknown" and one.finding.link != "unknown" and is_part_of(other, one)


def _comes_and_goes_with(one: Heard, other: Heard) -> bool:
    """Whether both begin and end together, as what a receiver makes of a strong signal elsewhere in its band does with it."""
    if one.burst.lasts or other.burst.lasts:
        return False
    symbol_hz = one.finding.parameters.get("symbol_rate_hz")
    if isinstance(symbol_hz, float) and other.finding.parameters.get("symbol_rate_hz") == symbol_hz:
        return abs(one.t_s - other.t_s) < MISCOUNTED / symbol_hz
    slack_s = max(TOGETHER_S, TOGETHER * one.burst.duration_s)
    return abs(one.t_s - other.t_s) < slack_s and abs(one.t_s + one.burst.duration_s - other.t_s - other.burst.duration_s) < slack_s


def _worth(heard: Heard) -> tuple[bool, bool, float]:
    return heard.finding.frame is not None, "sync_word" in heard.finding.parameters, heard.burst.duration_s
