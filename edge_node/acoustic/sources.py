"""The sources in one block of sound: the loudest direction first, then the loudest in what is left when it is projected out."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.acoustic.microphones import Microphones
from edge_node.acoustic.noise_field import NoiseField
from edge_node.acoustic.srp import Response
from edge_node.acoustic.steering import Beam, Heard, Steering

Vector = NDArray[np.float64]
Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

LEAST_POWER = np.float32(1e-30)
TRIED = 4
NOISE_BINS, SIGNAL_BINS = 21, 41
LEAST_RATIO = 0.3
SIGNIFICANT_SIGMAS = 6.0
# Frames that overlap by half and bins beside each other under a root-Hann window share their noise: so much is its own.
INDEPENDENT = 0.7
SAME_DEG = 8.0
JUDGED_FRAMES = 6
PLACE_SIGMA_M = 0.0002
LEAST_INFORMATION = 1e-5
# No bearing is surer than the first or less sure than the second.
NEAREST_RAD, FARTHEST_RAD = 0.002, 1.0


class Source(Struct, frozen=True):
    """A direction that sound comes from, with `covariance` (3, 3) of its unbound vector, coherent share and ratio to the rest."""

    direction: Vector
    information: Vector
    scatter: Vector
    strength: float
    snr: float


class Finder:
    """Looks for sources over a grid of directions and sharpens what it finds; learns what kind of noise there is as it goes."""

    def __init__(self, microphones: Microphones, freqs_hz: Real, speed_mps: float, directions: Vector) -> None:
        self._channels = microphones.channels
        self._steering = Steering(microphones, freqs_hz, speed_mps)
        self._response = Response(microphones, freqs_hz, speed_mps, directions)
        self._noise = NoiseField(microphones, freqs_hz, speed_mps)
        self._apart = float(np.cos(np.radians(SAME_DEG)))
        self._unjudged = JUDGED_FRAMES
        self._place_rad = PLACE_SIGMA_M / max(microphones.aperture_m, 1e-3)

    def find(self, spectra: Complex, used: Real, most: int, towards: Vector | None) -> list[Source]:
        """Up to `most` sources in spectra (frames, channels, bins) at bins where `used` is 1, the loudest first."""
        self._judge(spectra, used)
        heard, mild = self._made_ready(spectra), self._made_ready(spectra, mild=True)
        found: list[Source] = []
        for _ in range(most if towards is None else 1):
            start = self._start(heard, mild, used) if towards is None else towards
            weights = telling(self._steering.beam(heard, used, start), used)
            beam = self._steering.peak_near(heard, weights, start)
            source = self._source(heard, beam, weights, spectra)
            if source is None:
                break
            if all(source.direction @ other.direction < self._apart for other in found):
                found.append(source)
            phases = self._steering.phases(beam.direction)
            heard = heard.without(phases, self._steering.product(heard, phases))
            mild = mild.without(phases, self._steering.product(mild, phases))
            if len(heard.nulls) >= self._channels - 1:
                break
        return found

    def _judge(self, spectra: Complex, used: Real) -> None:
        """Once for every few frames learn what the noise is like beside the loudest direction."""
        self._unjudged += len(spectra)
        if self._unjudged < JUDGED_FRAMES or self._channels < 3:
            return
        self._unjudged = 0
        heard = self._made_ready(spectra)
        start = self._start(heard, self._made_ready(spectra, mild=True), used)
        self._noise.observe(np.ascontiguousarray(spectra.transpose(2, 1, 0)), self._steering.phases(start))

    def _made_ready(self, spectra: Complex, *, mild: bool = False) -> Heard:
        """Spectra with the noise's coherence taken out, or with no more of it than a search over all directions bears."""
        if not self._noise.diffuse:
            total = (spectra.real**2 + spectra.imag**2).mean(axis=0).sum(axis=0)
            return Heard(spectra, np.maximum(total, LEAST_POWER), None, np.full(len(total), self._channels, np.float32))
        noise = self._noise
        inverse, gain = (noise.mild_inverse, noise.mild_gain) if mild else (noise.inverse, noise.gain)
        turned = (inverse @ np.ascontiguousarray(spectra.transpose(2, 1, 0)).view(np.float32)).view(np.complex64)
        whitened = np.ascontiguousarray(turned.transpose(2, 1, 0))
        total = (np.conj(spectra) * whitened).real.mean(axis=0).sum(axis=0)
        return Heard(whitened, np.maximum(total, LEAST_POWER), inverse, gain)

    def _start(self, heard: Heard, mild: Heard, used: Real) -> Vector:
        """The best of the grid's few highest directions that are not neighbours."""
        weights = used / heard.total
        score = self._response.score(mild, used / mild.total)
        best: list[Beam] = []
        for _ in range(TRIED):
            direction = self._response.directions[int(np.argmax(score))]
            best.append(self._steering.beam(heard, weights, direction))
            score = np.where(self._response.directions @ direction > 0.97, -np.inf, score)
        return max(best, key=lambda beam: beam.score).direction

    def _source(self, heard: Heard, beam: Beam, weights: Real, spectra: Complex) -> Source | None:
        """What is said of a beam; None when noise alone could be so strong somewhere."""
        used = weights > 0
        left, bins, frames = self._channels - len(heard.nulls), np.count_nonzero(used), len(spectra)
        share = float(used @ (beam.power / heard.total)) / bins
        strength = (share - 1 / left) / (1 - 1 / left)
        sigma = np.sqrt(1 / ((left - 1) * (frames * left + 1)) / (INDEPENDENT * bins)) if left > 1 else 1.0
        if strength < SIGNIFICANT_SIGMAS * sigma:
            return None
        information = beam.information(weights)
        spread = 2 * weights**2 * beam.noise * beam.power / beam.gain / (INDEPENDENT * frames)
        scatter = np.tensordot(spread, beam.bends, axes=1)
        signal = float(used @ beam.source)
        whole = float(used @ (spectra.real**2 + spectra.imag**2).mean(axis=(0, 1)))
        return Source(
            beam.direction,
            information,
            np.asarray(scatter, np.float64),
            float(np.clip(strength, 0.0, 1.0)),
            signal / max(whole - signal, 1e-6 * whole),
        )


