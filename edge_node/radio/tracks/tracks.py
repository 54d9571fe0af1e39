"""Bursts that were understood to transmitters; bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from edge_node.messages import LinkDetection
from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.finding import Finding
from edge_node.radio.tracks.heard import Heard
from edge_node.radio.tracks.track import FARTHEST, Track

MOST = 64
TOLD_EVERY_NS = 500_000_000
FORGOTTEN_AFTER_NS = 120_000_000_000
"""Long enough for a plan of frequencies to come round."""
SURE_ALONE = 0.8
"""A single burst is told of where its waveform is so sure."""
AGAIN = 2
LEARNT_AFTER_NS = 6_000_000_000
"""A link that is new is listened to in earnest for so long."""
BALLOON_NS = 5_000_000_000
LOOKED_AT_EVERY = 8


class Tracks:
    """`left_out` counts those that were forgotten to make room."""

    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._number = self._asked = self.left_out = 0

    def hear(self, heard: Heard) -> None:
        """Take a burst in."""
        if any(track.includes(heard) for track in self._tracks):
            return
        nearest = min(self._tracks, key=lambda track: track.away(heard), default=None)
        if nearest is not None and nearest.away(heard) <= FARTHEST:
            nearest.hear(heard)
            return
        self._number += 1
        self._tracks = [track for track in self._tracks if heard.t_mono_ns - track.newest.t_mono_ns < FORGOTTEN_AFTER_NS]
        if len(self._tracks) >= MOST:
            self._tracks.remove(min(self._tracks, key=lambda track: (track.name.alarm, track.newest.t_mono_ns)))
            self.left_out += 1
        self._tracks.append(Track(self._number, heard))

    def expected(self, burst: Burst, t_s: float) -> Finding | None:
        """What a burst is that a known transmitter would send next, without a look at it; every few are looked at all the same."""
        self._asked += 1
        if not self._asked % LOOKED_AT_EVERY:
            return None
        return next((finding for track in self._tracks if (finding := track.expected(burst, t_s)) is not None), None)

    def to_follow(self, now_ns: int) -> Track | None:
        """The newest transmitter of chirps whose rate and channels are still to be learnt."""
        young = (track for track in self._tracks if 0 <= now_ns - track.first_mono_ns < LEARNT_AFTER_NS and track.channel() is not None)
        return max(young, key=lambda track: track.bursts, default=None)

    def balloons(self, now_ns: int) -> list[tuple[int, float]]:
        """Weather balloons that were heard lately: their tracks' numbers, and where they are from the receiver's centre."""
        lately = [one for one in self._tracks if one.finding.link == "radiosonde" and now_ns - one.newest.t_mono_ns < BALLOON_NS]
        return [(one.number, one.newest.carrier_offset_hz) for one in lately]

    def note(self, number: int, parameters: Mapping[str, float | str], note: str) -> None:
        """What a track's transmitter says of itself; the newest is told."""
        for track in self._tracks:
            if track.number == number:
                track.said, track.note = dict(parameters), note

    def tell(self, now_ns: int) -> Iterator[LinkDetection]:
        """Those that were heard since they were told of last, twice a second each."""
        for track in self._tracks:
            if track.newest.t_mono_ns == track.told_ns or (track.told_ns >= 0 and now_ns - track.told_at_ns < TOLD_EVERY_NS):
                continue
            if track.bursts >= AGAIN or track.newest.burst.lasts or track.finding.score >= SURE_ALONE:
                track.told_at_ns = now_ns
                yield track.tell()

    def named(self, now_ns: int, within_ns: int) -> list[str]:
        """What was heard lately, the drones' first."""
        lately = [track.name for track in self._tracks if track.told_ns >= 0 and now_ns - track.newest.t_mono_ns <= within_ns]
        return [name.link for name in sorted(lately, key=lambda name: not name.alarm)]
