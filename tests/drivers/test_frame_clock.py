"""When pictures were taken, and how many were dropped."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.frame_clock import FrameClock, Gaps

MS = 1_000_000
BOOT_NS = 5_000_000 * MS


def test_our_own_clock_is_believed_where_it_reads_so() -> None:
    assert FrameClock().stamp(BOOT_NS - 40 * MS, BOOT_NS, ours=True) == BOOT_NS - 40 * MS
    assert FrameClock().stamp(BOOT_NS - 9_000 * MS, BOOT_NS, ours=True) == BOOT_NS


def test_a_camera_that_started_with_us_is_not_taken_for_our_clock() -> None:
    clock = FrameClock()
    assert [clock.stamp(BOOT_NS + number * MS - 1_500 * MS, BOOT_NS + number * MS) for number in (0, 111)] == [BOOT_NS, BOOT_NS + 111 * MS]


def test_without_a_clock_the_arrival_counts() -> None:
    assert FrameClock().stamp(None, BOOT_NS) == BOOT_NS


def test_another_clock_is_laid_on_its_soonest_pictures() -> None:
    clock, rng = FrameClock(), np.random.default_rng(3)
    late_ns = [int(late) for late in rng.exponential(15 * MS, 300)]
    told = [clock.stamp(number * 111 * MS, BOOT_NS + number * 111 * MS + late) for number, late in enumerate(late_ns)]
    errors = [t_ns - (BOOT_NS + number * 111 * MS) for number, t_ns in enumerate(told)]
    assert max(errors[100:]) <= 2 * MS


def test_a_clock_that_starts_anew_is_laid_anew() -> None:
    clock = FrameClock()
    for number in range(100):
        clock.stamp(10_000 * MS + number * 40 * MS, BOOT_NS + number * 40 * MS)
    later_ns = BOOT_NS + 8_000 * MS
    assert clock.stamp(0, later_ns) == later_ns


@given(st.lists(st.tuples(st.none() | st.integers(-(2**62), 2**62), st.integers(0, 2**40)), min_size=2))
def test_no_clock_leads_time_backwards_or_into_the_future(steps: list[tuple[int | None, int]]) -> None:
    clock, now_ns, told = FrameClock(), BOOT_NS, []
    for device_ns, step_ns in steps:
        now_ns += step_ns
        told.append(clock.stamp(device_ns, now_ns))
        assert told[-1] <= now_ns
    assert all(later >= earlier for earlier, later in pairwise(told))


@pytest.mark.parametrize("step", [33 * MS, 1, 3])
def test_gaps_are_counted_in_the_usual_step(step: int) -> None:
    gaps, at = Gaps(), 0
    for _ in range(20):
        at += step
        assert gaps.lost(at) == 0
    assert gaps.lost(at + 4 * step) == 3
    assert gaps.lost(at + 4 * step) == 0
    assert gaps.lost(at + 5 * step) == 0


def test_a_counter_that_starts_anew_loses_nothing() -> None:
    gaps = Gaps()
    assert sum(gaps.lost(number) for number in [*range(100, 120), *range(5)]) == 0
