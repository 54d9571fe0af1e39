"""Chirps far below the noise, where an energy detector hears nothing: a few channels of the stream, searched a part of the time."""

from __future__ import annotations

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.band import Complexes
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.lora import Channel, Chirped, finding_of, search
from edge_node.radio.links.tables import CROSSFIRE_GRIDS, ELRS_900_GRIDS, ELRS_2400_GRIDS, R9_GRIDS

CHIRPS_HZ = ((ELRS_900_GRIDS, 500e3, True), (ELRS_2400_GRIDS, 812.5e3, True), (R9_GRIDS, 500e3, False), (CROSSFIRE_GRIDS, 500e3, False))
"""Grids, the chirps on them, and whether transmitters and receivers meet on the middle one."""
SPREADING, HOPPING = (6, 7, 8, 9), (6,)
"""SF 5 needs more than an energy detector does, and is left to it."""
PIECE_S, SHARED_S = 0.075, 0.032
"""A piece, and what it shares with the next: SF 9 needs 26 symbols to be believed."""
SESSION_S = 0.3
"""A link whose hops take 20 ms comes to its sync channel about once in this time, for four packets."""
SAME_SYMBOLS = 14
"""Starts so near each other are one packet that two pieces share, cut short in the second."""
FALSE_ALARMS = 1e-3
MOST_CHANNELS, SAME_HZ = 12, 50e3
NOTHING = np.zeros(0, dtype=np.complex64)


def listening(center_hz: float, rate_hz: float) -> list[Channel]:
    """Where to listen by turns in a receiver's band: every other time on a sync channel, to which a transmitter comes in every round.

    Between them on channels of links that have none; without a sync channel in the band on any. No two are nearly the same.
    """
    synced, hopping = list[Channel](), list[Channel]()
    for grids, bandwidth_hz, meets in CHIRPS_HZ:
        for grid in sorted(grids.values(), key=lambda one: -one.channels):
            for number in range(grid.channels):
                offset_hz = (grid.first_hz or 0.0) + number * grid.spacing_hz - center_hz
                into = synced if meets and number == grid.channels // 2 else hopping
                if abs(offset_hz) + bandwidth_hz / 2 < rate_hz / 2 and not any(abs(offset_hz - one.offset_hz) < SAME_HZ for one in into):
                    into.append(Channel(offset_hz, bandwidth_hz, SPREADING if meets else HOPPING))
    others = [one for one in hopping if not synced or one.spreading == HOPPING][:MOST_CHANNELS]
    if not synced or not others:
        return synced or others
    return [one for number, other in enumerate(others) for one in (synced[number % len(synced)], other)]


class ChirpWatch:
    """Listens to one channel after the other for SESSION_S each, `duty` of the time; what it costs is the same whatever is heard."""

    def __init__(self, rate_hz: float, center_hz: float, channels: list[Channel] | None = None, duty: float = 0.25) -> None:
        self._rate_hz, self._center_hz = rate_hz, center_hz
        self._channels = listening(center_hz, rate_hz) if channels is None else channels
        self._every = round(SESSION_S / min(max(duty, 0.01), 1.0) * rate_hz)
        self._piece, self._shared, self._session = (round(one * rate_hz) for one in (PIECE_S, SHARED_S, SESSION_S))
        self._kept: NDArray[np.complex64] = NOTHING
        self._at = 0
        self._last: Chirped | None = None

    def restart(self, start: int) -> None:
        """The stream goes on at another sample, after a gap."""
        self._kept, self._at, self._last = NOTHING, start, None

    def add(self, samples: Complexes) -> list[tuple[Burst, Finding]]:
        """Packets that were found since: bursts without samples of their own, and findings, by when they begin."""
        if not self._channels:
            return []
        self._kept = np.concatenate((self._kept, samples))
        found: list[tuple[Burst, Finding]] = []
        while len(self._kept) >= self._piece:
            session, after = divmod(self._at, self._every)
            if after < self._session:
                found += self._search(self._channels[session % len(self._channels)])
                self._pass(self._piece - self._shared)
            else:
                self._pass(min(self._every - after, len(self._kept)))
        return found

    def _pass(self, count: int) -> None:
        self._at += count
        self._kept = self._kept[count:]

    def _search(self, channel: Channel) -> list[tuple[Burst, Finding]]:
        """What begins in the shared part is left to the next piece, which has all of it."""
        found = []
        for one in search(self._kept[: self._piece], self._rate_hz, [channel], FALSE_ALARMS):
            start = self._at + one.start
            if one.start >= self._piece - self._shared:
                continue
            same = SAME_SYMBOLS * (1 << one.sf) / one.bandwidth_hz * self._rate_hz
            if self._last is None or abs(start - self._last.start) > same or one.sf != self._last.sf:
                found.append(self._told(one, start))
            self._last = structs.replace(one, start=start)
        return found

    def _told(self, one: Chirped, start: int) -> tuple[Burst, Finding]:
        burst = Burst(
            start=start,
            rate_hz=self._rate_hz,
            duration_s=one.duration_s,
            lasts=False,
            offset_hz=one.offset_hz,
            center_hz=self._center_hz + one.offset_hz,
            bandwidth_hz=one.bandwidth_hz,
            snr_db=one.snr_db,
            level_dbfs=one.level_dbfs,
            samples=NOTHING,
            samples_rate_hz=self._rate_hz,
            before_s=0.0,
        )
        return burst, finding_of(one, one.duration_s, one.offset_hz)
