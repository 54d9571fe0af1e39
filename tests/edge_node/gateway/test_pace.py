"""Turns at even times."""

from __future__ import annotations

import pytest

from edge_node.gateway.pace import due_after

EVERY_S = 0.5


def turns(works_s: list[float], least_s: float = 0.0) -> list[float]:
    """When each turn comes, in seconds from the first, with so much work in each."""
    due_s, came = 0.0, []
    for work_s in works_s:
        came.append(due_s)
        due_s = due_after(due_s, due_s + work_s, EVERY_S, least_s)
    return came


def test_work_does_not_make_the_rate_drift() -> None:
    assert turns([0.2, 0.01, 0.3, 0.1, 0.0]) == pytest.approx([0.0, 0.5, 1.0, 1.5, 2.0])


def test_missed_turns_are_not_made_up_for() -> None:
    assert turns([1.3, 0.1, 0.1]) == pytest.approx([0.0, 1.5, 2.0])


def test_after_a_late_turn_the_next_is_not_too_soon() -> None:
    assert turns([0.45, 0.0], least_s=0.085) == pytest.approx([0.0, 1.0])


def test_another_rate_holds_from_the_next_turn_on() -> None:
    assert due_after(0.5, 0.51, 0.25) == pytest.approx(0.75)
