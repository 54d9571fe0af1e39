"""The real PortAudio path: 16 channels at 48 kHz through ALSA's file plugin, what is lost, and how soon a dead card is named."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from math import inf
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from tools.bench.figure import Figure
from tools.bench.node import pss_mib
from tools.simulate.alsa_fifo import VirtualArray, virtual_array
from tools.simulate.counted_sound import Heard, Listener, listening, play

PLAYED_PERIODS = 1_000
SETTLED_PERIODS = 500
CLOCK_PPM = 150.0
GAPS_PERIODS = (1, 2, 4, 8, 16)
BETWEEN_GAPS_PERIODS = 60
SILENT_AFTER_S = 2.0
PATIENCE_S = 30.0


def figures() -> Iterator[Figure]:
    """All figures of this bench."""
    yield from _heard()
    yield from _gaps()
    named_s = _until_named(lambda _: None)
    yield Figure("mic_array.stall_named_s", named_s, "s", SILENT_AFTER_S, "silent_after_s")
    yield Figure("mic_array.unplug_named_s", _until_named(VirtualArray.unplug), "s", against="until the process has ended")


@contextmanager
def _card(**options: Any) -> Iterator[tuple[VirtualArray, Listener]]:
    with (
        TemporaryDirectory() as folder,
        virtual_array(Path(folder), patience_s=PATIENCE_S) as card,
        listening(card, array="uma_16", **options) as listener,
    ):
        yield card, listener


def _heard() -> Iterator[Figure]:
    with _card(most=PLAYED_PERIODS) as (card, listener):
        card.clock_ppm = CLOCK_PPM
        due_s = list(_played(card, PLAYED_PERIODS - 10))
        spent_s, memory_mib = listener.cpu_s(), pss_mib(listener.pid)
        due_s += _played(card, 10, len(due_s))
        listener.over.wait(PATIENCE_S)
        blocks = listener.blocks
    begun_s = [due - card.period_frames / card.rate_hz for due in due_s]
    late_ms = [block.t_mono_ns / 1e6 - begun * 1e3 for block, begun in zip(blocks, begun_s, strict=True)][SETTLED_PERIODS:]
    played = len(blocks) * card.period_frames
    wrong = sum(not _follows(earlier, later, card.period_frames) for earlier, later in pairwise(blocks)) * card.period_frames
    yield Figure("mic_array.wrong_frames", wrong, "frames", against=f"of {played} frames of {card.channels} channels")
    audio_s = due_s[-1] - begun_s[0]
    yield Figure("mic_array.cpu", spent_s / audio_s, "CPU s/s", against="with start-up, and every sample checked")
    yield Figure("mic_array.stamp_p95_ms", quantiles(map(abs, late_ms), n=20)[-1], "ms", against="from when the card had it")
    yield Figure("mic_array.clock_error_ppm", abs((listener.end["rate_ppm"] or inf) - CLOCK_PPM), "ppm", against=f"of {CLOCK_PPM:.0f} ppm")
    yield Figure("mic_array.pss_mib", memory_mib, "MiB")


def _played(card: VirtualArray, periods: int, first: int = 0) -> Iterator[float]:
    """Play so many periods; when each ended, by the card's clock."""
    for number in range(first, first + periods):
        play(card, number * card.period_frames)
        yield card.due_s


def _gaps() -> Iterator[Figure]:
    with _card() as (card, listener):
        first = play(card, 0, BETWEEN_GAPS_PERIODS)
        for periods in GAPS_PERIODS:
            card.pass_time(periods * card.period_frames)
            first = play(card, first + periods * card.period_frames, BETWEEN_GAPS_PERIODS)
        counted = [block.lost for block in listener.blocks if block.lost]
    errors = [abs(found - periods * card.period_frames) for found, periods in zip(counted, GAPS_PERIODS, strict=False)]
    yield Figure("mic_array.gaps", len(counted), "gaps", len(GAPS_PERIODS), "made")
    yield Figure("mic_array.gap_error_ms", max(errors, default=0) / card.rate_hz * 1e3, "ms", against="the worst of them")


def _until_named(end: Callable[[VirtualArray], None]) -> float:
    with _card(silent_after_s=SILENT_AFTER_S) as (card, listener):
        play(card, 0, 25)
        end(card)
        begun_s = time.monotonic()
        listener.over.wait(PATIENCE_S)
        named = bool(listener.end.get("error"))
    return time.monotonic() - begun_s if named else inf


def _follows(earlier: Heard, later: Heard, frames: int) -> bool:
    """Whether a block is exact and follows the one before without a gap."""
    return later.exact and later.lost == 0 and (later.counted - earlier.counted) % (1 << 23) == frames == later.sequence - earlier.sequence
