"""Whether data come as they should: what a sensor hands over against the rate that it declares. Green is earned by data."""

from __future__ import annotations

from collections import deque
from math import inf
from typing import Any

from msgspec import Struct

from edge_node.field.health_names import found
from edge_node.messages import Finding

NS_PER_S = 1_000_000_000
NOTHING_AFTER_S = 3.5
"""Said within 5 s, with what reporting takes."""
WINDOW_S = 3
PATIENCE_PICTURES = 3
LEARNT_OVER_S = 10
EVENTS = frozenset({"wifi_monitor", "ble_hci", "ble_sniffle", "mavlink_rid"})
"""They hear what happens to be on the air: nothing for a while is usual, and how long a while is for field.silence to learn."""


class Rate(Struct, frozen=True):
    """What a kind of block brings: in which words, how much a second, at least which share of it, and what share may be lost.

    So much as `enough` a second is never too little.
    """

    words: str
    a_second: float | None
    least_share: float
    most_lost: float
    enough: float = inf


RATES = {
    "AudioBlock": Rate("s of sound", 1.0, 0.7, 0.05),
    "IqBlock": Rate("s of spectrum", 1.0, 0.25, 0.1),
    "Frame": Rate("pictures", None, 1 / 3, 1.0, enough=8.0),
    "GnssFix": Rate("fixes", None, 0.0, 1.0),
    "Attitude": Rate("attitudes", None, 0.0, 1.0),
}
"""A receiver that goes about its plan is deaf while it settles; a computer that is slower than its camera takes the newest picture."""


class _Second(Struct):
    """What came in one second."""

    number: int
    came: float = 0.0
    lost: float = 0.0


class Liveness:
    """Of one sensor from when it was opened; `declared` is how many pictures a second its driver says, None where it does not."""

    def __init__(self, sensor: str, driver: str, declared: float | None, now_ns: int) -> None:
        self._sensor, self._driver, self._declared = sensor, driver, declared
        self._last_ns = now_ns
        self._first_ns: int | None = None
        self._kind = ""
        self._seconds: deque[_Second] = deque(maxlen=LEARNT_OVER_S + 1)
        self._most_a_second = 0.0

    @property
    def is_rare(self) -> bool:
        """Whether silence is usual, as of what hears whatever is on the air."""
        return self._driver in EVENTS or (bool(self._kind) and self._kind not in RATES)

    def took(self, block: Any, now_ns: int) -> None:
        """A block was handed over; one that shows nothing new is none."""
        came, lost = _amounts(block)
        if not came:
            return
        self._kind, self._last_ns = type(block).__name__, now_ns
        self._first_ns = now_ns if self._first_ns is None else self._first_ns
        number = now_ns // NS_PER_S
        if not self._seconds or self._seconds[-1].number != number:
            self._seconds.append(_Second(number))
        self._seconds[-1].came += came
        self._seconds[-1].lost += lost

    def look(self, now_ns: int) -> tuple[Finding, ...]:
        """What is wrong with what comes."""
        rate = RATES.get(self._kind)
        if self.is_rare:
            return ()
        silent_s = (now_ns - self._last_ns) / NS_PER_S
        if silent_s > self._patience_s(rate):
            return (found(self._sensor, "no_data", self._nothing(rate, silent_s)),)
        if rate is None or self._first_ns is None or now_ns - self._first_ns < (WINDOW_S + 1) * NS_PER_S:
            return ()
        came, lost = self._lately(now_ns)
        should = self._should(rate, came)
        too_little = should is not None and came < min(rate.least_share * should, rate.enough)
        too_lost = lost > rate.most_lost * (came + lost)
        few = found(self._sensor, "too_little_data", f"{came:.2g} {rate.words} a second instead of {should or 0.0:.2g}")
        gone = found(
            self._sensor, "data_lost", f"{100 * lost / max(came + lost, 1e-9):.0f} % of its {rate.words.removeprefix('s of ')} are lost"
        )
        return (few,) * too_little + (gone,) * too_lost

    def _lately(self, now_ns: int) -> tuple[float, float]:
        """What came and what was lost a second, in the whole seconds before this one."""
        now = now_ns // NS_PER_S
        lately = [one for one in self._seconds if now - WINDOW_S <= one.number < now]
        return sum(one.came for one in lately) / WINDOW_S, sum(one.lost for one in lately) / WINDOW_S

    def _should(self, rate: Rate, came: float) -> float | None:
        """Where nobody declares it, the most that ever came in a few seconds."""
        self._most_a_second = max(self._most_a_second, came)
        return rate.a_second or self._declared or self._most_a_second or None

    def _patience_s(self, rate: Rate | None) -> float:
        a_second = self._declared if rate is not None and self._kind == "Frame" else None
        return max(NOTHING_AFTER_S, PATIENCE_PICTURES / a_second) if a_second else NOTHING_AFTER_S

    def _nothing(self, rate: Rate | None, silent_s: float) -> str:
        if rate is None:
            return f"no data for {silent_s:.0f} s, since it was opened"
        should = rate.a_second or self._declared
        instead = f" instead of {should:g} {rate.words} a second" if should else f", no {rate.words}"
        return f"no data for {silent_s:.0f} s{instead}"


def _amounts(block: Any) -> tuple[float, float]:
    """What a block brings and what was lost before it: seconds of sound or spectrum, else pieces."""
    match type(block).__name__:
        case "AudioBlock" | "IqBlock" if block.sample_rate_hz > 0:
            return len(block.samples) / block.sample_rate_hz, block.lost / block.sample_rate_hz
        case "Frame" if block.repeated or block.shutter:
            return 0.0, 0.0
    return 1.0, float(block.lost)
