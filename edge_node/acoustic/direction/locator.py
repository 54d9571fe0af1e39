"""From spectra of an array to the directions that sound comes from."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10, sqrt

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from drivers.blocks import MicrophoneArray
from edge_node.acoustic.direction.snapshots import TOGETHER, Snapshots, grouped
from edge_node.acoustic.direction.sources import Finder, Source, bearing_covariance, smooth
from edge_node.acoustic.direction.srp import spacing_rad, sphere
from edge_node.acoustic.direction.steering import plane_wave
from edge_node.acoustic.microphones import Microphones, corrections, speed_of_sound_mps
from edge_node.mounting import Mounting, tangent_basis

Vector = NDArray[np.float64]
Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

LOWEST_HZ = 300.0
LOWEST_ELEVATION_DEG = -30.0
COMB_WIDTH = 0.03
KELVIN = 288.0
TEMPERATURE_SIGMA_C, UNKNOWN_TEMPERATURE_SIGMA_C = 1.0, 10.0
LEAST_SINE = 0.1
# Of what was known of gains before a block so much is kept at most; no channel is taken for quieter than this, 20 dB.
MOST_KEPT, LEAST_SHARE = 0.95, 0.01
ALIKE_GROUPS, LEAST_VARIANCE = 3, 3e-3


class Arrival(Struct, frozen=True):
    """Sound from one direction: a unit vector (3,) in the array's own frame, and how sure it is.

    `covariance` (2, 2) is in rad^2 across the direction, along `tangent_basis(direction)` of the array's frame: rising azimuth
    (times the cosine of elevation), rising elevation. `strength` is its coherent share, 0 to 1, of what is heard without the other
    arrivals, `snr_db` its power to that of all else in the band. `elevation_known` is False where the array cannot tell.
    """

    direction: Vector
    covariance: Vector
    strength: float
    snr_db: float
    elevation_known: bool


class Locator:
    """Finds up to `most` arrivals in blocks of spectra at `freqs_hz`, and listens in a direction.

    `up` (3,) is where the sky is in the array's frame, by the array's mounting when None. 15 degrees C are assumed when
    `temperature_c` is None. `mute` names channels to leave out, and may be set at any time.
    """

    _loudness: Vector
    _blocks: int
    _unsure: float

    def __init__(
        self, array: MicrophoneArray, freqs_hz: Real, *, temperature_c: float | None = None, most: int = 4, up: Vector | None = None
    ) -> None:
        self.array, self.most = array, most
        self._freqs_hz = np.asarray(freqs_hz, np.float32)
        self._up = Mounting(array.azimuth_deg, array.tilt_deg, array.roll_deg).up if up is None else up
        self._temperature_c = temperature_c
        self._corrections = corrections(array, self._freqs_hz)
        self.mute = ()

    @property
    def mute(self) -> tuple[int, ...]:
        """Channels that are left out."""
        return self._mute

    @mute.setter
    def mute(self, channels: Sequence[int]) -> None:
        if not set(range(len(self.array.positions_m))) - set(channels):
            raise ValueError("at least one channel has to be heard")
        self._mute = tuple(channels)
        self._build()

    @property
    def temperature_c(self) -> float | None:
        """Of the air; None when not measured."""
        return self._temperature_c

    @temperature_c.setter
    def temperature_c(self, value: float | None) -> None:
        self._temperature_c = value
        self._build()

    @property
    def band_hz(self) -> tuple[float, float]:
        """Which frequencies directions are told by."""
        return float(self._freqs_hz[self._band][0]), float(self._freqs_hz[self._band][-1])

    def locate(self, spectra: Complex, *, comb_hz: float | None = None, towards: Vector | None = None) -> list[Arrival]:
        """Arrivals in spectra (frames, channels, bins), the loudest first; only bins of a comb if one is given.

        With `towards` (3,) the only one looked for is the one nearest to that direction.
        """
        if self._finder is None or not len(spectra):
            return []
        sound = self._heard(spectra)
        power = sound.power.T
        if not np.any(power):
            return []
        even = sound.times(self._equalising(power)[:, None])
        sources = self._finder.find(even, self._comb(comb_hz), self.most, towards, sqrt(self._unsure) / 2)
        return [self._arrival(source) for source in sources]

    def _equalising(self, power: Real) -> Real:
        """What makes channels of power (channels, groups) equally loud, as they are in any sound from afar; 1 RMS all together.

        Gains are told from all blocks so far, later ones more, and from groups of bins in which channels differ little: half a decibel
        is enough to spoil what is known of diffuse noise.
        """
        mean = power.mean(axis=0)
        ratios = power / np.maximum(mean, np.float32(1e-30))
        alike = 1 / (smooth((ratios * ratios).mean(axis=0) - 1, ALIKE_GROUPS) + LEAST_VARIANCE)
        shares = ratios @ (alike / alike.sum())
        kept = min(MOST_KEPT, self._blocks / (self._blocks + 1))
        self._loudness = kept * self._loudness + (1 - kept) * np.maximum(shares, LEAST_SHARE)
        self._unsure = kept**2 * self._unsure + (1 - kept) ** 2 / float(alike.sum())
        self._blocks += 1
        return np.asarray(1 / np.sqrt(self._loudness * float(mean.mean(dtype=np.float64))), np.float32)

    def glance(self, spectra: Complex) -> Vector | None:
        """The unit vector (3,) of the loudest sound in spectra (frames, channels, bins), at a tenth of the cost; None for silence.

        Noise from all sides draws it up, and it does not say how sure it is.
        """
        if self._finder is None or not np.any(spectra):
            return None
        return self._finder.glance(self._heard(spectra))

    def _heard(self, spectra: Complex) -> Snapshots:
        """The channels and bins that directions are told by, none late."""
        if self._plain:
            return grouped(spectra[:, :, self._band])
        return grouped(spectra[:, self._live, self._band] * self._corrections[self._live, self._band])

    def steer(self, spectra: Complex, direction: Vector) -> Complex:
        """Spectra (frames, bins) of what comes from a unit vector in the array's frame, as the mean microphone would hear it alone."""
        back = np.ascontiguousarray(np.conj(plane_wave(self._turns, self._microphones.positions_m, direction)).T)
        if not self._plain:
            spectra, back = spectra[:, self._live], back * self._corrections[self._live]
        return np.asarray((spectra * back).sum(axis=1) / np.float32(len(self._live)))

    def _build(self) -> None:
        positions = np.asarray(self.array.positions_m, np.float64).reshape(-1, 3)
        self._live = np.setdiff1d(np.arange(len(positions)), self._mute)
        self._loudness = np.ones(len(self._live))
        self._blocks, self._unsure = 0, 0.0
        self._plain = not (self._mute or self.array.gains or self.array.delays_s)
        self._microphones = microphones = Microphones(positions[self._live])
        speed = speed_of_sound_mps(self._temperature_c)
        low, high = np.searchsorted(self._freqs_hz, [LOWEST_HZ, microphones.useful_hz(speed)])
        self._band = slice(int(low), int(high - (high - low) % TOGETHER))
        freqs = self._freqs_hz[self._band]
        self._turns = np.asarray(2 * np.pi / speed * self._freqs_hz, np.float32)
        self._facing = microphones.facing(self._up)
        self._finder = None
        if microphones.dimensions:
            spacing = spacing_rad(microphones.aperture_m, float(freqs[-1]), speed)
            self._finder = Finder(microphones, freqs, speed, self._directions(spacing))

    def _directions(self, spacing: float) -> Vector:
        """Where sound may come from: of a plane's two sides the one that sees the sky; for a line, the horizon ahead."""
        if self._microphones.dimensions == 1:
            axis = self._microphones.axes[0]
            beside = np.cross(axis, self._up) if abs(axis @ self._up) < 0.9 else np.cross(axis, [1.0, 0.0, 0.0])
            beside /= np.linalg.norm(beside)
            beside = beside if beside[1] >= 0 else -beside
            angles = np.arange(0.0, np.pi + spacing / 2, spacing / 2)[:, None]
            return np.asarray(np.cos(angles) * axis + np.sin(angles) * beside)
        everywhere = sphere(spacing)
        lowest = np.sin(np.radians(LOWEST_ELEVATION_DEG))
        seen = everywhere @ self._up >= lowest
        if self._facing is not None:
            seen &= everywhere @ self._facing >= 0
        return np.asarray(everywhere[seen])

    def _comb(self, comb_hz: float | None) -> Real:
        """One at the harmonics of a comb and none between; one everywhere without a comb."""
        freqs = self._freqs_hz[self._band]
        if comb_hz is None:
            return np.ones_like(freqs)
        off = np.abs(freqs / comb_hz - np.rint(freqs / comb_hz)) * comb_hz
        width = np.maximum(COMB_WIDTH * comb_hz, freqs[1] - freqs[0])
        return np.asarray(off <= width, np.float32)

    def _arrival(self, source: Source) -> Arrival:
        """A source's direction on the side that is looked at, with all that makes it unsure."""
        direction = source.direction
        if self._facing is not None and direction @ self._facing < 0:
            direction = direction - 2 * (direction @ self._facing) * self._facing
        basis = tangent_basis(direction)
        covariance = bearing_covariance(source, direction, basis) + self._of_temperature(direction, basis)
        return Arrival(direction, covariance, source.strength, 10 * log10(max(source.snr, 1e-9)), self._microphones.dimensions > 1)

    def _of_temperature(self, direction: Vector, basis: Vector) -> Vector:
        """Of air whose speed of sound is not known: what lies in the array's plane is stretched."""
        sigma_c = UNKNOWN_TEMPERATURE_SIGMA_C if self._temperature_c is None else TEMPERATURE_SIGMA_C
        axes = self._microphones.axes[: self._microphones.dimensions]
        inside = direction @ axes.T @ axes
        least = max(float(np.linalg.norm(direction - inside)), LEAST_SINE)
        moved = sigma_c / (2 * KELVIN) * (basis @ inside) / least**2
        return np.asarray(np.outer(moved, moved))
