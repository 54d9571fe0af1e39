"""Arrivals of one look to the next: which source is which, which are new, which are gone."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from edge_node.acoustic.direction.bearing_track import BearingTrack, Matrix
from edge_node.mounting import Vector

MOST_TRACKS = 6
GATE = 13.8
"""chi-square of 2 degrees of freedom, 99.9 %."""
HITS_TO_LISTEN = 3
LEAST_SHARE = 0.5
"""Of the latest looks: what comes and goes more often is the rest of a louder source."""
GONE_AFTER_S = 0.65
"""How long a source that was not yet heard HITS_TO_LISTEN times may be silent."""
LOST_AFTER_S = 2.5


class Sound(Struct, frozen=True):
    """One arrival in ENU: unit vector (3,), covariance (2, 2) rad^2 across it, how strong (0 to 1) and dB above the noise."""

    direction: Vector
    covariance: Matrix
    strength: float
    snr_db: float


class BearingTracks:
    """A few sources at most; each arrival updates the nearest, nearest first (global nearest neighbour of so few is greedy)."""

    def __init__(self) -> None:
        self._tracks: list[BearingTrack] = []
        self._number = 0
        self.last: dict[int, Sound] = {}

    def step(self, t_s: float, sounds: Sequence[Sound], keep: frozenset[int] = frozenset()) -> list[int]:
        """Take in a look; `keep` are numbers that no newcomer may push out. Numbers of those that went."""
        for track in self._tracks:
            track.predict(t_s)
        left = self._update(sounds)
        gone = [track for track in self._tracks if _silent_too_long(track)]
        for sound in left:
            self._born(t_s, sound, gone, keep)
        return self._remove(gone)

    def forget(self) -> None:
        """All of them; numbers go on."""
        self._tracks.clear()
        self.last.clear()

    def audible(self) -> list[BearingTrack]:
        """Those heard often enough to be listened to, strongest first."""
        heard = [track for track in self._tracks if track.hits >= HITS_TO_LISTEN and track.share >= LEAST_SHARE]
        return sorted(heard, key=lambda track: -self.last[track.number].strength)

    def _update(self, sounds: Sequence[Sound]) -> list[Sound]:
        """Give arrivals to tracks; those that nobody took."""
        pairs = sorted(
            (distance, i, k)
            for i, sound in enumerate(sounds)
            for k, track in enumerate(self._tracks)
            if (distance := track.distance(sound.direction, sound.covariance)) < GATE
        )
        taken: set[int] = set()
        served: set[int] = set()
        for _, i, k in pairs:
            if i not in taken and k not in served:
                taken.add(i)
                served.add(k)
                self._tracks[k].update(sounds[i].direction, sounds[i].covariance)
                self.last[self._tracks[k].number] = sounds[i]
        near = {i for _, i, _ in pairs}
        return [sound for i, sound in enumerate(sounds) if i not in taken and i not in near]

    def _born(self, t_s: float, sound: Sound, gone: list[BearingTrack], keep: frozenset[int]) -> None:
        """A new track, if need be in the place of the one that was heard least."""
        if len(self._tracks) - len(gone) >= MOST_TRACKS:
            others = [track for track in self._tracks if track not in gone and track.number not in keep]
            if not others:
                return
            gone.append(min(others, key=lambda track: (track.heard_s, self.last[track.number].strength)))
        self._number += 1
        self._tracks.append(BearingTrack(self._number, t_s, sound.direction, sound.covariance))
        self.last[self._number] = sound

    def _remove(self, gone: list[BearingTrack]) -> list[int]:
        for track in gone:
            self._tracks.remove(track)
            del self.last[track.number]
        return [track.number for track in gone]


def _silent_too_long(track: BearingTrack) -> bool:
    return track.t_s - track.heard_s > (LOST_AFTER_S if track.hits >= HITS_TO_LISTEN else GONE_AFTER_S)
