"""The sample clock against devices of known rate, with late reads and gaps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.sample_clock import SampleClock

RATE_HZ = 48_000
FRAMES = 2_048
START_NS = 5_000_000_000_000


class Card:
    """A sound card whose clock is off, read by a program that is late by an exponential time and now and then by a tenth of a second."""

    def __init__(self, ppm: float, late_ms: float, seed: int) -> None:
        self.rate_hz = RATE_HZ * (1 + ppm * 1e-6)
        self.sampled = 0
        self._late_ms, self._random = late_ms, np.random.default_rng(seed)

    def read(self) -> int:
        """Monotonic ns at which the next block is read."""
        self.sampled += FRAMES
        late_s = self._random.exponential(self._late_ms / 1e3) + 0.1 * (self._random.random() < 0.02)
        return self.t_ns(self.sampled) + round(late_s * 1e9)

    def t_ns(self, frame: int) -> int:
        """When a frame truly was sampled."""
        return START_NS + round(frame / self.rate_hz * 1e9)


def run(clock: SampleClock, card: Card, blocks: int) -> list[tuple[int, int]]:
    """The error of each block's first frame's time in ns, and when it truly was."""
    errors = []
    for _ in range(blocks):
        clock.add(FRAMES, card.read())
        true_ns = card.t_ns(card.sampled - FRAMES)
        errors.append((clock.t_mono_ns(clock.frames - FRAMES) - true_ns, true_ns))
    return errors


@settings(max_examples=12, deadline=None)
@given(ppm=st.floats(-300, 300), late_ms=st.floats(0, 3), seed=st.integers(0, 2**32 - 1))
def test_finds_time_and_rate_through_late_reads(ppm: float, late_ms: float, seed: int) -> None:
    clock, card = SampleClock(RATE_HZ), Card(ppm, late_ms, seed)
    errors = run(clock, card, 70 * RATE_HZ // FRAMES)
    settled = [error for error, _ in errors[-30 * RATE_HZ // FRAMES :]]
    assert max(map(abs, settled)) < 1e6 * (0.05 + late_ms / 3)
    assert clock.rate_ppm == pytest.approx(ppm, abs=2 + 5 * late_ms)
    assert (clock.lost, clock.gaps, clock.frames) == (0, 0, card.sampled)


def test_says_no_rate_before_ten_seconds() -> None:
    clock, card = SampleClock(RATE_HZ), Card(100.0, 0.5, 1)
    run(clock, card, 9 * RATE_HZ // FRAMES)
    assert clock.rate_ppm is None


@settings(max_examples=15, deadline=None)
@given(
    frames=st.integers(2_000, 200_000),
    late_ms=st.floats(0, 2),
    seed=st.integers(0, 2**32 - 1),
    before=st.integers(30, 600),
    owned=st.booleans(),
)
def test_counts_what_was_dropped(frames: int, late_ms: float, seed: int, before: int, owned: bool) -> None:
    clock, card = SampleClock(RATE_HZ), Card(40.0, late_ms, seed)
    run(clock, card, before)
    card.sampled += frames
    found = clock.add(FRAMES, card.read(), overflowed=owned)
    for _ in range(2 * RATE_HZ // FRAMES):
        found += clock.add(FRAMES, card.read())
    late_frames = (0.1 if owned else 0.0) * RATE_HZ + (0.001 + 8 * late_ms / 1e3) * RATE_HZ
    assert found == clock.lost
    assert abs(found - frames) <= late_frames
    assert clock.gaps == 1


@given(gathered=st.integers(1, 30), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_what_was_gathered_before_the_first_read_does_not_put_time_wrong(gathered: int, seed: int) -> None:
    clock, card = SampleClock(RATE_HZ), Card(30.0, 0.2, seed)
    opened_ns = card.t_ns(gathered * FRAMES)
    for number in range(1, gathered + 1):
        clock.add(FRAMES, opened_ns + number * 100_000)
    card.sampled = gathered * FRAMES
    errors = run(clock, card, 20 * RATE_HZ // FRAMES)
    assert max(abs(error) for error, _ in errors[1:]) < 1e6 * (1 + 0.2 * 8 + 0.1 * gathered)
    assert clock.lost == 0


def test_an_overrun_that_cost_nothing_is_a_gap_of_nothing() -> None:
    clock, card = SampleClock(RATE_HZ), Card(0.0, 0.0, 1)
    for _ in range(50):
        clock.add(FRAMES, card.t_ns(card.sampled + FRAMES))
        card.sampled += FRAMES
    assert clock.add(FRAMES, card.t_ns(card.sampled + FRAMES), overflowed=True) <= 1
    assert clock.gaps == 1


def test_a_card_that_runs_ahead_of_time_shows() -> None:
    clock = SampleClock(RATE_HZ)
    for block in range(100):
        clock.add(FRAMES, START_NS + block * 1_000_000)
    assert clock.ahead_s > 2.0


def test_a_card_that_hung_for_seconds_does_not_run_ahead_of_time_after_it() -> None:
    clock, card = SampleClock(RATE_HZ), Card(0.0, 0.0, 1)
    ahead_s = 0.0
    for block in range(600):
        late_ns = 6_500_000_000 if block >= 200 else 0
        clock.add(FRAMES, card.read() + late_ns)
        ahead_s = max(ahead_s, clock.ahead_s)
    assert clock.lost == pytest.approx(6.5 * RATE_HZ, rel=0.02)
    assert ahead_s < 0.5


@given(st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 10**10), st.booleans()), max_size=60))
def test_no_time_goes_backwards(reads: list[tuple[int, int, bool]]) -> None:
    clock, t_ns, told = SampleClock(RATE_HZ), START_NS, []
    for frames, after_ns, overflowed in reads:
        t_ns += after_ns
        assert clock.add(frames, t_ns, overflowed=overflowed) >= 0
        told.append((clock.frames - frames, clock.t_mono_ns(clock.frames - frames)))
    assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(told))
    assert clock.frames == sum(frames for frames, *_ in reads) + clock.lost
