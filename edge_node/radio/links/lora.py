"""LoRa, blind: which spreading factor and bandwidth, when it begins and how far off its carrier is (Semtech AN1200.22 for the waveform)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import log10, sqrt

import numpy as np
from msgspec import Struct

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.band import Band, Complexes
from edge_node.radio.links.chirps import PER_CHIP, RUN, TINY, Run, noise_share, runs_of
from edge_node.radio.links.finding import Finding, Frame
from edge_node.radio.links.lora_frame import SYNC_SYMBOLS, frame_of

BANDWIDTHS_HZ = (125e3, 250e3, 500e3, 812.5e3)
SPREADING = (7, 6, 8, 5, 9, 10, 11, 12)
"""The usual ones first."""
NARROWER, WIDER = 0.75, 1.4
"""A burst's measured bandwidth over the chirps': noise widens it and a fade narrows it."""
CARRIER_OFF_HZ = 30e3
"""Both crystals' error and the burst's middle, at most: the channel is as much wider, and no wider than OPEN times the chirps'."""
OPEN = 1.16
FALSE_ALARMS = 1e-4
"""Of one search, by noise alone."""
EXPLAINED = 0.4
"""Of what stands out of the noise, chirps that are the burst explain at least this much; all else that was recorded, less than 0.25."""
ISOLATED = 1.25
"""The right bin is so much stronger than any other; of keyed carriers many are alike."""
CERTAIN = 0.5
"""Chirps that explain so much are believed without the opposite ones, which a burst that was cut may have lost; no others are tried."""
QUIET = 0.2
"""The noise of a channel is taken to be what so many of its symbols stay below."""
SPREAD = 2.5
"""Symbols of noise differ in energy: the quiet ones are less than the mean by up to this, over the root of the number of samples."""
LONG = 10
"""From this spreading on a burst is looked at though it was cut before so many symbols as are added up elsewhere."""
HALF_READ = 0.75
"""How sure chirps without the opposite ones are at most: they are a packet's piece."""
LEAST_SHARE = 1e-3
MOST_FOUND = 32
SLACK_SYMBOLS = 0.5
"""By so many the frames of one transmitter may seem to overlap."""
MOST_SYMBOLS = 28
"""Of a burst so many are looked at for its preamble."""


class Channel(Struct, frozen=True):
    """Where a search looks: its middle from the stream's centre, and the chirps that are looked for there."""

    offset_hz: float
    bandwidth_hz: float
    spreading: tuple[int, ...] = (5, 6, 7, 8, 9)
    falling: tuple[bool, ...] = (False, True)


class Chirped(Struct, frozen=True):
    """A preamble that was found: its first whole symbol (a sample of the stream), and its carrier (from the stream's centre).

    `offset_hz` is rough by a bin and by what its timing is uncertain where `preamble` is 0: no opposite chirps follow.
    `share` is what of the channel's energy its chirps explain, `snr_db` what that means, `level_dbfs` their power, and `duration_s` how
    long the frame goes on within the piece.
    """

    start: int
    sf: int
    bandwidth_hz: float
    offset_hz: float
    falling: bool
    share: float
    snr_db: float
    level_dbfs: float
    preamble: int = 0
    sync_word: int | None = None
    duration_s: float = 0.0

    @property
    def symbol_s(self) -> float:
        """Seconds of one chirp."""
        return (1 << self.sf) / self.bandwidth_hz


class _View(Struct, frozen=True):
    """A channel's samples, PER_CHIP a chip, and how it lies in what it was cut from; a carrier is at most `off_hz` from its middle."""

    samples: Complexes
    bandwidth_hz: float
    middle_hz: float
    source_rate_hz: float
    off_hz: float


