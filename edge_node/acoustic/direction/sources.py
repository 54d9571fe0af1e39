"""The sources in one block of sound: the loudest direction first, then the loudest in what is left when it is projected out."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from edge_node.acoustic.direction.noise_field import NoiseField
from edge_node.acoustic.direction.snapshots import Snapshots
from edge_node.acoustic.direction.srp import Response
from edge_node.acoustic.direction.steering import LEAST_NOISE, LEAST_POWER, Beam, Focus, Heard, Steering
from edge_node.acoustic.microphones import Microphones

Vector = NDArray[np.float64]
Real = NDArray[np.float32]

CLEARLY_LESS = 0.8
# What is so much stronger than noise alone could be is followed from look to look and looked for anew only when it is not there.
CLEARLY = 5.0
# So many directions of a search that is blurred, as it must be in noise from all sides, are looked at sharply.
LIKELY = 24
TURNS = 2
# What moves or is not quite where it should be leaves so much when it is projected out.
LEAST_FURTHER = 0.04
NOISE_BINS, SIGNAL_BINS = 41, 41
LEAST_RATIO = 0.1
SIGNIFICANT_SIGMAS = 4.5
# Frames that overlap by half and bins beside each other under a root-Hann window share their noise: so much is its own.
INDEPENDENT = 0.7
# So much of that is left for a bearing's variance, measured; where noise is taken for diffuse four times as much is allowed for, as no
# field is quite what it is taken for.
TOLD_APART, MISTAKEN = 0.5, 3.0
SAME_DEG = 8.0
# Every so many frames, half a second, the noise is judged and a further source looked for; while one is not clear, in every block.
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
    """Sound with bins `used` (1 or 0), made ready to tell directions and, `mild`, to search all of them; `power` (bins,) is of each bin."""

    used: Real
    power: Real
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
        self._due, self._due_first = 0, True
        self._last: list[Source] = []
        self._unclear, self._uneven = False, 0.0

    def glance(self, sound: Snapshots) -> Vector:
        """The loudest direction, the quick way."""
        return self._response.glance(sound)

    def find(self, sound: Snapshots, used: Real, most: int, towards: Vector | None, uneven: float) -> list[Source]:
        """Up to `most` sources at bins where `used` is 1, the loudest first; `uneven` is the sigma of what is left of gains."""
        self._uneven = uneven
        if towards is not None:
            block = self._block(sound, used)
            return self._sources(block, [self._peak(block, towards)])
        self._due -= sound.frames
        first, due = self._due_first, self._due <= 0
        block = self._block(sound, used)
        beams = self._followed(block)
        thorough = due or self._unclear or (not beams and len(self._last) > 1)
        if thorough or not beams:
            beams = self._look(block, most if thorough else 1, beams)
        if due and self._judge(sound, beams) and first:
            block = self._block(sound, used)
            beams = self._look(block, most, [])
        sources = self._sources(block, beams)
        self._last = [source for source in sources if source.strength > CLEARLY * self._significant(block)]
        self._unclear = len(sources) > max(1, len(self._last))
        return sources

    def _followed(self, block: Block) -> list[Beam]:
        """Beams of what was clear in the last look; none when any of that is not heard about as well as it was."""
        directions, beams = [source.direction for source in self._last], list[Beam]()
        for turn in range((TURNS if len(directions) > 1 else 1) * len(directions)):
            was = self._last[turn % len(directions)].strength
            beam = self._peak_from(self._without(block, directions[1:]), directions[0], CLEARLY_LESS * was)
            if beam is None:
                return []
            directions, beams = [*directions[1:], beam.direction], [*beams, beam]
        latest = beams[len(beams) - len(directions) :]
        return latest if self._are_apart(latest) else []

    def _look(self, block: Block, most: int, beams: list[Beam]) -> list[Beam]:
        """Beams of what stands out of the noise as it is known, beside those there are; the loudest one in any case."""
        while len(beams) < min(most, self._channels - 1):
            rest = self._without(block, _directions(beams))
            beam = self._loudest(rest)
            if beam is None:
                break
            if self._strength(rest, beam) < self._significant(rest):
                return beams or [beam]
            apart = self._pulled_apart(block, [*beams, beam])
            if not self._are_apart(apart):
                break
            beams = apart
        return beams

    def _pulled_apart(self, block: Block, beams: list[Beam]) -> list[Beam]:
        """Each sharpened anew without the others (alternating projection, Ziskind and Wax 1988); of two, each is looked for anew."""
        for turn in range(TURNS * len(beams) if len(beams) == 2 else len(beams) if len(beams) > 2 else 0):
            others = beams[1:]
            rest = self._without(block, _directions(others))
            anew = self._loudest(rest) if turn < len(beams) == 2 else None
            beams = [*others, anew or self._peak(rest, beams[0].direction)]
        return beams

    def _sources(self, block: Block, beams: list[Beam]) -> list[Source]:
        """What is said of each beam without the others, the loudest first."""
        others = [[other.direction for other in beams if other is not beam] for beam in beams]
        told = [self._source(self._without(block, taken), beam) for beam, taken in zip(beams, others, strict=True)]
        return sorted((source for source in told if source), key=lambda source: -source.snr)

    def _of_gains(self, heard: Heard, beam: Beam, weights: Real) -> Vector:
        """What gains that are not quite known add to the scatter; nothing to speak of where noise is not taken for diffuse."""
        pulls = self._uneven * self._steering.pulls(heard, beam, weights) if self._noise.diffuse else np.zeros((3, 1))
        return np.asarray(pulls @ pulls.T)

    def _are_apart(self, beams: list[Beam]) -> bool:
        return all(one.direction @ other.direction < self._apart for one, other in combinations(beams, 2))

    def _without(self, block: Block, directions: list[Vector]) -> Block:
        """A block with some directions projected out."""
        taken = tuple(directions)
        heard = replace(block.heard, taken=taken)
        mild = heard if block.mild is block.heard else replace(block.mild, taken=taken)
        return Block(block.used, block.power, heard, mild)

    def _peak(self, block: Block, start: Vector) -> Beam:
        """The beam at the maximum near a direction."""
        focus = self._steering.focused(block.heard, start)
        return self._sharpened(block, focus, self._steering.beam(focus, start))

    def _peak_from(self, block: Block, start: Vector, least: float) -> Beam | None:
        """The same; None when it is weaker where it starts."""
        focus = self._steering.focused(block.heard, start)
        beam = self._steering.beam(focus, start)
        return self._sharpened(block, focus, beam) if self._strength(block, beam) >= least else None

    def _sharpened(self, block: Block, focus: Focus, beam: Beam) -> Beam:
        return self._steering.peak_near(focus, telling(beam, block.used), beam)

    def _loudest(self, block: Block) -> Beam | None:
        """Of all directions; None when some are taken out and what is left is hardly more than noise."""
        focus = self._steering.unfocused(block.mild)
        score = self._response.score(focus, block.used / focus.total)
        if block.mild is block.heard or block.heard.taken:
            start = self._response.between.peak(score, int(np.argmax(score)))
        else:
            best = np.argpartition(score, -LIKELY)[-LIKELY:]
            focus = self._steering.unfocused(block.heard)
            start = self._steering.best(focus, block.used / focus.total, self._response.directions[best])
        return self._peak_from(block, start, CLEARLY_LESS * self._significant(block) if block.heard.taken else -np.inf)

    def _judge(self, sound: Snapshots, beams: list[Beam]) -> bool:
        """Learn what the noise is like beside what was found; whether that changed what is known."""
        self._due, self._due_first = THOROUGH_FRAMES, False
        return self._channels > 2 and self._noise.observe(sound, [beam.direction for beam in beams[: self._channels - 2]])

    def _block(self, sound: Snapshots, used: Real) -> Block:
        """A block by what is known of the noise: all of it, and no more of it than a search over all directions bears."""
        noise, power = self._noise, sound.inner(sound)
        least = np.maximum(LEAST_NOISE * power, LEAST_POWER)
        power = power / np.float32(self._channels)
        if not noise.diffuse:
            heard = Heard(sound, None, np.full_like(noise.gain, self._channels), least)
            return Block(used, power, heard, heard)
        heard = Heard(sound, noise.inverse, noise.gain, least)
        mild = heard if noise.mild else Heard(sound, noise.mild_inverse, noise.mild_gain, least)
        return Block(used, power, heard, mild)

    def _strength(self, block: Block, beam: Beam) -> float:
        """The coherent share of what is heard by a beam's share of all power: 0 for noise, 1 for a wave alone."""
        left, share = self._channels - len(block.heard.taken), float(block.used @ (beam.power / beam.total))
        return (share / float(block.used.sum()) - 1 / left) / (1 - 1 / left)

    def _significant(self, block: Block) -> float:
        """The strength that noise alone hardly has in the best of all directions."""
        left, bins, frames = self._channels - len(block.heard.taken), float(block.used.sum()), block.heard.sound.frames
        sigma = np.sqrt(1 / ((left - 1) * (frames * left + 1)) / (INDEPENDENT * bins))
        return float(max(SIGNIFICANT_SIGMAS * sigma, LEAST_FURTHER if block.heard.taken else 0.0))

    def _source(self, block: Block, beam: Beam) -> Source | None:
        """What is said of a beam; None when noise alone could be so strong somewhere."""
        used, power = block.used, block.power
        strength = self._strength(block, beam)
        if strength < self._significant(block):
            return None
        weights = telling(beam, used)
        doubted = np.asarray(1 + MISTAKEN * self._noise.share, np.float32)
        scatter = weights**2 * beam.noise * beam.power / beam.gain * doubted / (TOLD_APART * block.heard.sound.frames)
        signal, whole = float(used @ np.clip(beam.source, -power, power)), float(used @ power)
        return Source(
            direction=beam.direction,
            information=beam.information(weights),
            scatter=beam.curvature(scatter) + self._of_gains(block.heard, beam, weights),
            strength=float(np.clip(strength, 0.0, 1.0)),
            snr=signal / max(whole - signal, 1e-6 * whole),
        )


