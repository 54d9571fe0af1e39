"""What is said of the clock, and for how long."""

from __future__ import annotations

from edge_node.field.clock_watch import STEP_SAID_FOR_NS, ClockWatch
from edge_node.timebase import ClockLook, Timebase

KEPT, UNKEPT = Timebase(0, "gnss", 0.004), Timebase(0, "unknown", None)


def names(watch: ClockWatch) -> list[str]:
    return [one.name for one in watch.findings()]


def test_a_clock_that_nobody_vouches_for_is_said_for_as_long_as_it_is_so() -> None:
    watch = ClockWatch()
    assert names(watch) == []
    watch.look(ClockLook(UNKEPT, ""), 0)
    assert names(watch) == ["clock_not_kept"]
    watch.look(ClockLook(KEPT, ""), 1)
    assert names(watch) == []


def test_a_step_is_said_at_once_and_for_some_seconds() -> None:
    watch = ClockWatch()
    watch.look(ClockLook(KEPT, "", stepped_s=3600.4), 5)
    (finding,) = watch.findings()
    assert (finding.name, finding.words) == ("clock_stepped", "the system's clock was set by +3600.4 s")
    watch.look(ClockLook(KEPT, ""), 5 + STEP_SAID_FOR_NS)
    assert names(watch) == ["clock_stepped"]
    watch.look(ClockLook(KEPT, ""), 6 + STEP_SAID_FOR_NS)
    assert names(watch) == []
