"""What is heard of a drone's radio link, checked: the emission that its track shows, and by what its transmitter is known again."""

from __future__ import annotations

from collections import deque
from itertools import islice
from math import isfinite

from edge_node.fusion.pointing import Numbered, Pointing, above_0, as_probability, finite, key_of
from edge_node.messages import Emission, LinkDetection

MOST_CHANNELS = 64
MOST_HZ = 1e12
LONGEST_GRID = 16
TREND_NS, LEAST_TREND_NS, LEAST_LEVELS = 20_000_000_000, 5_000_000_000, 6
"""Shorter is fading: at 15 m/s and 500 m a drone comes nearer by a quarter of a decibel a second."""
MOST_LEVELS = 40
WITHDRAWN_AFTER_NS = 5_000_000_000
"""A name may waver between two words where packets were missed."""
SAME_CARRIER, SAME_RATE = 1e-6, 0.02
"""Shares by which a transmitter may have changed in a minute: a crystal by what a few kelvins do, a packet rate by how it is measured."""
SILENT_NS = 1_000_000_000
"""A receiver does not begin anew any faster, and a link that hops is heard about once in so long."""
SETTLED_NS = 10_000_000_000
"""For so long after it was heard first, its carrier may still be measured finely enough to know it again."""


def is_usable(said: LinkDetection) -> bool:
    """Whether every number that must be there is one."""
    return all(map(isfinite, (said.probability, said.snr_db, said.level_dbfs))) and above_0(said.bandwidth_hz) is not None


class Emitting(Pointing):
    """The newest that one receiver heard of one transmitter, which has no bearing."""

    __slots__ = ("_alarm_ns", "_levels", "emission", "first_mono_ns")
    emission: Emission

    def __init__(self, said: LinkDetection) -> None:
        super().__init__(said)
        self._levels: deque[tuple[int, float]] = deque(maxlen=MOST_LEVELS)
        self.first_mono_ns, self._alarm_ns = said.first_mono_ns, said.t_mono_ns
        self._hear(said)

    def update(self, said: LinkDetection) -> None:
        """Take in what is said, which is not before `t_mono_ns`; that it is no drone's only once that is said for a while."""
        if said.alarm:
            self._alarm_ns = said.t_mono_ns
        elif said.t_mono_ns - self._alarm_ns < WITHDRAWN_AFTER_NS:
            return
        self.point(said)
        self._hear(said)

    @property
    def comes_back(self) -> bool:
        """Links pause, and receivers go about from band to band; they know a transmitter by more than its number."""
        return True

    def is_another(self, said: Numbered) -> bool:
        """Whether its receiver began anew, and counts from 1."""
        return not isinstance(said, LinkDetection) or said.first_mono_ns != self.first_mono_ns

    def is_again(self, said: LinkDetection) -> bool:
        """Whether a number that is new is surely this transmitter: it was silent before, and has the same name, crystal and clock."""
        now, before = said.carrier_offset_hz, self.emission.carrier_offset_hz
        if said.sensor != self.key[1] or said.link != self.emission.link or said.first_mono_ns - self.t_mono_ns < SILENT_NS:
            return False
        if now is None or before is None or said.center_hz is None or abs(now - before) > SAME_CARRIER * said.center_hz:
            return False
        rate_hz, rate_before_hz = above_0(said.packet_rate_hz), self.emission.packet_rate_hz
        return rate_hz is None or rate_before_hz is None or abs(rate_hz / rate_before_hz - 1) < SAME_RATE

    def renumber(self, said: LinkDetection) -> None:
        """Go on under the number that its receiver, which began anew, gives it."""
        self.key, self.first_mono_ns = key_of(said), said.first_mono_ns
        self._levels.clear()

    def _hear(self, said: LinkDetection) -> None:
        self._levels.append((said.t_mono_ns, said.level_dbfs))
        while said.t_mono_ns - self._levels[0][0] > TREND_NS:
            self._levels.popleft()
        self.emission = heard_emission(said, _trend_db_s(list(self._levels)))


def heard_emission(said: LinkDetection, level_rate_db_s: float | None) -> Emission:
    """What it sends."""
    channels_hz = [hz for hz in islice(said.channels_hz, MOST_CHANNELS) if 0 < hz < MOST_HZ]
    center_hz = (min(channels_hz) + max(channels_hz)) / 2 if channels_hz else above_0(said.center_hz)
    grid = said.parameters.get("grid")
    return Emission(
        link=said.link,
        alarm=said.alarm,
        probability=as_probability(said.probability),
        center_hz=center_hz,
        bandwidth_hz=said.bandwidth_hz,
        channels=len(channels_hz),
        span_hz=max(channels_hz) - min(channels_hz) if len(channels_hz) > 1 else None,
        grid=grid[:LONGEST_GRID] if isinstance(grid, str) and grid != "unlisted" else None,
        snr_db=said.snr_db,
        level_dbfs=said.level_dbfs,
        level_rate_db_s=level_rate_db_s,
        packet_rate_hz=above_0(said.packet_rate_hz),
        carrier_offset_hz=finite(said.carrier_offset_hz),
    )


def _trend_db_s(levels: list[tuple[int, float]]) -> float | None:
    """The slope of the straight line through levels, by least squares; None where they are too few or too near each other."""
    if len(levels) < LEAST_LEVELS or levels[-1][0] - levels[0][0] < LEAST_TREND_NS:
        return None
    times_s = [(t_ns - levels[0][0]) / 1e9 for t_ns, _ in levels]
    middle_s, middle_db = sum(times_s) / len(times_s), sum(db for _, db in levels) / len(levels)
    spread = sum((t_s - middle_s) ** 2 for t_s in times_s)
    return finite(sum((t_s - middle_s) * (db - middle_db) for t_s, (_, db) in zip(times_s, levels, strict=True)) / spread)