def _directions(beams: list[Beam]) -> list[Vector]:
    return [beam.direction for beam in beams]


def telling(beam: Beam, used: Real) -> Real:
    """Weights of bins (bins,) near those of maximum likelihood, from noise and signal smoothed over bins (Knapp and Carter 1976).

    Noise of one bin alone is doubted when it is low and believed when it is high, as other sources have their lines.
    """
    noise = np.maximum(np.exp(smooth(np.log(beam.noise), NOISE_BINS)), beam.noise / 2)
    ratio = np.maximum(smooth(beam.power / beam.noise - 1, SIGNAL_BINS), 0) + LEAST_RATIO
    return np.asarray(used * ratio / (1 + ratio) / noise)


def smooth(values: Real, width: int) -> Real:
    """The mean over `width` bins about each, the outermost repeated beyond the ends."""
    before, after = np.full(width // 2 + 1, values[0]), np.full(width // 2, values[-1])
    sums = np.concatenate([before, values, after]).cumsum(dtype=np.float64)
    return np.asarray((sums[width:] - sums[:-width]) / width, np.float32)


def bearing_covariance(source: Source, direction: Vector, basis: Vector) -> Vector:
    """(2, 2) along a basis (2, 3) across a direction, or across its mirror image: the bound's inverse, sandwiched (Huber 1967)."""
    across = basis if direction is source.direction else basis @ mirror(direction - source.direction)
    known, turn = np.linalg.eigh((across @ source.information @ across.T).astype(np.float64))
    scatter = turn.T @ across @ source.scatter @ across.T @ turn
    told = known > LEAST_INFORMATION * known[-1]
    inverse = np.where(told, 1 / np.where(told, known, 1.0), 0.0)
    inside = inverse[:, None] * scatter * inverse + np.diag(np.where(told, NEAREST_RAD**2, FARTHEST_RAD**2))
    spread, axes = np.linalg.eigh((inside + inside.T) / 2)  # positive whatever was rounded, where two microphones stand in one place
    spread, axes = np.maximum(spread, NEAREST_RAD**2), turn @ axes
    return np.asarray(axes * (spread / (1 + spread / FARTHEST_RAD**2)) @ axes.T)


def mirror(normal: Vector) -> Vector:
    """(3, 3): reflection at the plane with this normal."""
    return np.asarray(np.eye(3) - 2 * np.outer(normal, normal) / (normal @ normal))
