"""Transmitters at one antenna: each burst that falls into the receiver's band, made at the receiver's rate and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil, log10
from random import Random

import numpy as np
from msgspec import Struct

from drivers.blocks import IqBlock
from tools.simulate.iq.front_end import FrontEnd, Receiver, oscillation
from tools.simulate.iq.wave import Angle, Burst, Complexes, Link, Reals, Spot, Wave

LIGHT_MPS = 299_792_458.0
CHUNK_S = 0.02
FAINTEST_DB = -40.0
"""What is further under the noise of its own band is left out."""
CLEAN = 0.9
"""Of the band's half: a burst that reaches further out is made at a higher rate and filtered, so that nothing folds back."""
WIDEST = 64
"""Times the receiver's rate, at most."""
TAPER, MARGIN = 0.06, 256
"""The filter's edge as a share of the band, and its ringing in samples."""
RAMP_S = 8e-6
"""An amplifier's rise and fall."""
CHEAP_PPM = 10.0


class Air(Struct, frozen=True):
    """The way from one transmitter to the receiver. `level_dbm` None is `snr_db` in each burst's own bandwidth.

    `ppm` is the transmitter's crystal, None for one drawn from +-10; `taps` are later copies, (seconds, complex gain), beside the first.
    """

    snr_db: float = 20.0
    level_dbm: Callable[[float, float], float] | None = None
    closing_mps: Callable[[float], float] | None = None
    ppm: float | None = None
    taps: tuple[tuple[float, complex], ...] = ()


class Heard(Struct, frozen=True):
    """A link, the drone's way to the receiver and the pilot's, who is as loud where nobody says otherwise; it sends until `until_s`."""

    link: Link
    aloft: Air = Air()
    ground: Air | None = None
    from_s: float = 0.0
    until_s: float = float("inf")


class _Placed(Struct):
    """A burst on the air: true times, true offset from the receiver's true centre, amplitude, and its wave once somebody needs it."""

    burst: Burst
    t_s: float
    end_s: float
    stretch: float
    offset_hz: float
    amplitude: float
    taps: tuple[tuple[float, complex], ...]
    wave: Wave | None = None


def heard(
    links: Sequence[Heard | Link],
    front: FrontEnd,
    seconds: float,
    seed: int,
    *,
    from_s: float = 0.0,
    block_samples: int | None = None,
    truth: list[Spot] | None = None,
) -> Iterator[IqBlock]:
    """Blocks in time order of what a receiver hears from `from_s` of the links' time on; each burst in its band is added to `truth`.

    The same seed makes the same samples whatever the size of the blocks.
    """
    receiver, blocks = Receiver(front, f"{seed}/noise"), _Cut(front, block_samples)
    sources = [_Source(one if isinstance(one, Heard) else Heard(one), front, seed, from_s) for one in links]
    chunk, count = max(4096, round(CHUNK_S * front.rate_hz)), round(seconds * front.rate_hz)
    start = round(from_s * front.rate_hz)
    for first in range(0, count, chunk):
        antenna = np.zeros(min(chunk, count - first), dtype=np.complex64)
        for source in sources:
            source.add(antenna, start + first, truth)
        yield from blocks.full(*receiver.hear(antenna, start + first))
    yield from blocks.rest()


class _Cut:
    """Chunks cut into blocks of another size."""

    def __init__(self, front: FrontEnd, block_samples: int | None) -> None:
        self._front, self._size, self._sequence = front, block_samples, 0
        self._kept: list[Complexes] = []
        self._clipped = 0.0

    def full(self, samples: Complexes, clipped: float) -> Iterator[IqBlock]:
        self._clipped = clipped
        if self._size is None:
            yield self._block(samples)
            return
        joined = np.concatenate([*self._kept, samples])
        whole = len(joined) // self._size * self._size
        for k in range(0, whole, self._size):
            yield self._block(joined[k : k + self._size])
        self._kept = [joined[whole:]]

    def rest(self) -> Iterator[IqBlock]:
        left = np.concatenate([*self._kept, np.zeros(0, dtype=np.complex64)])
        if len(left):
            yield self._block(left)

    def _block(self, samples: Complexes) -> IqBlock:
        t_mono_ns = round(self._sequence / self._front.rate_hz * 1e9)
        block = IqBlock(
            t_mono_ns=t_mono_ns,
            sequence=self._sequence,
            lost=0,
            sample_rate_hz=self._front.rate_hz,
            center_hz=self._front.center_hz,
            samples=samples,
            clipped=self._clipped,
        )
        self._sequence += len(samples)
        return block


