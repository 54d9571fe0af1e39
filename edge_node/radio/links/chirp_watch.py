"""Chirps far below the noise, where an energy detector hears nothing: a few channels of the stream, searched a part of the time."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
from msgspec import structs

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.band import Complexes
from edge_node.radio.links.chirp_channels import SAME_HZ, around, listening
from edge_node.radio.links.chirps import PER_CHIP
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.lora import Channel, Chirped, finding_of, in_channel, overlaps, width_hz
from edge_node.radio.links.slices import Slices

PIECE_S, SHARED_S = 0.075, 0.032
"""A piece, and what it shares with the next: SF 9 needs 26 symbols to be believed."""
SESSION_S = 0.3
"""A link whose hops take 20 ms comes to its sync channel about once in this time, for four packets."""
REMEMBERED = 32
"""Packets that may reach into the next piece, where they are cut short and their data looks like another."""
FALSE_ALARMS = 1e-3
NOTHING = np.zeros(0, dtype=np.complex64)


class _Session:
    """So many channels of equal chirps from sample `start` of the stream on."""

    def __init__(self, channels: Sequence[Channel], rate_hz: float, start: int) -> None:
        bandwidth_hz = channels[0].bandwidth_hz
        to_hz = PER_CHIP * bandwidth_hz
        self.channels, self.start = channels, start
        self.slices = Slices(rate_hz, to_hz, [one.offset_hz for one in channels], width_hz(bandwidth_hz))
        self.kept: list[Complexes] = [NOTHING for _ in channels]
        self.done, self.per_sample = 0, rate_hz / to_hz
        self.piece, self.shared = round(PIECE_S * to_hz), round(SHARED_S * to_hz)


class ChirpWatch:
    """Listens to one channel after the other for SESSION_S each, `duty` of the time, or to those of a link that it is told to follow."""

    def __init__(self, rate_hz: float, center_hz: float, channels: list[Channel] | None = None, duty: float = 0.25) -> None:
        self._rate_hz, self._center_hz = rate_hz, center_hz
        self._channels = listening(center_hz, rate_hz) if channels is None else channels
        self._every, self._lasts = round(SESSION_S / min(max(duty, 0.01), 1.0) * rate_hz), round(SESSION_S * rate_hz)
        self._followed: list[Channel] = []
        self._newest: deque[Chirped] = deque(maxlen=REMEMBERED)
        self.restart(0)

    def restart(self, start: int) -> None:
        """The stream goes on at another sample, after a gap."""
        self._session: _Session | None = None
        self._at = start
        self._newest.clear()

    def follow(self, link: Channel | None, known_hz: Sequence[float] = ()) -> None:
        """Listen all the time to where a link that was heard may be next, which is also known from elsewhere; None: by turns again."""
        if link is None:
            self._followed = []
        elif not any(_is_of(link, one) for one in self._followed):
            self._followed = around(link, known_hz, self._center_hz, self._rate_hz)

    def add(self, samples: Complexes) -> list[tuple[Burst, Finding]]:
        """Packets that were found since: bursts without samples of their own, and findings, by when they begin in each channel."""
        if not self._channels:
            return []
        found: list[tuple[Burst, Finding]] = []
        while len(samples):
            number, after = divmod(self._at, self._every)
            ends = len(samples) if self._followed else (self._lasts if after < self._lasts else self._every) - after
            now, samples = samples[:ends], samples[ends:]
            if self._followed or after < self._lasts:
                found += self._listen(now, self._followed or [self._channels[number % len(self._channels)]])
            else:
                self._session = None
            self._at += len(now)
        return found

    def _listen(self, samples: Complexes, channels: list[Channel]) -> list[tuple[Burst, Finding]]:
        if self._session is None or self._session.channels != channels:
            self._session = _Session(channels, self._rate_hz, self._at)
        session = self._session
        added = session.slices.add(samples)
        session.kept = [np.concatenate(both) for both in zip(session.kept, added, strict=True)]
        found: list[tuple[Burst, Finding]] = []
        while len(session.kept[0]) >= session.piece:
            for channel, kept, middle_hz in zip(session.channels, session.kept, session.slices.middles_hz, strict=True):
                found += self._search(session, channel, kept[: session.piece], middle_hz)
            new = session.piece - session.shared
            session.kept, session.done = [kept[new:] for kept in session.kept], session.done + new
        return found

    def _search(self, session: _Session, channel: Channel, cut: Complexes, middle_hz: float) -> list[tuple[Burst, Finding]]:
        """What begins in the shared part is left to the next piece, which has all of it."""
        begins, found = session.start + session.slices.lead + round(session.done * session.per_sample), []
        last = begins + round((session.piece - session.shared) * session.per_sample)
        for one in in_channel(cut, channel, middle_hz, self._rate_hz, FALSE_ALARMS):
            placed = structs.replace(one, start=begins + one.start)
            if placed.start < last and not any(overlaps(placed, other, self._rate_hz) for other in self._newest):
                found.append(self._told(placed))
                self._newest.append(placed)
        return found

    def _told(self, one: Chirped) -> tuple[Burst, Finding]:
        burst = Burst(
            start=one.start,
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


def _is_of(link: Channel, channel: Channel) -> bool:
    """Whether it is heard on that channel."""
    near = abs(link.offset_hz - channel.offset_hz) < SAME_HZ
    return near and structs.replace(link, offset_hz=channel.offset_hz) == channel