def search(samples: Complexes, rate_hz: float, channels: Iterable[Channel], false_alarms: float = FALSE_ALARMS) -> list[Chirped]:
    """Preambles in a piece (n,) of stream, also far below the noise, by when they begin; the cost is the same whatever is heard.

    In each channel only those with the chirps of the strongest, at most MOST_FOUND. A piece should overlap the next by a preamble and a
    few symbols, and hold more; `false_alarms` is how many noise makes in each channel of a piece.
    """
    found: list[Chirped] = []
    for bandwidth_hz, group in groupby(sorted(channels, key=_bandwidth), key=_bandwidth):
        band = Band(samples, rate_hz, PER_CHIP * bandwidth_hz)
        for channel in group:
            cut, middle_hz = band.channel(channel.offset_hz, width_hz(bandwidth_hz))
            found += in_channel(cut, channel, middle_hz, rate_hz, false_alarms)
    return sorted(_once(found, rate_hz), key=lambda one: one.start)


def in_channel(cut: Complexes, channel: Channel, middle_hz: float, rate_hz: float, false_alarms: float) -> list[Chirped]:
    """Preambles in one channel's samples (n,), PER_CHIP a chip about `middle_hz`, by when they begin in the stream it was cut from."""
    view = _View(cut, channel.bandwidth_hz, middle_hz, rate_hz, CARRIER_OFF_HZ)
    runs, falling = _best(cut, channel.spreading, false_alarms, MOST_FOUND, falling=channel.falling)
    found = [one for run in runs if (one := _chirped(run, falling, view)).preamble]
    return sorted(_once(found, rate_hz), key=lambda one: one.start)


def _once(found: Iterable[Chirped], rate_hz: float) -> list[Chirped]:
    """Of what overlaps the strongest: equal symbols of data, within a frame or before one, look like a preamble."""
    kept: list[Chirped] = []
    for one in sorted(found, key=lambda one: -one.level_dbfs):
        if not any(overlaps(one, other, rate_hz) for other in kept):
            kept.append(one)
    return kept


def overlaps(one: Chirped, other: Chirped, rate_hz: float) -> bool:
    """Whether two frames of a stream of that rate were on one channel at a time, as no two of one transmitter are."""
    near = one.sf == other.sf and abs(one.offset_hz - other.offset_hz) < one.bandwidth_hz / 2
    first, second = sorted((one, other), key=lambda one: one.start)
    return near and second.start < first.start + (first.duration_s - SLACK_SYMBOLS * first.symbol_s) * rate_hz


def look(burst: Burst) -> Finding | None:
    """LoRa by the preamble that it begins with; None where the band ends: half a chirp is one of half the bandwidth, two factors less."""
    if burst.is_cut_off:
        return None
    best: tuple[float, Chirped] | None = None
    for bandwidth_hz in sorted(BANDWIDTHS_HZ, key=lambda one: abs(one - burst.bandwidth_hz)):
        if not NARROWER < burst.bandwidth_hz / bandwidth_hz < WIDER or (best is not None and best[1].share > CERTAIN):
            continue
        most = round((burst.before_s + MOST_SYMBOLS * (1 << max(SPREADING)) / bandwidth_hz) * burst.samples_rate_hz)
        cut, middle_hz = Band(burst.samples[:most], burst.samples_rate_hz, PER_CHIP * bandwidth_hz).channel(0.0, width_hz(bandwidth_hz))
        runs, falling = _best(cut, SPREADING, FALSE_ALARMS, 1, symbols=MOST_SYMBOLS)
        view = _View(cut, bandwidth_hz, middle_hz, burst.samples_rate_hz, bandwidth_hz)
        best = max((best, *((run.power, _chirped(run, falling, view)) for run in runs)), key=lambda one: one[0] if one else 0.0)
    if best is None or (not best[1].preamble and best[1].share < CERTAIN):
        return None
    begins_s = best[1].start / burst.samples_rate_hz - burst.before_s
    return finding_of(best[1], burst.duration_s, begins_s=begins_s)


def _bandwidth(channel: Channel) -> float:
    return channel.bandwidth_hz


def width_hz(bandwidth_hz: float) -> float:
    """Of the channel that chirps of a bandwidth are looked for in."""
    return min(OPEN * bandwidth_hz, bandwidth_hz + 2 * CARRIER_OFF_HZ)