class _Source:
    """One link's bursts, those under way kept until they end."""

    def __init__(self, source: Heard, front: FrontEnd, seed: int, from_s: float) -> None:
        self._link, self._front, self._from_s = source.link, front, from_s
        self._airs = {True: source.aloft, False: source.ground or source.aloft}
        self._ppm = {aloft: _ppm(air, f"{seed}/{source.link.name}/{aloft}") for aloft, air in self._airs.items()}
        begin = max(source.from_s, from_s - source.link.longest_s)
        self._until_s = source.until_s
        self._bursts = source.link.bursts(begin)
        self._next = next(self._bursts)
        self._active: list[_Placed] = []

    def add(self, antenna: Complexes, first: int, truth: list[Spot] | None) -> None:
        """Add what is sent during these samples; bursts in the band go to `truth` as they begin."""
        front = self._front
        begin_s, end_s = first / front.true_rate_hz, (first + len(antenna)) / front.true_rate_hz
        while self._begins_s() < min(end_s, self._until_s):
            if self._in_band(self._next) and (placed := self._placed(self._next)):
                self._active.append(placed)
                if truth is not None:
                    truth.append(self._spot(placed))
            self._next = next(self._bursts)
        self._active = [one for one in self._active if one.end_s > begin_s]
        for one in self._active:
            _add(one, antenna, first, front)

    def _begins_s(self) -> float:
        """True time of the burst that comes next."""
        return self._next.t_s / (1 + self._ppm[self._next.aloft] * 1e-6)

    def _in_band(self, burst: Burst) -> bool:
        return abs(burst.center_hz - self._front.center_hz) < (burst.bandwidth_hz + self._front.rate_hz) / 2

    def _placed(self, burst: Burst) -> _Placed | None:
        front, air, stretch = self._front, self._airs[burst.aloft], 1 + self._ppm[burst.aloft] * 1e-6
        t_s = burst.t_s / stretch
        noise_dbm = front.noise_dbm_hz + 10 * log10(burst.bandwidth_hz)
        level_dbm = noise_dbm + air.snr_db if air.level_dbm is None else air.level_dbm(t_s, burst.center_hz)
        if level_dbm < noise_dbm + FAINTEST_DB:
            return None
        doppler = 1 + (air.closing_mps(t_s) / LIGHT_MPS if air.closing_mps else 0.0)
        offset_hz = burst.center_hz * stretch * doppler - front.true_center_hz
        end_s = t_s + burst.duration_s / stretch + max((delay_s for delay_s, _ in air.taps), default=0.0)
        return _Placed(burst, t_s, end_s, stretch, offset_hz, 10 ** (level_dbm / 20), air.taps)

    def _spot(self, placed: _Placed) -> Spot:
        burst, front = placed.burst, self._front
        noise_dbm = front.noise_dbm_hz + 10 * log10(burst.bandwidth_hz)
        return Spot(
            link=self._link.name,
            kind=self._link.kind,
            t_s=placed.t_s - self._from_s,
            duration_s=burst.duration_s / placed.stretch,
            center_hz=placed.offset_hz + front.true_center_hz,
            bandwidth_hz=burst.bandwidth_hz,
            snr_db=20 * log10(placed.amplitude) - noise_dbm,
            aloft=burst.aloft,
        )


def _ppm(air: Air, seed: str) -> float:
    return Random(seed).uniform(-CHEAP_PPM, CHEAP_PPM) if air.ppm is None else air.ppm


def _add(one: _Placed, antenna: Complexes, first: int, front: FrontEnd) -> None:
    """Add the part of a burst that falls into these samples."""
    rate_hz = front.true_rate_hz
    begin = max(0, ceil(one.t_s * rate_hz) - first)
    end = min(len(antenna), ceil(one.end_s * rate_hz) - first)
    if begin >= end:
        return
    wave = one.wave = one.wave or one.burst.wave()
    reach = (abs(one.offset_hz) + one.burst.bandwidth_hz / 2) / (rate_hz / 2)
    if reach < CLEAN:
        antenna[begin:end] += _sampled(one, wave, (first + np.arange(begin, end)) / rate_hz)
        return
    times = 2
    while times < min(reach / CLEAN, WIDEST):
        times *= 2
    antenna[begin:end] += _filtered(one, wave, range(first + begin, first + end), times, rate_hz)


def _filtered(one: _Placed, wave: Wave, samples: range, times: int, rate_hz: float) -> Complexes:
    """Made at so many times the rate, and only the receiver's band of it kept."""
    length = ceil((len(samples) + 2 * MARGIN) / 512) * 512
    t_s = ((samples.start - MARGIN) * times + np.arange(length * times)) / (rate_hz * times)
    spectrum = np.fft.fft(_sampled(one, wave, t_s))
    half = length // 2
    kept = np.concatenate((spectrum[:half], spectrum[-half:])) / times
    away = np.abs(np.fft.fftfreq(length)) * 2
    kept *= np.sqrt(np.clip((1 - away) / TAPER, 0, 1)).astype(np.float32)
    return np.asarray(np.fft.ifft(kept)[MARGIN : MARGIN + len(samples)], dtype=np.complex64)


def _sampled(one: _Placed, wave: Wave, t_s: Reals) -> Complexes:
    """A burst and its later copies at true times (n,)."""
    found = _copy(one, wave, t_s, t_s - one.t_s, 1.0)
    for delay_s, gain in one.taps:
        found += _copy(one, wave, t_s - delay_s, t_s - delay_s - one.t_s, gain)
    return found


def _copy(one: _Placed, wave: Wave, t_s: Reals, own_s: Reals, gain: complex) -> Complexes:
    own_s = own_s * one.stretch
    low, high = np.searchsorted(own_s, (0.0, wave.duration_s))
    inside = own_s[low:high]
    found = np.zeros(len(t_s), dtype=np.complex64)
    carrier = t_s[low:high] * one.offset_hz
    if isinstance(wave, Angle):
        carrier += wave.cycles(inside)
        part = oscillation(carrier)
    else:
        part = oscillation(carrier)
        part *= wave.at(inside)
    part *= np.complex64(one.amplitude * gain)
    if one.burst.whole and isinstance(wave, Angle):
        _ramp(part, inside, wave.duration_s)
    found[low:high] = part
    return found


def _ramp(part: Complexes, own_s: Reals, duration_s: float) -> None:
    low, high = np.searchsorted(own_s, (RAMP_S, duration_s - RAMP_S))
    part[:low] *= (own_s[:low] / RAMP_S).astype(np.float32)
    part[high:] *= ((duration_s - own_s[high:]) / RAMP_S).astype(np.float32)
