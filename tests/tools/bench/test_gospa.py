"""GOSPA, switches, purity and NEES by hand."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from tools.bench.gospa import angles_deg, band, gospa, metres, nees, purity, switches

CUTOFF = 10.0


def _places(*values: float) -> np.ndarray:
    return np.array([[value, 0.0, 0.0] for value in values]).reshape(-1, 3)


def test_tracks_on_their_objects_cost_their_distances() -> None:
    one = gospa(metres(_places(0, 100), _places(104, 3)), CUTOFF)
    assert one.localisation == pytest.approx(9 + 16)
    assert (one.missed, one.false) == (0, 0)
    assert one.total == pytest.approx(5)
    assert set(one.pairs) == {(0, 1), (1, 0)}


@pytest.mark.parametrize(
    ("truth", "tracks", "missed", "false"), [((0,), (), 50, 0), ((), (0,), 0, 50), ((0,), (30,), 50, 50), ((), (), 0, 0)]
)
def test_one_that_is_missed_or_false_costs_half_of_the_cutoff_squared(
    truth: tuple[float, ...], tracks: tuple[float, ...], missed: float, false: float
) -> None:
    one = gospa(metres(_places(*truth), _places(*tracks)), CUTOFF)
    assert (one.localisation, one.missed, one.false) == (0, missed, false)
    assert one.total == pytest.approx(sqrt(missed + false))


def test_a_second_track_of_an_object_is_false() -> None:
    one = gospa(metres(_places(0), _places(1, 2)), CUTOFF)
    assert (one.localisation, one.missed, one.false) == (1, 0, 50)


def test_the_best_assignment_is_of_all_together() -> None:
    one = gospa(metres(_places(0, 4), _places(3, 8)), CUTOFF)
    assert one.localisation == pytest.approx(9 + 16)


def test_a_track_without_a_place_is_near_nothing() -> None:
    one = gospa(metres(_places(0), np.full((1, 3), np.nan)), CUTOFF)
    assert (one.missed, one.false) == (50, 50)


def test_angles_are_along_the_sphere() -> None:
    east, north, up = np.eye(3)
    assert angles_deg(east[None], np.array([north, up, east, -east]))[0] == pytest.approx([90, 90, 0, 180])


def test_a_switch_is_counted_once_even_after_a_gap() -> None:
    assert switches([{0: 1, 1: 2}, {1: 2}, {0: 3, 1: 2}, {0: 3, 1: 2}]) == 1
    assert switches([{0: 1, 1: 2}, {0: 2, 1: 1}]) == 2


def test_purity_is_the_share_of_the_object_that_a_track_followed_most() -> None:
    assert purity([{0: 1}, {0: 1}, {0: 1}, {1: 1}]) == 0.75
    assert purity([]) == 1.0


def test_honest_errors_have_a_nees_within_the_band() -> None:
    rng = np.random.default_rng(1)
    root = rng.normal(size=(4, 4))
    errors = rng.normal(size=(100, 4)) @ root.T
    low, high = band(4, 100)
    assert low < 4 < high
    assert low < nees(errors, np.tile(root @ root.T, (100, 1, 1))).mean() < high
    assert nees(2 * errors, np.tile(root @ root.T, (100, 1, 1))).mean() > high
