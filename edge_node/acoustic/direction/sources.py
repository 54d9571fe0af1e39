"""The sources in one block of sound: the loudest direction first, then the loudest in what is left when it is projected out."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.acoustic.direction.noise_field import NoiseField
from edge_node.acoustic.direction.srp import Response
from edge_node.acoustic.direction.steering import Beam, Heard, Steering
from edge_node.acoustic.microphones import Microphones

Vector = NDArray[np.float64]
Real = NDArray[np.float32]
Complex = NDArray[np.complex64]

LEAST_POWER = np.float32(1e-30)
CLEARLY_LESS = 0.8
TURNS = 2
# What moves or is not quite where it should be leaves so much when it is projected out.
LEAST_FURTHER = 0.04
NOISE_BINS, SIGNAL_BINS = 41, 41
LEAST_RATIO = 0.1
SIGNIFICANT_SIGMAS = 4.5
# Frames that overlap by half and bins beside each other under a root-Hann window share their noise: so much is its own.
INDEPENDENT = 0.7
# So much of that is left for a bearing's variance, measured; where noise is taken for diffuse four times as much is allowed for, as no
# field and no gains are quite what they are taken for.
TOLD_APART, MISTAKEN = 0.5, 3.0
SAME_DEG = 8.0
# Every so many frames, half a second, the noise is judged and a further source looked for; while there is one, in every block.
THOROUGH_FRAMES = 18
LEAST_INFORMATION = 1e-5
# No bearing is surer than the first or less sure than the second.
NEAREST_RAD, FARTHEST_RAD = 0.002, 1.0


class Source(Struct, frozen=True):
    """A direction that sound comes from, its coherent share and its ratio to the rest.

    `information` (3, 3) is how the weighted power bends down about it, `scatter` (3, 3) the covariance of that power's slope.
    """

    direction: Vector
    information: Vector
    scatter: Vector
    strength: float
    snr: float


class Block(Struct, frozen=True):
    """Spectra (frames, channels, bins) with bins `used` (1 or 0), made ready to tell directions and, `mild`, to search all of them."""

    spectra: Complex
    used: Real
    heard: Heard
    mild: Heard


class Finder:
    """Looks for sources over a grid of directions and sharpens what it finds; learns what kind of noise there is as it goes."""

    def __init__(self, microphones: Microphones, freqs_hz: Real, speed_mps: float, directions: Vector) -> None:
        self._channels = microphones.channels
        self._steering = Steering(microphones, freqs_hz, speed_mps)
        self._response = Response(microphones, freqs_hz, speed_mps, directions)
        self._noise = NoiseField(microphones, freqs_hz, speed_mps)
        self._apart = float(np.cos(np.radians(SAME_DEG)))
        self._due, self._due_first, self._several = 0, True, False

    def glance(self, spectra: Complex) -> Vector:
        """The loudest direction in spectra (frames, channels, bins), the quick way."""
        return self._response.glance(spectra)

    def find(self, spectra: Complex, used: Real, most: int, towards: Vector | None) -> list[Source]:
        """Up to `most` sources in spectra (frames, channels, bins) at bins where `used` is 1, the loudest first."""
        if towards is not None:
            block = self._block(spectra, used)
            return self._sources(block, [self._peak(block, towards)])
        self._due -= len(spectra)
        first, thorough = self._due_first, self._due <= 0 or self._several
        block, beams = self._look(self._block(spectra, used), most if thorough else 1)
        self._several = thorough and len(beams) > 1
        if self._due <= 0 and self._judge(spectra, beams) and first:
            block, beams = self._look(self._block(spectra, used), most)
        return self._sources(block, beams)

    def _look(self, block: Block, most: int) -> tuple[Block, list[Beam]]:
        """Beams of what stands out of the noise as it is known; the loudest one in any case."""
        beams: list[Beam] = []
        for _ in range(min(most, self._channels - 1)):
            rest = self._without(block, beams)
            start = self._start(rest)
            if start is None:
                break
            beam = self._peak(rest, start)
            if not self._source(rest, beam):
                return block, beams or [beam]
            apart = self._pulled_apart(block, [*beams, beam])
            if not self._are_apart(apart):
                break
            beams = apart
        return block, beams

    def _pulled_apart(self, block: Block, beams: list[Beam]) -> list[Beam]:
        """Each sharpened anew without the others (alternating projection, Ziskind and Wax 1988); of two, each is looked for anew."""
        for turn in range(TURNS * len(beams) if len(beams) == 2 else len(beams) if len(beams) > 2 else 0):
            others = beams[1:]
            rest = self._without(block, others)
            start = self._start(rest) if turn < len(beams) == 2 else None
            beams = [*others, self._peak(rest, beams[0].direction if start is None else start)]
        return beams

    def _sources(self, block: Block, beams: list[Beam]) -> list[Source]:
        """What is said of each beam without the others, the loudest first."""
        told = [self._source(self._without(block, [other for other in beams if other is not beam]), beam) for beam in beams]
        return sorted((source for source in told if source), key=lambda source: -source.snr)

    def _are_apart(self, beams: list[Beam]) -> bool:
        return all(one.direction @ other.direction < self._apart for one, other in combinations(beams, 2))

    def _without(self, block: Block, beams: list[Beam]) -> Block:
        """A block with some directions projected out."""
        heard, mild = block.heard, block.mild
        for beam in beams:
            phases = self._steering.phases(beam.direction)
            alike = mild is heard
            heard = heard.without(phases, self._steering.product(heard, phases))
            mild = heard if alike else mild.without(phases, self._steering.product(mild, phases))
        return Block(block.spectra, block.used, heard, mild)

    def _peak(self, block: Block, start: Vector) -> Beam:
        """The beam at the maximum near a direction."""
        beam = self._steering.beam(block.heard, start)
        return self._steering.peak_near(block.heard, telling(beam, block.used), beam)

    def _judge(self, spectra: Complex, beams: list[Beam]) -> bool:
        """Learn what the noise is like beside what was found; whether that changed what is known."""
        self._due, self._due_first = THOROUGH_FRAMES, False
        if self._channels < 3:
            return False
        phases = [self._steering.phases(beam.direction).T for beam in beams[: self._channels - 2]]
        steered = np.stack(phases, axis=2) if phases else np.zeros((spectra.shape[2], self._channels, 0), np.complex64)
        return self._noise.observe(np.ascontiguousarray(spectra.transpose(2, 1, 0)), steered)

    def _block(self, spectra: Complex, used: Real) -> Block:
        """A block by what is known of the noise."""
        heard = self._made_ready(spectra)
        return Block(spectra, used, heard, heard if self._noise.mild else self._made_ready(spectra, mild=True))

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

    def _start(self, block: Block) -> Vector | None:
        """The grid's highest direction; None when directions are taken out and what is left there is hardly more than noise."""
        score = self._response.score(block.mild, block.used / block.mild.total)
        direction = self._response.between.peak(score, int(np.argmax(score)))
        if block.heard.nulls:
            share = float(block.used @ self._steering.shares(block.heard, direction))
            if self._strength(block, share) < CLEARLY_LESS * self._significant(block):
                return None
        return direction

    def _strength(self, block: Block, share: float) -> float:
        """The coherent share of what is heard by the sum over bins of a beam's shares: 0 for noise, 1 for a wave alone."""
        left = self._channels - len(block.heard.nulls)
        return (share / float(block.used.sum()) - 1 / left) / (1 - 1 / left)

    def _significant(self, block: Block) -> float:
        """The strength that noise alone hardly has in the best of all directions."""
        left, bins, frames = self._channels - len(block.heard.nulls), float(block.used.sum()), len(block.spectra)
        sigma = np.sqrt(1 / ((left - 1) * (frames * left + 1)) / (INDEPENDENT * bins))
        return float(max(SIGNIFICANT_SIGMAS * sigma, LEAST_FURTHER if block.heard.nulls else 0.0))

    def _source(self, block: Block, beam: Beam) -> Source | None:
        """What is said of a beam; None when noise alone could be so strong somewhere."""
        used = block.used
        strength = self._strength(block, float(used @ (beam.power / block.heard.total)))
        if strength < self._significant(block):
            return None
        weights = telling(beam, used)
        doubted = np.asarray(1 + MISTAKEN * self._noise.share, np.float32)
        scatter = weights**2 * beam.noise * beam.power / beam.gain * doubted / (TOLD_APART * len(block.spectra))
        power = (block.spectra.real**2 + block.spectra.imag**2).mean(axis=(0, 1))
        signal, whole = float(used @ np.clip(beam.source, -power, power)), float(used @ power)
        return Source(
            direction=beam.direction,
            information=beam.information(weights),
            scatter=beam.curvature(scatter),
            strength=float(np.clip(strength, 0.0, 1.0)),
            snr=signal / max(whole - signal, 1e-6 * whole),
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
