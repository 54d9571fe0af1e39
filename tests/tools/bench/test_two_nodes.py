"""Positions of two nodes' bearings come near the least errors that there can be, and are as sure as they say."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.fusion.filter.models import AXES, Array
from tools.bench import two_nodes
from tools.bench.goals.of_two_nodes import GOALS
from tools.bench.two_nodes import POSE, following, momentary, settled
from tools.bench.two_nodes_scenes import NODES, REPORT_S, following_bound, momentary_bound, slopes, straight

FIXES, FLIGHTS = 400, 20
NEAR = 1.3


@pytest.mark.parametrize("pose", [0.0, POSE], ids=["true", "turned"])
def test_a_fix_of_a_moment_is_as_good_as_can_be(pose: float) -> None:
    rms_m, bound_m, consistency = momentary(FIXES, pose)
    assert 0.8 < rms_m / bound_m < NEAR
    assert abs(consistency - 1) < 4 / np.sqrt(FIXES)


@pytest.mark.parametrize("pose", [0.0, POSE], ids=["true", "turned"])
def test_what_is_followed_is_nearly_as_good_as_can_be(pose: float) -> None:
    made = following(straight, FLIGHTS, pose)
    posterior, each = following_bound(made.flights, pose)
    assert not np.isnan(made.squares).any(), "all are followed, all the time"
    assert made.rms_m < (NEAR + 0.3) * np.sqrt(np.mean(posterior[settled(REPORT_S) :] ** 2)), "so few flights may have bad luck"
    assert made.rms_m < NEAR * np.sqrt(np.mean(each[settled(REPORT_S) :] ** 2))
    assert 0.7 < made.consistency < 1.3


def test_bounds_know_how_angles_change_with_place_and_what_a_turned_node_costs() -> None:
    place, step = np.array([40.0, 450.0, 80.0]), 1e-4
    angles = [_angles(place + step * axis) for axis in np.eye(AXES)]
    assert (np.array(angles).T - _angles(place)[:, None]) / step == pytest.approx(slopes(place), abs=1e-6)
    true, turned = momentary_bound(place, 0.0), momentary_bound(place, POSE)
    assert turned == pytest.approx(2 * true, rel=1e-3), "as much again, where both are 2 degrees"


def test_a_bound_of_what_does_not_move_is_that_of_a_moment_and_falls_with_time() -> None:
    rng = np.random.default_rng(1)
    flights = np.array([straight(rng) for _ in range(5)])
    posterior, each = following_bound(flights, 0.0)
    first = np.sqrt(np.mean([np.trace(momentary_bound(flight[0, :AXES], 0.0)) for flight in flights]))
    assert each[0] == pytest.approx(first, rel=0.02)
    assert (posterior <= each + 1e-9).all(), "of the mean of what is told no less is known than in the mean"
    assert each[-1] < each[0]


def test_every_row_has_a_goal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_nodes, "SEEDS", 1)
    assert {figure.name for figure in two_nodes.figures()} == set(GOALS)


def _angles(place: Array) -> Array:
    """Of all nodes in turn: azimuth times the cosine of the elevation at the place in question, and elevation."""
    off = place - NODES
    at = np.array([40.0, 450.0, 80.0]) - NODES
    level = np.hypot(at[:, 0], at[:, 1]) / np.linalg.norm(at, axis=1)
    return np.stack([np.arctan2(off[:, 0], off[:, 1]) * level, np.arctan2(off[:, 2], np.hypot(off[:, 0], off[:, 1]))], axis=1).ravel()
