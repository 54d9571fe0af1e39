"""A shared error of one object that is given to another sensor."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.fusion.filter.models import STATE
from edge_node.fusion.filter.objects import Objects
from tests.edge_node.fusion.filter.flights import Sensors, flights
from tests.edge_node.fusion.filter.test_objects import SIGMA, take_bearings

POSE = np.radians(2.0)


def test_what_was_known_of_a_mounting_is_forgotten_and_of_others_is_not() -> None:
    rng, rows = np.random.default_rng(1), np.arange(3)
    sensors = Sensors(flights(rng, 3, 3), rng, SIGMA, np.zeros((3, 4)))
    objects = Objects(np.full(4, POSE**2), 3)
    objects.begin_by_bearing(rows, sensors.seen(0))
    for step in range(1, 10):
        take_bearings(objects, rows, sensors.seen(step))
        take_bearings(objects, rows, sensors.heard(step))
    before = objects.newest(rows)
    objects.renew(np.array([1]), 2, np.array([0.25]))
    after = objects.newest(rows)
    assert after.cov[[0, 2]] == pytest.approx(before.cov[[0, 2]])
    assert after.cov[1, 0, STATE + 2, STATE + 2] == after.cov[1, 0, STATE + 3, STATE + 3] == pytest.approx(0.25)
    assert np.abs(after.cov[1, 0, STATE + 2, : STATE + 2]).max() == 0
    assert after.mean[1, 0, STATE + 2] == 0
    assert before.mean[1, 0, STATE + 2] != 0
    assert after.cov[1, 0, : STATE + 2, : STATE + 2] == pytest.approx(before.cov[1, 0, : STATE + 2, : STATE + 2])
