"""What counts against a sensor: no silence that it announced, and no step that it had no reason to take."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest

from edge_node.geometry import LocalFrame
from tools.score.sensed import Cover, Plot, Sensor, for_long
from tools.score.sensors import figures, owned
from tools.score.truth import Flown, Stand, Truth

T_S = np.arange(0, 60, 0.5)
FLOWN = Flown("a", "drone", frozenset(), np.array([0.0, 60.0]), np.array([[0.0, 40.0, 20.0]] * 2))
TRUTH = Truth(LocalFrame(50.0, 4.0, 0.0), Stand(np.zeros(1), np.zeros((1, 3))), (FLOWN,))
COVER = Cover(0.0, "sound", 0.0, 360.0, -90.0, 90.0, 60.0, 4.0)


def heard(times_s: np.ndarray, kind: str = "acoustic") -> Sensor:
    return Sensor("ears", kind, [Plot(float(t_s), 1, -1, (0.0, 26.6), (nan, nan, nan), "multirotor") for t_s in times_s])


def value(name: str, sensor: Sensor) -> float | None:
    found = {one.name: one.estimate.value for one in figures(owned(sensor, TRUTH), [COVER], T_S, 60.0)}
    return found[name]


def test_who_says_that_it_needs_four_seconds_is_not_blamed_for_them() -> None:
    asked = np.array([False] * 10 + [True] * 20 + [False] * 10 + [True] * 6)
    settled = for_long(asked, [COVER], T_S[: len(asked)])
    assert np.flatnonzero(settled).tolist() == list(range(18, 30))
    assert value("sensor_claimed_pd", heard(np.arange(4, 60, 0.5))) == 1.0
    assert value("sensor_claimed_pd", heard(np.arange(32, 60, 0.5))) == pytest.approx(0.5, abs=0.03)


def test_a_sound_that_fades_is_no_lost_word_and_one_of_ten_that_are_lost_is() -> None:
    steady = np.arange(0, 60, 0.5)
    assert value("sensor_steps", heard(steady[(steady < 20) | (steady > 23)])) == 1.0
    assert value("sensor_steps", heard(steady[np.arange(len(steady)) % 10 != 5])) == pytest.approx(0.9, abs=0.02)
