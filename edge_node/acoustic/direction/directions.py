"""Sources told apart by where they are: an array's arrivals, turned into ENU and followed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from drivers.blocks import MicrophoneArray
from edge_node.acoustic.direction.bearing_track import BearingTrack
from edge_node.acoustic.direction.bearing_tracks import BearingTracks, Sound
from edge_node.acoustic.direction.locator import Arrival, Locator
from edge_node.acoustic.health.faults import Fault
from edge_node.acoustic.health.self_check import ORDERS, SelfCheck
from edge_node.acoustic.looks import Look
from edge_node.acoustic.microphones import Microphones
from edge_node.acoustic.single import Single
from edge_node.acoustic.spectra import Frames, Samples, Spectra
from edge_node.acoustic.whence import Whence
from edge_node.acoustic.wind import Wind
from edge_node.mounting import Mounting, tangent_basis

DEAF = frozenset({"dead", "noisy"})
SPOILING = ORDERS | {"dead", "inverted", "late"}
"""Faults that bearings suffer from; what is noisy for a while, or off in level, is said and no more."""
FEWEST = 2


class Directions:
    """Sources (ear.Sources) of an array whose microphones' places are known; ValueError where their number is not the channels'.

    While its channels are in the wrong order it is heard with one ear: a drone is told of, and no direction that it is not in.
    """

    def __init__(self, array: MicrophoneArray, spectra: Spectra, temperature_c: float | None) -> None:
        self._mounting = Mounting(array.azimuth_deg, array.tilt_deg, array.roll_deg)
        self._locator = Locator(array, spectra.freqs_hz, temperature_c=temperature_c, up=self._mounting.up)
        self._tracks = BearingTracks()
        self._wind = Wind(spectra.freqs_hz, spectra.hop_s, Microphones(np.asarray(array.positions_m)))
        self._check = SelfCheck(array, spectra.sample_rate_hz, temperature_c=temperature_c)
        self._has_elevation = True
        self._spectra = spectra
        self._one_ear: Single | None = None

    def check(self, samples: Samples) -> None:
        """Look for faults of the microphones, and listen without those that hear nothing."""
        self._check.push(samples)
        deaf = tuple(sorted({channel for fault in self._check.faults() if fault.kind in DEAF for channel in fault.channels}))
        if deaf != self._locator.mute and len(self._locator.array.positions_m) - len(deaf) >= FEWEST:
            if set(deaf) - set(self._locator.mute):
                self._tracks.forget()  # they were led astray, and would linger beside the right ones
            self._locator.mute = deaf
        self._lend_an_ear()

    def _lend_an_ear(self) -> None:
        """Begin or end to hear without directions; what was learnt of the sound from wrong places is forgotten."""
        disordered = any(fault.kind in ORDERS for fault in self._check.faults())
        if disordered == (self._one_ear is not None):
            return
        self._one_ear = Single(self._spectra) if disordered else None
        self._tracks.forget()
        self._locator.mute = self._locator.mute

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All that is wrong with the microphones themselves."""
        return self._check.faults()

    @property
    def problem(self) -> str:
        """What a person should mend."""
        return "; ".join(fault.words for fault in self._check.faults() if fault.kind in SPOILING)

    def step(self, t_s: float, look: Look, keep: frozenset[int]) -> None:
        """Take in a look; `keep` are the sources that matter."""
        if self._one_ear:
            self._one_ear.step(t_s, look, keep)
            return
        self._wind.push(look.spectra)
        arrivals = self._locator.locate(look.spectra)
        self._has_elevation = all(arrival.elevation_known for arrival in arrivals)
        self._tracks.step(t_s, [self._in_enu(arrival) for arrival in arrivals], keep)

    def audible(self) -> Sequence[int]:
        """Those heard often enough, strongest first."""
        return self._one_ear.audible() if self._one_ear else [track.number for track in self._tracks.audible()]

    def steer(self, number: int, t_s: float, spectra: Frames) -> Frames:
        """Spectra (frames, channels, bins) of `t_s` as one direction alone gave them: (frames, bins)."""
        if self._one_ear:
            return self._one_ear.steer(number, t_s, spectra)
        return self._locator.steer(spectra, self._mounting.to_device(self._track(number).at(t_s)))

    def whence(self, number: int) -> Whence:
        """Where it is, smoothed over the looks so far."""
        if self._one_ear:
            return self._one_ear.whence(number)
        return self._track(number).whence(self._tracks.last[number].snr_db, has_elevation=self._has_elevation)

    @property
    def highpass_hz(self) -> float:
        """Below it there is more wind than sound."""
        return self._wind.highpass_hz

    def notes(self) -> tuple[str, ...]:
        """What makes it worse just now."""
        unknown = "no bearings" if self._one_ear else "" if self._has_elevation else "no elevation"
        said = (unknown, "wind" if self._wind.blows else "")
        return (*filter(None, said), *(fault.words for fault in self._check.faults()))

    def _track(self, number: int) -> BearingTrack:
        return next(track for track in self._tracks.audible() if track.number == number)

    def _in_enu(self, arrival: Arrival) -> Sound:
        direction = self._mounting.to_enu(arrival.direction)
        turn = tangent_basis(direction) @ self._mounting.to_enu(tangent_basis(arrival.direction)).T
        return Sound(direction, np.asarray(turn @ arrival.covariance @ turn.T), arrival.strength, arrival.snr_db)