def _best(
    cut: Complexes,
    spreading: Sequence[int],
    false_alarms: float,
    most: int,
    *,
    symbols: int | None = None,
    falling: tuple[bool, ...] = (False, True),
) -> tuple[list[Run], bool]:
    """Runs of the chirps that explain most, of the first `symbols` or of all, and whether they fall."""
    best: list[Run] = []
    best_falls = False
    each = false_alarms / (len(falling) * len(spreading))
    for sf in spreading:
        piece = cut if symbols is None else cut[: (symbols * PER_CHIP) << sf]
        for falls in falling:
            run = min(RUN, max(1, len(piece) // (PER_CHIP << sf))) if symbols is not None and sf >= LONG else RUN
            least = noise_share(sf, len(piece) // (PER_CHIP << sf) - run + 1, each, run)
            runs = runs_of(piece.conj() if falls else piece, sf, run, most=most, least=least)
            runs = [one for one in runs if _stands_out(one, piece)]
            if runs and (not best or runs[0].power > best[0].power):
                best, best_falls = runs, falls
        if best and best[0].share > CERTAIN:
            break
    return best, best_falls


def _stands_out(run: Run, piece: Complexes) -> bool:
    """Out of whatever else than noise is there."""
    window = PER_CHIP << run.sf
    rows = len(piece) // window
    if run.isolation < ISOLATED:
        return False
    parts = piece[: rows * window].view(np.float32).reshape(rows, -1)
    quiet = float(np.quantile(np.einsum("ij,ij->i", parts, parts), QUIET)) / window
    return run.share * run.energy >= EXPLAINED * (run.energy - quiet * (1 + SPREAD / sqrt(window)))


def _chirped(run: Run, falling: bool, view: _View) -> Chirped:
    bandwidth_hz, chips, turn = view.bandwidth_hz, 1 << run.sf, -1 if falling else 1
    per_sample = view.source_rate_hz / (PER_CHIP * bandwidth_hz)
    frame = frame_of(view.samples.conj() if falling else view.samples, run, min(0.25, view.off_hz / bandwidth_hz) * chips)
    return Chirped(
        start=round((frame.start if frame else run.start) * per_sample),
        sf=run.sf,
        bandwidth_hz=bandwidth_hz,
        offset_hz=view.middle_hz + (turn * frame.carrier_bins * bandwidth_hz / chips if frame else 0.0),
        falling=falling,
        share=run.share,
        snr_db=10 * log10(max(run.share, LEAST_SHARE) / max(1 - run.share, LEAST_SHARE)),
        level_dbfs=10 * log10(max(run.power, TINY)),
        preamble=frame.preamble if frame else 0,
        sync_word=frame.sync_word if frame else None,
        duration_s=frame.symbols * chips / bandwidth_hz if frame else 0.0,
    )


def finding_of(found: Chirped, duration_s: float, middle_hz: float = 0.0, begins_s: float = 0.0) -> Finding:
    """Of a burst that lasts so long with its middle at `middle_hz`, as the chirps' carrier is counted; `begins_s` into it they begin."""
    symbol_rate_hz = 1 / found.symbol_s
    parameters: dict[str, float | str] = {
        "spreading_factor": found.sf,
        "chirp_bandwidth_hz": found.bandwidth_hz,
        "symbol_rate_hz": symbol_rate_hz,
        "chirps": "falling" if found.falling else "rising",
        "symbols": round((found.duration_s or duration_s) * symbol_rate_hz, 2),
        "explained": round(found.share, 3),
    }
    if found.sync_word is not None:
        parameters["sync_word"] = found.sync_word
    if not found.preamble:
        return Finding("lora", min(HALF_READ, found.share * 1.2), None, parameters)
    parameters["preamble_symbols"] = found.preamble
    offset_hz = found.offset_hz - middle_hz
    frame = Frame(begins_s, found.duration_s, (found.preamble + SYNC_SYMBOLS) * found.symbol_s)
    return Finding("lora", min(1.0, found.share * 1.2 + 0.2), offset_hz, parameters, frame)
