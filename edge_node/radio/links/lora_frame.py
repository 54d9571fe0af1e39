"""What is read off a LoRa frame whose preamble was found: its timing, carrier, length of preamble and sync word."""

from __future__ import annotations

from math import log

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from edge_node.radio.links.band import Complexes
from edge_node.radio.links.chirps import PER_CHIP, RUN, TINY, Run, opposite, run_of

LEAST_PREAMBLE, MOST_PREAMBLE = 4, 16
"""Chirps of a preamble that are found again once its timing is known."""
DOWN_CHIRPS, QUARTER, SYNC_SYMBOLS = 2, 0.25, 2
QUARTERS = 4
FOLLOW = 18
"""Symbols after a run in which the opposite chirps are looked for: most preambles are 8 to 16 long."""
ABOUT_BINS, STEP_BINS = 1.5, 0.25
"""The carrier is looked for so far about where the run has it, in such steps; a parabola finds the place between them."""
HELD = 0.35
"""A chirp of the preamble, or the two opposite ones, hold at least this much of the power that the run's chirps have."""
NIBBLE_BINS, NIBBLE_OFF_BINS = 8, 1
"""Each nibble of the sync word moves its chirp by so many bins; by how many it may be off."""
DATA_SYMBOLS, LEAST_DATA = 12, 6
EVEN = 0.3
"""The weaker half of a symbol has at least this much of the stronger one's power."""
MOST_DATA, SILENT = 160, 1.6
"""Symbols of data that are followed, and so many silent ones end a frame: as few as lie between two packets of SF 8 at 50 Hz."""
DATA_HELD = 0.3
"""What the symbols of data hold beyond the best bin of noise, of what the preamble holds beyond it."""
EULER = 0.577
"""The best of n bins of noise is log(n) and this of their mean."""
MISSED = 3
"""Symbols between the preamble that was counted and the opposite chirps, beyond the sync word: some are lost in noise."""
Reals = NDArray[np.float64]


class Frame(Struct, frozen=True):
    """Sample `start` of its preamble, carrier's offset in bins of bandwidth / 2**sf, length of preamble in symbols, and sync word.

    `symbols` are all of it, as far as the samples go.
    """

    start: int
    carrier_bins: float
    preamble: int
    sync_word: int | None
    symbols: float


def frame_of(samples: Complexes, run: Run, most_bins: float) -> Frame | None:
    """Read the frame of a run of rising chirps whose carrier is at most `most_bins` off; None where no falling ones follow.

    A delay moves rising and falling chirps apart and an offset moves both alike: half the difference is the one, half the sum the other.
    """
    downs = sorted(_opposites(samples, run, most_bins), key=lambda one: -one.power)
    frames = (_framed(samples, run, down) for down in downs if down.power > HELD * run.power)
    return next((frame for frame in frames if frame is not None), None)


def _framed(samples: Complexes, run: Run, down: Run) -> Frame | None:
    """None where the opposite chirps do not begin a sync word after the preamble."""
    chips, window = 1 << run.sf, PER_CHIP << run.sf
    carrier = _wrapped((run.bin - down.bin - (run.start - down.start) / PER_CHIP) / 2, chips / 2)
    begin = run.start + PER_CHIP * (carrier - run.bin)
    for _ in range(2):
        up_at = _nearest(begin, run.start + window / 2, window)
        down_at = _nearest(begin, down.start, window)
        up_bin = _bin_about(samples, up_at, RUN - 1, run.sf, carrier)
        down_bin = _bin_about(samples.conj(), down_at, DOWN_CHIRPS, run.sf, -carrier)
        carrier = (up_bin - down_bin) / 2
        begin = up_at + PER_CHIP * (carrier - up_bin)
    data_at = down_at + round((DOWN_CHIRPS + QUARTER) * window)
    if not _is_even(samples, up_at, run, carrier) or not _goes_on(samples, data_at, run, carrier):
        return None
    first, count = _preamble(samples, (up_at, down_at), run, carrier)
    if abs((down_at - first) / window - count - SYNC_SYMBOLS) > MISSED or not LEAST_PREAMBLE <= count <= MOST_PREAMBLE:
        return None
    return Frame(
        start=down_at - (count + SYNC_SYMBOLS) * window,
        carrier_bins=carrier,
        preamble=count,
        sync_word=_sync_word(samples, first + count * window, run.sf, carrier),
        symbols=(data_at - first) / window + _data_symbols(samples, data_at, run, carrier),
    )


def _wrapped(value: float, period: float) -> float:
    return (value + period / 2) % period - period / 2


def _nearest(begin: float, to: float, window: int) -> int:
    """The symbol's start that is nearest, of all that are whole windows from `begin`."""
    return round(begin + round((to - begin) / window) * window)


def _opposites(samples: Complexes, run: Run, most_bins: float) -> list[Run]:
    """The falling chirps after the preamble, the best of the windows that begin at each quarter of a symbol."""
    chips, window = 1 << run.sf, PER_CHIP << run.sf
    end, moved = run.start + (RUN + FOLLOW) * window, []
    for quarter in range(QUARTERS):
        begin = run.start + window * quarter // QUARTERS
        near = run.bin + chips * quarter / QUARTERS, 2 * most_bins + 1
        found = run_of(samples[begin:end].conj(), run.sf, DOWN_CHIRPS, near)
        if found is not None:
            moved.append(structs.replace(found, start=found.start + begin))
    return moved


