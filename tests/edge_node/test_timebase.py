"""The node's clock: who vouches for it, which is better, and whether it was set."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.kernel_clock import KernelClock, kernel_clock
from edge_node.timebase import Clock, Timebase, gnss_timebase, system_offset_ns, system_timebase

S = 1_000_000_000
UTC = 1_700_000_000 * S


class Set:
    """A system clock that the test sets."""

    def __init__(self, offset_ns: int, sigma_s: float | None) -> None:
        self.offset_ns, self.sigma_s = offset_ns, sigma_s

    def __call__(self) -> Timebase:
        return Timebase(self.offset_ns, "unknown" if self.sigma_s is None else "system", self.sigma_s)


def test_offset_is_utc_minus_monotonic() -> None:
    assert abs(system_offset_ns() - (time.time_ns() - time.monotonic_ns())) < S // 10


def test_the_kernel_answers() -> None:
    clock = kernel_clock()
    assert clock.synchronised is (system_timebase().source == "system")
    assert 0 <= clock.max_error_s < 100


@pytest.mark.parametrize(
    ("kernel", "source", "sigma_s"),
    [
        (KernelClock(synchronised=False, max_error_s=16.0), "unknown", None),
        (KernelClock(synchronised=True, max_error_s=0.03), "system", 0.03 / 3**0.5),
        (KernelClock(synchronised=True, max_error_s=0.0), "system", 0.001),
    ],
)
def test_system_clock_is_vouched_for_by_the_kernel_or_nobody(kernel: KernelClock, source: str, sigma_s: float | None) -> None:
    told = system_timebase(lambda: kernel)
    assert told.source == source
    assert told.sigma_s == (None if sigma_s is None else pytest.approx(sigma_s))


@settings(deadline=None)
@given(
    second=st.integers(1_600_000_000, 2_000_000_000),
    part_ns=st.sampled_from([0, 200_000_000, 400_000_000, 800_000_000]),
    late_ns=st.integers(1_000, 950_000_000),
    missed=st.integers(0, 1),
)
def test_pulse_names_the_whole_second_it_began(second: int, part_ns: int, late_ns: int, missed: int) -> None:
    offset_ns = second * S - 12_345_678_901
    t_utc_ns = second * S + part_ns
    t_mono_ns = t_utc_ns + late_ns - offset_ns
    pulse_mono_ns = ((t_mono_ns + offset_ns) // S - missed) * S - offset_ns
    assert gnss_timebase(t_utc_ns, t_mono_ns, pulse_mono_ns) == Timebase(offset_ns, "gnss", 1e-4)


@pytest.mark.parametrize("pulse_mono_ns", [None, 50 * S + 1, 40 * S])
def test_no_pulse_or_a_stale_or_future_one_is_coarse(pulse_mono_ns: int | None) -> None:
    told = gnss_timebase(UTC, 50 * S, pulse_mono_ns)
    assert told.sigma_s == pytest.approx(0.15)
    assert told.utc_ns(50 * S) == UTC + S // 5


def test_nobody_vouches() -> None:
    look = Clock(Set(UTC, None)).look(0)
    assert look.timebase == Timebase(UTC, "unknown", None)
    assert look.words == "nobody vouches for the clock"


def test_pulse_beats_the_system_and_a_coarse_fix_does_not() -> None:
    clock = Clock(Set(UTC, 0.01))
    assert clock.look(0).words == "clock by the system, ±10 ms"
    clock.fix(UTC + S, S, None)
    assert clock.look(S).timebase.source == "system"
    clock.fix(UTC + 2 * S, 2 * S + 1000, 2 * S)
    look = clock.look(2 * S + 1000)
    assert look.timebase.offset_ns == UTC
    assert look.words == "clock by GNSS pulse, ±0.1 ms"


def test_coarse_fix_is_better_than_nobody_and_says_so() -> None:
    clock = Clock(Set(UTC, None))
    clock.fix(UTC, 0, None)
    assert clock.look(0).words == "clock by GNSS sentences, ±150 ms"


def test_lost_gnss_is_held_with_growing_error_and_then_dropped() -> None:
    clock = Clock(Set(UTC, None))
    clock.fix(UTC + S, S + 1000, S)
    look = clock.look(201 * S)
    assert look.timebase.sigma_s == pytest.approx(0.0101)
    assert look.words == "clock by GNSS pulse, ±10 ms, held for 200 s"
    assert clock.look(3700 * S).timebase.source == "unknown"


def test_coarse_fix_keeps_a_held_pulse_unless_they_disagree() -> None:
    clock = Clock(Set(0, None))
    clock.fix(UTC + S, S + 1000, S)
    clock.fix(UTC + 2 * S, 2 * S, None)
    assert clock.look(2 * S).timebase.offset_ns == UTC
    clock.fix(UTC + 4 * S, 3 * S, None)
    assert clock.look(3 * S).timebase.offset_ns == UTC + S + S // 5


def test_a_step_is_told_once_and_counted() -> None:
    system = Set(UTC, None)
    clock = Clock(system)
    assert clock.look(0).stepped_s is None
    system.offset_ns += S // 2
    assert clock.look(S).stepped_s is None
    system.offset_ns -= 3 * S
    assert clock.look(2 * S).stepped_s == pytest.approx(-3.0)
    assert clock.look(3 * S).stepped_s is None
    assert clock.steps == 1


def test_no_numpy_and_no_ctypes_on_import() -> None:
    code = "import sys, edge_node.timebase; sys.exit(any(name in sys.modules for name in ('numpy', 'ctypes')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
