"""Errors of objects lie in the band that their covariances promise (Bar-Shalom, Li, Kirubarajan 2001, section 5.4.2)."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.fusion.filter.bank import Indices
from edge_node.fusion.filter.births import FARTHEST_M, NEAREST_M
from edge_node.fusion.filter.models import AXES, Array
from edge_node.fusion.filter.objects import FEW, Objects
from edge_node.fusion.filter.sensing import Bearings, Positions
from tests.edge_node.fusion.filter.flights import HZ, Flights, Sensors, flights

FLOWN, SECONDS = 100, 24
SIGMA, MOUNTING = np.radians(1.0), np.radians(1.5)


def take_bearings(objects: Objects, rows: Indices, said: Bearings) -> None:
    objects.keep_bearings(rows, said, objects.weigh_bearings(rows, said), np.ones(len(rows), bool))


def take_positions(objects: Objects, rows: Indices, said: Positions) -> None:
    objects.keep_positions(rows, objects.weigh_positions(rows, said), np.ones(len(rows), bool))


def errors(objects: Objects, truth: Array, step: int) -> tuple[Array, Array]:
    """Squares of errors of place by their covariances (n), and metres (n)."""
    rows = np.arange(truth.shape[1])
    known = objects.at(rows, np.full(len(rows), step / HZ))
    off = known.mean[:, 0, :AXES] - truth[step]
    by_cov = np.linalg.solve(known.cov[:, 0, :AXES, :AXES], off[..., None])[..., 0]
    return (off * by_cov).sum(axis=1), np.linalg.norm(off, axis=1)


def sensors(flown: Flights, seed: int, mounting_sigma: float = 0.0) -> Sensors:
    rng = np.random.default_rng(seed)
    return Sensors(flown, rng, SIGMA, rng.normal(0, 1, (flown.place.shape[1], 4)) * mounting_sigma)


@pytest.fixture(scope="module")
def followed() -> dict[str, Array]:
    """A camera and microphones, each turned by an error of its own; from half of the time on also places, once a second and late."""
    flown = flights(np.random.default_rng(5), FLOWN, SECONDS)
    sense, objects, rows = sensors(flown, 6, MOUNTING), Objects(np.full(4, MOUNTING**2), FLOWN), np.arange(FLOWN)
    told: dict[str, list[Array]] = {"bearings": [], "places": [], "metres": []}
    objects.begin_by_bearing(rows, sense.seen(0))
    for step in range(1, SECONDS * HZ):
        take_bearings(objects, rows, sense.seen(step))
        if step % (HZ // 2) == 0:
            take_bearings(objects, rows, sense.heard(step))
        if step >= SECONDS * HZ // 2 and step % HZ == 0:
            take_positions(objects, rows, sense.claimed(step, 5.0, late_steps=8))
        if step % HZ == HZ - 1:
            squares, metres = errors(objects, flown.place, step)
            told["places" if step > SECONDS * HZ // 2 + HZ else "bearings"].append(squares)
            told["metres"].append(metres)
    return {name: np.array(values) for name, values in told.items()}


def test_bearings_alone_are_honest_about_range(followed: dict[str, Array]) -> None:
    assert 1.0 < followed["bearings"].mean() < 4.5
    assert followed["metres"][5].mean() > 50


def test_a_place_that_is_claimed_makes_it_known(followed: dict[str, Array]) -> None:
    """The squares of 100 flights over ten seconds; what is off stays off for seconds, so each flight counts as five."""
    spread = 2 * np.sqrt(2 * 3 / (5 * FLOWN))
    assert 3 - 2 * spread < followed["places"].mean() < 3 + 2 * spread
    assert followed["metres"][-1].mean() < 12


def test_every_object_has_a_place_once_one_was_claimed_and_none_before() -> None:
    flown, rows = flights(np.random.default_rng(1), 8, 4), np.arange(8)
    sense, objects = sensors(flown, 2), Objects(np.zeros(2), 8)
    objects.begin_by_bearing(rows, sense.seen(0))
    for step in range(1, 20):
        take_bearings(objects, rows, sense.seen(step))
    assert not objects.located.any()
    far = np.linalg.norm(objects.at(rows, np.full(8, 2.0)).mean[:, 0, :AXES], axis=1)
    assert (far > NEAREST_M).all()
    assert (far < FARTHEST_M).all()
    take_positions(objects, rows, sense.claimed(20, 5.0))
    assert objects.located.all()


def test_a_thousand_bearings_are_never_surer_than_the_mounting() -> None:
    flown, rows = flights(np.random.default_rng(2), 4, 101), np.arange(4)
    sense = sensors(flown._replace(place=np.broadcast_to(flown.place[:1], flown.place.shape)), 3, MOUNTING)
    objects = Objects(np.full(2, MOUNTING**2), 4)
    objects.begin_by_bearing(rows, sense.seen(0))
    for step in range(1, 1000):
        take_bearings(objects, rows, sense.seen(step))
    known = objects.at(rows, np.full(4, 100.0))
    place = known.mean[:, 0, :AXES]
    aside = np.cross(place, (0.0, 0.0, 1.0))
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    sigma_m = np.sqrt(np.einsum("na,nab,nb->n", aside, known.cov[:, 0, :AXES, :AXES], aside))
    assert (sigma_m > 0.8 * MOUNTING * np.linalg.norm(place, axis=1)).all()


def test_a_range_from_an_apparent_size_makes_it_known_too() -> None:
    rng = np.random.default_rng(3)
    flown, rows = flights(rng, 6, 3), np.arange(6)
    sense, objects = sensors(flown, 4), Objects(np.zeros(2), 6)
    objects.begin_by_bearing(rows, sense.seen(0))
    far = np.linalg.norm(flown.place[1], axis=1)
    for step in range(1, 20):
        take_bearings(objects, rows, sense.seen(step))
        objects.take_ranges(rows, far * rng.lognormal(0, 0.3, 6), np.full(6, 0.3), np.zeros((6, 3)))
    known = np.linalg.norm(objects.at(rows, np.full(6, 2.0)).mean[:, 0, :AXES], axis=1)
    assert objects.located.all()
    assert (np.abs(np.log(known / far)) < 0.5).all()


def test_objects_of_both_kinds_are_told_in_the_order_in_which_they_are_asked() -> None:
    flown, rows = flights(np.random.default_rng(4), 6, 3), np.arange(6)
    sense, objects = sensors(flown, 5), Objects(np.zeros(2), 6)
    objects.begin_by_bearing(rows, sense.seen(0))
    said = sense.claimed(10, 5.0)
    take_positions(objects, rows[::2], Positions(*(one[::2] for one in said)))
    assert objects.located.tolist() == [True, False] * 3
    t_s = np.full(6, 2.0)
    for order in (rows, rows[::-1], rows[::2], rows[1::2]):
        alone = [objects.at(np.array([row]), t_s[:1]) for row in order]
        assert objects.at(order, t_s[: len(order)]).mean == pytest.approx(np.concatenate([one.mean for one in alone]))
        assert objects.newest(order).cov == pytest.approx(np.concatenate([objects.newest(np.array([row])).cov for row in order]))


@pytest.mark.parametrize("row", [0, FEW - 1, FEW, 500])
def test_an_object_is_the_same_in_whatever_row(row: int) -> None:
    flown = flights(np.random.default_rng(8), 1, 4)
    sense = sensors(flown, 9, MOUNTING)
    said = [sense.seen(step) for step in range(8)]
    first, other = Objects(np.full(4, MOUNTING**2), 1), Objects(np.full(4, MOUNTING**2), 1_000)
    for objects, rows in ((first, np.array([0])), (other, np.array([row]))):
        objects.begin_by_bearing(rows, said[0])
        for bearings in said[1:]:
            take_bearings(objects, rows, bearings)
    other.copy(row, 999)
    other.exchange(999, 700)
    want = first.newest(np.array([0]))
    for where in (row, 700):
        got = other.newest(np.array([where]))
        assert all(np.array_equal(one, two) for one, two in zip(want, got, strict=True))
