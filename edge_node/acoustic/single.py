"""Sources told apart by one microphone, or many whose places nobody knows: there is only one, all that is heard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from drivers.blocks import MicrophoneArray
from edge_node.acoustic.health.faults import Fault
from edge_node.acoustic.health.self_check import SelfCheck
from edge_node.acoustic.looks import Look
from edge_node.acoustic.microphones import Microphones
from edge_node.acoustic.noise_floor import LEAST_POWER, NoiseFloor, beside
from edge_node.acoustic.spectra import Frames, Samples, Spectra
from edge_node.acoustic.whence import Whence
from edge_node.acoustic.wind import Wind

ONLY = 0
ALONE = MicrophoneArray("single_microphone", ((0.0, 0.0, 0.0),))
BAND_HZ = (100.0, 6_000.0)
LEAST_SHARE = 1e-3


class Single:
    """The first channel as the only source (ear.Sources); loudness is against what is always there, or between its lines."""

    def __init__(self, spectra: Spectra) -> None:
        self._floor = NoiseFloor(spectra.bins, spectra.hop_s)
        self._wind = Wind(spectra.freqs_hz, spectra.hop_s, Microphones(np.zeros((1, 3))))
        self._band = slice(*(int(k) for k in np.searchsorted(spectra.freqs_hz, BAND_HZ)))
        self._check = SelfCheck(ALONE, spectra.sample_rate_hz)
        self._several = spectra.channels > 1
        self._snr_db = 0.0

    def check(self, samples: Samples) -> None:
        """Look whether the first microphone is clipped."""
        self._check.push(samples[:, :1])

    def step(self, t_s: float, look: Look, keep: frozenset[int]) -> None:  # noqa: ARG002 -- the one source is always there
        """Take in a look; while it is a drone (`keep`) the floor is held, or it would learn the drone as what is always there."""
        first = look.spectra[:, 0]
        power = first.real**2 + first.imag**2
        floor = self._floor.floor if keep else self._floor.push(power)
        heard = power.mean(axis=0)
        self._snr_db = max(self._above_db(heard, floor), self._above_db(heard, beside(heard)))
        self._wind.push(look.spectra[:, :1])

    def _above_db(self, heard: Samples, noise: Samples) -> float:
        """How much of the band is above a noise, to that noise."""
        above, below = np.maximum(heard - noise, 0)[self._band].sum(), noise[self._band].sum()
        return 10 * float(np.log10(max(float(above) / max(float(below), LEAST_POWER), LEAST_SHARE)))

    def audible(self) -> Sequence[int]:
        """Always the one."""
        return (ONLY,)

    def steer(self, number: int, t_s: float, spectra: Frames) -> Frames:  # noqa: ARG002 -- there is no direction
        """Spectra (frames, channels, bins) of the first channel: (frames, bins)."""
        return spectra[:, 0]

    def whence(self, number: int) -> Whence:  # noqa: ARG002 -- there is only one
        """No direction."""
        return Whence(snr_db=self._snr_db)

    @property
    def highpass_hz(self) -> float:
        """Below it there is more wind than sound."""
        return self._wind.highpass_hz

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All that is wrong with the microphones themselves."""
        return self._check.faults()

    @property
    def problem(self) -> str:
        """What a person should mend."""
        return "; ".join(fault.words for fault in self._check.faults() if fault.kind == "dead")

    def notes(self) -> tuple[str, ...]:
        """What makes it worse just now."""
        places = "nobody said which array this is: no bearings" if self._several else ""
        return (*filter(None, (places, "wind" if self._wind.blows else "")), *(fault.words for fault in self._check.faults()))
