"""High sound against low: what is usual beside each loudness is learnt, and a soaked cover is below it."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.field.muffled import MOST_LOUDNESSES
from edge_node.field.noise_floor import NoiseFloors
from tools.simulate.noise_bands import SOAKED, place
from tools.simulate.noise_days import CoverDays
from tools.simulate.noise_levels import DAY_S

DAYS_LEARNT = 4


def hear(floors: NoiseFloors, rng: np.random.Generator, seconds: float, by_db: float = 0.0) -> int | None:
    """Bright when loud, dull when quiet, each ten seconds; when something is said."""
    for step in range(round(seconds / 10)):
        low_db = rng.uniform(30.0, 50.0)
        floors.take({f"tilt | {round(low_db / 3) * 3}": 0.5 * (low_db - 60.0) + rng.normal(0, 2.0) - by_db})
        if floors.findings():
            return 10 * step
    return None


def test_highs_that_are_weaker_than_ever_beside_the_same_lows_are_said_and_not_learnt() -> None:
    floors, rng = NoiseFloors("ears", {}), np.random.default_rng(2)
    assert hear(floors, rng, DAYS_LEARNT * DAY_S) is None
    soaked_s = hear(floors, rng, 3_600, 9.0)
    assert soaked_s is not None
    assert soaked_s <= 1_800
    (finding,) = floors.findings()
    assert finding.name == "muffled"
    for _ in range(DAY_S // 10):
        hear(floors, rng, 10, 9.0)
    assert floors.findings()
    for _ in range(120):
        hear(floors, rng, 10)
    assert not floors.findings()


def test_before_three_days_nothing_is_said() -> None:
    floors, rng = NoiseFloors("ears", {}), np.random.default_rng(3)
    assert hear(floors, rng, DAY_S) is None
    assert hear(floors, rng, 7_200, 15.0) is None


def test_loudnesses_are_bounded() -> None:
    floors = NoiseFloors("ears", {})
    for loudness in range(500):
        floors.take({f"tilt | {loudness}": 0.0, "tilt": float("nan")})
    assert len(floors.usual) <= MOST_LOUDNESSES + 1


@pytest.mark.parametrize("octave", range(5))
def test_a_soaked_cover_takes_most_from_short_waves(octave: int) -> None:
    here = place(600, np.random.default_rng(octave))
    lost_db = np.median(here.heard() - here.heard(SOAKED), axis=0)
    assert 0 <= lost_db[octave] <= SOAKED[octave]


def test_days_of_a_cover_tell_what_an_ear_tells() -> None:
    days = CoverDays(100, np.random.default_rng(1))
    told = list(days.told(0, 60))
    assert [len(one.levels) for one in told] == ([2] + 9 * [1]) * 6
    assert {name.split()[0] for one in told for name in one.levels} == {"sound", "tilt"}
