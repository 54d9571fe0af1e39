"""Wind over microphones: loud and low, and not alike at neighbours as sound is (Corcos 1964: eddies are smaller than wavelengths).

With one microphone only the spectrum's slope tells: turbulence falls faster than 5/3 a decade, sound outdoors slower.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.acoustic.microphones import Microphones

Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

SMOOTHED_S = 1.0
LOWEST_HZ, HIGHEST_HZ = 30.0, 800.0
QUIET_HZ = (1000.0, 4000.0)
LEAST_HIGHPASS_HZ = 60.0
INCOHERENT = 0.5
LOUD = 10.0
MONO_LOUD = 100.0
MONO_SLOPE = -1.67


class Wind:
    """Follows spectra (frames, channels, bins); `highpass_hz` is below what wind drowns, `blows` when it is more than a breeze."""

    def __init__(self, freqs_hz: Real, hop_s: float, microphones: Microphones) -> None:
        self._low = slice(*(int(k) for k in np.searchsorted(freqs_hz, [LOWEST_HZ, HIGHEST_HZ])))
        self._quiet = slice(*(int(k) for k in np.searchsorted(freqs_hz, QUIET_HZ)))
        self._freqs_hz = np.asarray(freqs_hz, np.float32)
        self._hop_s = hop_s
        self._pairs = _neighbours(microphones)
        self._power = np.zeros(len(self._freqs_hz[self._low]), np.float32)
        self._shared = np.zeros_like(self._power)
        self._beyond = 0.0
        self._seen_s = 0.0

    def push(self, spectra: Complex) -> None:
        """Take spectra (frames, channels, bins) in."""
        if not len(spectra):
            return
        low, quiet = spectra[:, :, self._low].view(np.float32), spectra[:, :, self._quiet].view(np.float32)
        power = _in_common(low, low)
        shared = _in_common(low[:, self._pairs[:, 0]], low[:, self._pairs[:, 1]]) if len(self._pairs) else power
        beyond = 2 * float(np.einsum("tcr,tcr->", quiet, quiet)) / max(quiet.size, 1)
        self._seen_s += len(spectra) * self._hop_s
        gain = np.float32(1 - np.exp(-len(spectra) * self._hop_s / min(SMOOTHED_S, self._seen_s)))
        self._power += gain * (power - self._power)
        self._shared += gain * (shared - self._shared)
        self._beyond += float(gain) * (beyond - self._beyond)

    @property
    def highpass_hz(self) -> float:
        """Below it bins hold more wind than sound; never less than 60 Hz."""
        windy = np.flatnonzero(self._windy())
        return float(self._freqs_hz[self._low][windy[-1]]) if len(windy) else LEAST_HIGHPASS_HZ

    @property
    def strength_db(self) -> float:
        """How much louder what is not sound is below 800 Hz than all there is from 1 to 4 kHz; 0 at least."""
        wind = np.maximum(self._power - np.maximum(self._shared, 0.0), 0.0) if len(self._pairs) else self._power * self._windy()
        return float(max(0.0, 10 * np.log10((wind.mean() + 1e-20) / (self._beyond + 1e-20))))

    @property
    def blows(self) -> bool:
        """Whether it is worth a note."""
        return bool(np.count_nonzero(self._windy()) >= 3)

    def _windy(self) -> NDArray[np.bool_]:
        """Which of the low bins hold wind: loud and not alike at neighbours, or for one microphone loud and steep."""
        if len(self._pairs):
            apart = self._power - np.maximum(self._shared, 0.0)
            return (apart > INCOHERENT * self._power) & (apart > LOUD * self._beyond)
        loud = self._power > MONO_LOUD * self._beyond
        return loud & (self._slope() < MONO_SLOPE)

    def _slope(self) -> float:
        """Of the logarithm of power over that of frequency; 0 before anything was heard."""
        if not self._power.min(initial=1.0) > 0:
            return 0.0
        return float(np.polyfit(np.log(self._freqs_hz[self._low]), np.log(self._power), 1)[0])


def _in_common(first: Real, second: Real) -> Real:
    """(bins,): the real part of one channel's spectra times another's conjugate, averaged; both (frames, channels, parts of bins)."""
    products = np.einsum("tcr,tcr->r", first, second) / np.float32(first.shape[0] * first.shape[1])
    return np.asarray(products[::2] + products[1::2])


def _neighbours(microphones: Microphones) -> NDArray[np.intp]:
    """Pairs (n, 2) that are nearest to each other; none for one microphone."""
    apart = np.linalg.norm(microphones.differences_m, axis=1)
    near = apart <= 1.2 * apart.min(initial=np.inf) if len(apart) else np.zeros(0, bool)
    return np.stack([microphones.first[near], microphones.second[near]], axis=1)
