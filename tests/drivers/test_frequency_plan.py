"""Where a receiver stands, and when it goes on."""

from __future__ import annotations

import pytest

from drivers.frequency_plan import MOST_PARK_DWELLS, FrequencyPlan, Row

LOW, MIDDLE, HIGH = Row(433e6, dwell_s=1.0), Row(868e6, dwell_s=2.0), Row(915e6, dwell_s=1.0)


def test_rows_are_taken_in_turn_for_as_long_as_each_says() -> None:
    plan = FrequencyPlan([LOW, MIDDLE])
    plan.arrived(0.0)
    assert plan.due(0.99) is None
    assert plan.due(1.0) is MIDDLE
    assert plan.due(50.0) is None, "it is still on its way"
    plan.arrived(60.0)
    assert plan.due(61.9) is None
    assert plan.due(62.0) is LOW


def test_a_single_row_is_never_left() -> None:
    plan = FrequencyPlan([LOW])
    plan.arrived(0.0)
    assert plan.due(1e6) is None
    with pytest.raises(ValueError, match="at least one row"):
        FrequencyPlan([])


def test_a_find_keeps_the_receiver_but_not_for_ever() -> None:
    plan = FrequencyPlan([LOW, MIDDLE], park_s=3.0)
    plan.found(0.0)  # on its way: nothing to stay at
    plan.arrived(0.0)
    plan.found(0.5)
    assert plan.due(3.4) is None
    assert plan.due(3.5) is MIDDLE
    plan.arrived(4.0)
    left_s = next(0.1 * step for step in range(1_000) if _left(plan, 4.0 + 0.1 * step))
    assert left_s == pytest.approx(2.0 + 3.0 * MOST_PARK_DWELLS, abs=0.2)


def _left(plan: FrequencyPlan, now_s: float) -> bool:
    """Whether it goes on although something is heard all the time."""
    plan.found(now_s)
    return plan.due(now_s) is not None


def test_a_row_that_is_refused_is_left_out_until_none_is_left() -> None:
    plan = FrequencyPlan([LOW, MIDDLE, HIGH])
    plan.arrived(0.0)
    assert plan.due(1.0) is MIDDLE
    assert plan.refuse() is HIGH
    assert plan.rows == (LOW, HIGH)
    assert plan.refuse() is LOW
    assert plan.refuse() is None
