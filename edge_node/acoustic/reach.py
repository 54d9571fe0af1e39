"""How far the microphones hear a small multirotor now: its level at 1 m against the noise that is there."""

from __future__ import annotations

from math import log10

import numpy as np

from edge_node.acoustic.looks import NS_PER_S, Look
from edge_node.acoustic.spectra import Spectra
from edge_node.messages import Coverage

BAND_HZ = (300.0, 4_000.0)
DRONE_DB_SPL = 72.0
"""At 1 m, in that band: the small drone of docs/acoustic.md."""
NEEDED_DB = -3.0
"""To the noise at one microphone, for the probability and time below: measured on simulated drones; what more than four give is reserve."""
AIR_DB_PER_M = 0.004
"""At 1 kHz, 15 degrees and 60 % (ISO 9613-1)."""
FARTHEST_M = 200.0
"""In free field it may be more; nobody has measured that."""
UNCALIBRATED_M = 50.0
"""Where nobody knows levels, while it is as quiet as it ever gets there."""
STEADY_DB = 3.0
"""By so much quiet noise varies by itself."""
PROBABILITY, LATENCY_S, LOWEST_DEG = 0.85, 4.0, -10.0
"""Of 43 recordings of drones 36 were told of within 3 s and 42 within 10."""
SMOOTHED_S, QUIETEST_RISES_DB_S = 2.0, 0.005
FRESH_NS = 2 * NS_PER_S
WIND = "wind"
BEARABLE = ("no elevation", "nobody said which array", WIND)
"""Notes that begin like this are of bearings, or of a noise that is measured; all others, faults, take away nobody knows how much."""
ABOVE_WIND_HZ = 2_000.0
LEAST_POWER = 1e-20
SINE_DB = 3.01
"""The level of a full-scale sine is stated by its peak."""


class Reach:
    """Follows the noise of one stream of sound; what sounds now is noise to whatever is to be heard beside it.

    A drone is heard by what it has in each third of an octave, so noise counts there by its decibels and not by its power: wind that
    is loud below 600 Hz leaves what is above. A level is that of noise alike in all thirds that would be as bad.
    """

    def __init__(self, spectra: Spectra, full_scale_db_spl: float | None) -> None:
        self._full_scale_db_spl = full_scale_db_spl
        self._band = slice(*(int(k) for k in np.searchsorted(spectra.freqs_hz, BAND_HZ)))
        self._freqs_hz = spectra.freqs_hz[self._band].astype(np.float64)
        self._to_power = 4.0 / spectra.frame**2  # Parseval, with half the power left by the window
        self._hop_s = spectra.hop_s
        self._power = np.zeros(len(self._freqs_hz))
        self._heard_s = 0.0
        self._quietest_db: float | None = None
        self._t_ns: int | None = None

    def push(self, look: Look) -> None:
        """Take a look in."""
        part = np.ascontiguousarray(look.spectra[:, :, self._band]).view(np.float32)
        squares = np.einsum("tcr,tcr->r", part, part, dtype=np.float64) * self._to_power / (part.shape[0] * part.shape[1])
        took_s = len(look.spectra) * self._hop_s
        self._heard_s += took_s
        self._power += (squares[::2] + squares[1::2] - self._power) * min(1.0, took_s / min(SMOOTHED_S, self._heard_s))
        self._t_ns = look.t_mono_ns
        if self._heard_s >= SMOOTHED_S and self._sounds:
            level_db = self.noise_db
            quietest_db = level_db if self._quietest_db is None else self._quietest_db + QUIETEST_RISES_DB_S * took_s
            self._quietest_db = min(quietest_db, level_db)

    def coverage(self, t_mono_ns: int, notes: tuple[str, ...]) -> Coverage | None:
        """None while too little was heard of late to tell; `notes` are what makes it worse."""
        if self._t_ns is None or self._heard_s < SMOOTHED_S or abs(t_mono_ns - self._t_ns) > FRESH_NS:
            return None
        bad = tuple(note for note in notes if not note.startswith(BEARABLE))
        silent = () if self._sounds else ("silence",)
        return Coverage(
            t_mono_ns=t_mono_ns,
            sense="sound",
            lowest_elevation_deg=LOWEST_DEG,
            reach_m=0.0 if bad or silent else self._reach_m(windy=WIND in notes),
            probability=PROBABILITY,
            latency_s=LATENCY_S,
            notes=tuple(note for note in notes if note == WIND) + bad + silent,
        )

    @property
    def level_db(self) -> float | None:
        """The same, None while nobody can tell."""
        return self.noise_db if self._heard_s >= SMOOTHED_S and self._sounds else None

    @property
    def noise_db(self) -> float:
        """In the band, to the full scale of a sine."""
        return self._level_db(BAND_HZ[0])

    @property
    def _sounds(self) -> bool:
        return bool(np.any(self._power > 0))

    def _level_db(self, from_hz: float) -> float:
        """Of noise as loud in every third of an octave of the whole band as what is heard is on average above a frequency."""
        upper = self._freqs_hz >= from_hz
        freqs_hz, power = self._freqs_hz[upper], np.maximum(self._power[upper], LEAST_POWER)
        a_third_db = np.average(10 * np.log10(power * freqs_hz), weights=1 / freqs_hz)
        return float(a_third_db + 10 * log10(np.sum(1 / self._freqs_hz)) + SINE_DB)

    def _reach_m(self, windy: bool) -> float:
        level_db = self.noise_db
        if self._full_scale_db_spl is not None:
            return min(heard_to_m(level_db + self._full_scale_db_spl), FARTHEST_M)
        louder_db = max(level_db - (level_db if self._quietest_db is None else self._quietest_db) - STEADY_DB, 0.0)
        of_wind_db = max(level_db - self._level_db(ABOVE_WIND_HZ), 0.0) if windy else 0.0
        return float(UNCALIBRATED_M * 10 ** (-max(louder_db, of_wind_db) / 20))


def heard_to_m(noise_db_spl: float) -> float:
    """Where what a small drone leaves of its sound is so far below a noise as is just heard; 0 where that is nearer than 1 m."""
    left_db = DRONE_DB_SPL - noise_db_spl - NEEDED_DB
    if left_db <= 0:
        return 0.0
    range_m = 1.0
    for _ in range(20):
        range_m = 10 ** ((left_db - AIR_DB_PER_M * range_m) / 20) / 2 + range_m / 2
    return float(range_m)
