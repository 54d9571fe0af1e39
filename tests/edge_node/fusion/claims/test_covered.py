"""What sensors cover: the newest word of each, as long as it is fresh, and the chance that a place lies in it."""

from __future__ import annotations

import math

import pytest
from msgspec.structs import replace

from edge_node.fusion.claims.covered import FRESH_NS, MOST_SENSORS, Coverages, as_usable, share
from edge_node.fusion.claims.standing import Direction
from edge_node.messages import Coverage
from tests.edge_node.fusion.claimed_air import CAMERA, ns, sight, sound

PLACE = Direction(10.0, 20.0, 80.0, 1.0, 5.0)


def test_the_newest_word_holds_while_it_is_fresh() -> None:
    known = Coverages()
    known.take(sight(1.0))
    known.take(sight(2.0, 90.0))
    assert known.now(ns(2.5))[CAMERA].reach_m == 90.0
    assert not known.now(ns(2.0) + FRESH_NS + 1)


def test_who_senses_nothing_is_named_with_its_reason() -> None:
    known = Coverages()
    known.take(sight(1.0))
    known.take(replace(sound(1.0, 0.0), notes=("wind",)))
    assert known.words(ns(1.5)) == "without reach now: microphones (wind)"
    assert known.words(ns(9.0)) == ""


@pytest.mark.parametrize(
    "said",
    [
        replace(sight(0.0), reach_m=math.nan),
        replace(sight(0.0), probability=math.inf),
        replace(sight(0.0), azimuth_deg=-math.inf),
        replace(sight(0.0), reference="vehicle"),
        replace(sight(0.0), sensor="x" * 99),
    ],
)
def test_what_cannot_be_covers_nothing_and_takes_back_what_was_said(said: Coverage) -> None:
    known = Coverages()
    known.take(sight(0.0))
    known.take(said)
    assert as_usable(said) is None
    assert said.sensor not in known.now(0)


def test_numbers_beyond_all_measure_are_cut_and_sensors_counted() -> None:
    usable = as_usable(replace(sight(0.0), reach_m=-5.0, probability=7.0, latency_s=1e9))
    assert usable is not None
    assert (usable.reach_m, usable.probability, usable.latency_s) == (0.0, 0.99, 60.0)
    known = Coverages()
    for k in range(2 * MOST_SENSORS):
        known.take(replace(sight(0.0), sensor=str(k)))
    assert len(known.now(0)) == MOST_SENSORS


@pytest.mark.parametrize(
    ("place", "low", "high"),
    [
        (PLACE, 0.98, 1.0),
        (replace(PLACE, azimuth_deg=350.0), 0.98, 1.0),
        (replace(PLACE, azimuth_deg=45.0), 0.45, 0.55),
        (replace(PLACE, azimuth_deg=60.0), 0.0, 0.01),
        (replace(PLACE, elevation_deg=1.0), 0.0, 0.2),
        (replace(PLACE, elevation_deg=70.0), 0.0, 0.01),
        (replace(PLACE, elevation_deg=None), 0.0, 0.0),
        (replace(PLACE, range_m=180.0), 0.4, 0.6),
        (replace(PLACE, range_m=300.0), 0.0, 0.01),
        (replace(PLACE, sigma_deg=90.0), 0.0, 0.3),
    ],
)
def test_a_place_lies_in_a_sector_as_surely_as_it_is_known(place: Direction, low: float, high: float) -> None:
    assert low <= share(sight(0.0), place) <= high


def test_who_hears_all_around_hears_what_says_no_height() -> None:
    assert share(sound(0.0), replace(PLACE, azimuth_deg=200.0, elevation_deg=None)) > 0.98
    assert share(sound(0.0, 0.0), PLACE) == 0.0