def _dechirped(samples: Complexes, start: int, rows: int, sf: int) -> Complexes:
    """(rows, window), of as many rows as there are."""
    window = PER_CHIP << sf
    start = start if start >= 0 else start % window
    cut = samples[start : start + rows * window]
    return cut[: len(cut) // window * window].reshape(-1, window) * opposite(sf)


def _powers(rows: Complexes, bins: Reals) -> NDArray[np.float32]:
    """(rows, bins): mean power of each tone."""
    window = rows.shape[1]
    tones = np.exp(-2j * np.pi * np.outer(np.arange(window), bins) / window).astype(np.complex64)
    found = rows @ tones
    return np.asarray((found.real**2 + found.imag**2) / np.float32(window) ** 2)


def _bin_about(samples: Complexes, start: int, rows: int, sf: int, about: float) -> float:
    """Where the sum over symbols peaks."""
    bins = about + np.arange(-ABOUT_BINS, ABOUT_BINS + STEP_BINS / 2, STEP_BINS)
    power = _powers(_dechirped(samples, start, rows, sf), bins).sum(axis=0)
    best = min(max(int(np.argmax(power)), 1), len(bins) - 2)
    low, middle, high = (float(one) for one in power[best - 1 : best + 2])
    bend = low - 2 * middle + high
    return float(bins[best]) + (STEP_BINS * max(-1.0, min(1.0, (low - high) / (2 * bend))) if bend < 0 else 0.0)


def _is_even(samples: Complexes, start: int, run: Run, carrier: float) -> bool:
    """Whether both halves of the band are swept; chirps half a bandwidth beside the channel look alike but for that."""
    rows = _turned(_dechirped(samples, start, RUN - 1, run.sf), carrier)
    halves = rows.reshape(len(rows), 2, -1).sum(axis=2)
    power = (halves.real**2 + halves.imag**2).sum(axis=0)
    return bool(power.min(initial=np.inf) > EVEN * power.max(initial=0.0))


def _goes_on(samples: Complexes, start: int, run: Run, carrier: float) -> bool:
    """Whether chirps of any place in the band follow: the best bin of each of them holds about as much as the preamble's did."""
    chips, rows = 1 << run.sf, _dechirped(samples, start, DATA_SYMBOLS, run.sf)
    if len(rows) < LEAST_DATA:
        return False
    energy = np.maximum((rows.real**2 + rows.imag**2).sum(axis=1), TINY) * rows.shape[1]
    share = float(np.mean(np.max(_symbols(rows, carrier), axis=1) / energy))
    noise = (log(chips) + EULER) / chips
    return share > noise + DATA_HELD * (run.share - noise)


def _data_symbols(samples: Complexes, start: int, run: Run, carrier: float) -> int:
    """How many follow, until what they hold falls short of what symbols hold for SILENT of them (a cumulative sum, Page 1954)."""
    chips, rows = 1 << run.sf, _dechirped(samples, start, MOST_DATA, run.sf)
    best = np.max(_symbols(rows, carrier), axis=1, initial=0.0) / np.float32(PER_CHIP * chips) ** 2
    noise = run.energy * (1 - run.share) * (log(chips) + EULER) / chips
    gained = np.minimum((best - noise) / max(run.power - noise, TINY), 1) - 0.5
    total = np.concatenate((np.zeros(1), np.cumsum(gained)))
    fallen = np.maximum.accumulate(total) - total > SILENT / 2
    return int(np.argmax(total[: int(np.argmax(fallen)) if fallen.any() else len(total)]))


def _turned(rows: Complexes, carrier: float) -> Complexes:
    count = rows.shape[1]
    return np.asarray(rows * np.exp(-2j * np.pi * carrier / count * np.arange(count)), dtype=np.complex64)


def _symbols(rows: Complexes, carrier: float) -> NDArray[np.float32]:
    """(rows, chips): power of each symbol that can be sent, in windows that begin where symbols do."""
    count = rows.shape[1]
    tones = np.fft.fft(_turned(rows, carrier), axis=1).astype(np.complex64, copy=False)
    folded = tones[:, : count // PER_CHIP] + tones[:, count // PER_CHIP :]
    return np.asarray(folded.real**2 + folded.imag**2)


def _preamble(samples: Complexes, known: tuple[int, int], run: Run, carrier: float) -> tuple[int, int]:
    """The first chirp's sample and how many there are, about one that is known and before the first of the opposite ones."""
    window = PER_CHIP << run.sf
    begin = known[0] - min(known[0] // window, MOST_PREAMBLE + 1) * window
    power = _powers(_dechirped(samples, begin, 2 * MOST_PREAMBLE + 2, run.sf), carrier + np.array([-0.5, 0.0, 0.5])).max(axis=1)
    gained = power - np.float32(HELD * run.power)
    middle, end = ((place - begin) // window for place in known)
    first, last = middle - _longest(gained[:middle][::-1]), middle + _longest(gained[middle:end])
    return begin + first * window, last - first


def _longest(gained: NDArray[np.float32]) -> int:
    """How many from the first on add up to most, so that one that noise spoiled ends nothing."""
    total = np.cumsum(np.concatenate((np.zeros(1, dtype=np.float32), gained)))
    return int(np.argmax(total))


def _sync_word(samples: Complexes, start: int, sf: int, carrier: float) -> int | None:
    """Of the two chirps after the preamble; None where they are no whole nibbles on."""
    chips = 1 << sf
    rows = _dechirped(samples, start, SYNC_SYMBOLS, sf)
    if len(rows) < SYNC_SYMBOLS:
        return None
    moved = np.argmax(_symbols(rows, carrier), axis=1)
    nibbles = np.round(moved / NIBBLE_BINS)
    if np.any(np.abs(moved - nibbles * NIBBLE_BINS) > NIBBLE_OFF_BINS):
        return None
    high, low = (int(nibble) % (chips // NIBBLE_BINS) for nibble in nibbles)
    return high % 16 << 4 | low % 16