def telling(beam: Beam, used: Real) -> Real:
    """Weights of bins (bins,) near those of maximum likelihood, from noise and signal smoothed over bins (Knapp and Carter 1976).

    Noise of one bin alone is doubted when it is low and believed when it is high, as other sources have their lines.
    """
    noise = np.maximum(np.exp(smooth(np.log(beam.noise), NOISE_BINS)), beam.noise / 2)
    ratio = np.maximum(smooth(beam.power / beam.noise - 1, SIGNAL_BINS), 0) + LEAST_RATIO
    return np.asarray(used * ratio / (1 + ratio) / noise)


def smooth(values: Real, width: int) -> Real:
    """The mean over `width` bins about each, the outermost repeated beyond the ends."""
    sums = np.cumsum(np.pad(values, (width // 2 + 1, width // 2), mode="edge"), dtype=np.float64)
    return ((sums[width:] - sums[:-width]) / width).astype(np.float32)


def bearing_covariance(source: Source, direction: Vector, basis: Vector) -> Vector:
    """(2, 2) along a basis (2, 3) across a direction, or across its mirror image: the bound's inverse, sandwiched (Huber 1967)."""
    across = basis if direction is source.direction else basis @ mirror(direction - source.direction)
    known, turn = np.linalg.eigh(across @ source.information @ across.T)
    scatter = turn.T @ across @ source.scatter @ across.T @ turn
    told = known > LEAST_INFORMATION * known[-1]
    inverse = np.where(told, 1 / np.where(told, known, 1.0), 0.0)
    inside = np.outer(inverse, inverse) * scatter + np.diag(np.where(told, NEAREST_RAD**2, FARTHEST_RAD**2))
    bounded = np.linalg.inv(np.linalg.inv(inside) + np.eye(2) / FARTHEST_RAD**2)
    return np.asarray(turn @ bounded @ turn.T)


def mirror(normal: Vector) -> Vector:
    """(3, 3): reflection at the plane with this normal."""
    return np.asarray(np.eye(3) - 2 * np.outer(normal, normal) / (normal @ normal))
