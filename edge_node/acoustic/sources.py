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

TRIED = 3
SMOOTHED_BINS = 5
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
        heard = self._made_ready(spectra)
        found: list[Source] = []
        for _ in range(most if towards is None else 1):
            weights = used / heard.total
            start = self._start(heard, weights) if towards is None else towards
            beam = self._sharpened(heard, weights, used, start)
            source = self._source(heard, beam, used, spectra)
            if source is None:
                break
            if all(source.direction @ other.direction < self._apart for other in found):
                found.append(source)
            phases = self._steering.phases(beam.direction)
            heard = heard.without(phases, self._steering.product(heard, phases))
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
        start = self._start(heard, used / heard.total)
        self._noise.observe(np.ascontiguousarray(spectra.transpose(2, 1, 0)), self._steering.phases(start))

    def _made_ready(self, spectra: Complex) -> Heard:
        """Spectra with the noise's coherence taken out."""
        if not self._noise.diffuse:
            return Heard(spectra, np.maximum((spectra.real**2 + spectra.imag**2).mean(axis=0).sum(axis=0), np.float32(1e-30)), None)
        inverse = self._noise.inverse
        turned = (inverse @ np.ascontiguousarray(spectra.transpose(2, 1, 0)).view(np.float32)).view(np.complex64)
        whitened = np.ascontiguousarray(turned.transpose(2, 1, 0))
        total = (np.conj(spectra) * whitened).real.mean(axis=0).sum(axis=0)
        return Heard(whitened, np.maximum(total, np.float32(1e-30)), inverse)

    def _start(self, heard: Heard, weights: Real) -> Vector:
        """The best of the grid's few highest directions that are not neighbours."""
        score = self._response.score(heard, weights)
        best: list[Beam] = []
        for _ in range(TRIED):
            direction = self._response.directions[int(np.argmax(score))]
            best.append(self._steering.beam(heard, weights, direction))
            score = np.where(self._response.directions @ direction > 0.97, -np.inf, score)
        return max(best, key=lambda beam: beam.score).direction

    def _sharpened(self, heard: Heard, weights: Real, used: Real, start: Vector) -> Beam:
        """The beam at the maximum near a direction, bins weighted by how much each says about it."""
        beam = self._steering.peak_near(heard, weights, start, 2)
        return self._steering.peak_near(heard, self._telling(beam, used), beam.direction, 2)

    def _telling(self, beam: Beam, used: Real) -> Real:
        """Weights of maximum likelihood, of a smoothed ratio of signal to noise in each beam (Knapp and Carter 1976)."""
        ratio = np.maximum(beam.power / beam.noise - 1, 0)
        smooth = np.convolve(np.pad(ratio, SMOOTHED_BINS // 2, mode="edge"), np.full(SMOOTHED_BINS, 1 / SMOOTHED_BINS, np.float32), "valid")
        ratio = (ratio + smooth) / 2
        return np.asarray(used * ratio / (1 + ratio) / beam.noise)

    def _source(self, heard: Heard, beam: Beam, used: Real, spectra: Complex) -> Source | None:
        """What is said of a beam; None when noise alone could be so strong somewhere."""
        left, bins, frames = self._channels - len(heard.nulls), float(used.sum()), len(spectra)
        share = float(used @ (beam.power / heard.total)) / bins
        strength = (share - 1 / left) / (1 - 1 / left)
        sigma = np.sqrt(1 / ((left - 1) * (frames * left + 1)) / (INDEPENDENT * bins)) if left > 1 else 1.0
        if strength < SIGNIFICANT_SIGMAS * sigma:
            return None
        weights = self._telling(beam, used)
        information = beam.information(weights)
        spread = 2 * weights**2 * beam.noise * (beam.source * beam.gain + beam.noise) / beam.gain / (INDEPENDENT * frames)
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
