"""What is wrong of places: its sigmas against errors that change within seconds and minutes alike."""

from __future__ import annotations

import numpy as np

from edge_node.field.align.bearings import Pose, bearings_of
from edge_node.field.align.errors import Drift, Habit, flicker, levers
from edge_node.field.align.path import Stand, chosen, path_of
from edge_node.field.align.weighing import posed, weighed
from tests.edge_node.field.align.flights import CLOCK, HERE, MONO_S, before_it, remote_id, seen

EYE = Pose(0.0, 14.0, 0.0)
DRAWS, WAVES = 150, 8
PERIODS_S = 20.0, 600.0
ROOM = 0.8
"""Of a sigma that a drone states: a bound that a maker warrants is rarely reached."""


def test_errors_are_alike_for_seconds_and_less_and_less_for_minutes() -> None:
    alike = flicker(np.array([0.0, 1.0, 10.0, 60.0, 600.0]))
    assert alike[0] == 1
    assert alike[1] > 0.98
    assert 0.6 < alike[2] < 0.95
    assert 0.2 < alike[3] < 0.6
    assert alike[4] < 0.1


def test_sigmas_hold_errors_of_which_each_octave_has_as_much() -> None:
    """Chi squared of four unknowns, by the solver's own weights, of drifts that were drawn."""
    stand = Stand(HERE.latitude_deg, HERE.longitude_deg, HERE.altitude_wgs84_m)
    path = path_of(*chosen(list(remote_id(before_it, error_m=0.0)), None), stand, CLOCK)
    told = bearings_of([one for one in seen(before_it, EYE, EYE, late_s=0.0) if one.track >= 10], {"camera": EYE})["camera"]
    told = told.of((told.t_s > path.t_s[0]) & (told.t_s < path.t_s[-1]))
    at = posed(path, told.of(np.arange(0, len(told), 3)), EYE.matrix(), 0.0, 340.0)
    by = weighed(at, at.own(Habit()) + at.around(Drift()))
    to_unknowns = np.linalg.solve(by.normal(), by.slope.T) @ by.whitener
    rng, chi2 = np.random.default_rng(7), []
    for _ in range(DRAWS):
        off_m = rng.normal(size=3) * path.stand_sigma_m + ROOM * path.sigma_m * _wander(rng, at.bearings.t_s - MONO_S)
        found = to_unknowns @ np.einsum("nij,nj->ni", levers(at.bearings, at.line), off_m).reshape(-1)
        chi2.append(float(found @ by.normal() @ found) / 4)
    assert 0.4 < np.mean(chi2) < 1.3


def _wander(
    rng: np.random.Generator, t_s: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """East, north, up (n, 3) of 1 sigma: sines whose periods are as many in each octave."""
    low, high = np.log(PERIODS_S)
    rates = 2 * np.pi / np.exp(rng.uniform(low, high, (3, WAVES)))
    return np.asarray(np.sqrt(2 / WAVES) * np.sin(t_s[:, None, None] * rates + rng.uniform(0, 2 * np.pi, (3, WAVES))).sum(axis=-1))
