"""What is usual is learnt; what is below it is deaf, what is above it is jammed, and neither is learnt."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from edge_node.field.noise_floor import MOST_LEVELS, RULES, NoiseFloors
from edge_node.field.usual import Usual
from tools.simulate.noise_levels import DAY_S, SITES

MHZ = "spectrum 868.000 MHz"


def names(floors: NoiseFloors) -> set[str]:
    return {one.name for one in floors.findings()}


def learnt(level: str, seconds: int, level_db: float = -90.0) -> NoiseFloors:
    floors, rng = NoiseFloors("one", {}), np.random.default_rng(1)
    for noise_db in rng.normal(0, 0.2, seconds):
        floors.take({level: level_db + noise_db})
        assert not names(floors)
    return floors


def told_after(floors: NoiseFloors, level: str, level_db: float, seconds: int) -> int | None:
    """After how many seconds of a level something is said."""
    for second in range(1, seconds + 1):
        floors.take({level: level_db})
        if names(floors):
            return second
    return None


def test_an_antenna_that_is_off_is_known_and_so_is_that_it_is_back() -> None:
    floors = learnt(MHZ, 1_000)
    assert told_after(floors, MHZ, -92.5, 300) in range(80, 95)
    (finding,) = floors.findings()
    assert (finding.name, finding.words) == ("deaf", "its noise at 868.000 MHz is 2.0 dB lower than ever here")
    for _ in range(6):
        floors.take({MHZ: -90.0})
    assert names(floors) == set()


def test_a_jammer_is_said_within_three_seconds_stays_said_and_is_never_learnt() -> None:
    floors = learnt(MHZ, 1_000)
    assert told_after(floors, MHZ, -70.0, 10) == 3
    for _ in range(2 * DAY_S // 100):
        floors.take({MHZ: -70.0})
    assert names(floors) == {"jammed"}
    for _ in range(6):
        floors.take({MHZ: -90.0})
    assert names(floors) == set()
    assert floors.usual[MHZ].quantile_db(0.99) < -88


def test_what_comes_and_goes_jams_nothing() -> None:
    floors = learnt(MHZ, 1_000)
    for second in range(600):
        floors.take({MHZ: -70.0 if second % 3 else -90.0})
        assert names(floors) == set()


def test_nothing_is_said_before_enough_was_learnt() -> None:
    floors = NoiseFloors("one", {})
    for second in range(int(RULES["spectrum"].learnt_s) - 1):
        floors.take({MHZ: -90.0 if second < 300 else -110.0})
        assert names(floors) == set()


def test_a_sensor_that_went_deaf_overnight_is_known_after_a_restart() -> None:
    kept = msgspec.json.encode(learnt(MHZ, 1_000).usual)
    floors = NoiseFloors("one", msgspec.json.decode(kept, type=dict[str, Usual]))
    assert told_after(floors, MHZ, -92.5, 300) in range(80, 95)


def test_memory_is_bounded_and_old_places_are_forgotten_first() -> None:
    floors = learnt(MHZ, 1_000)
    again = NoiseFloors("one", floors.usual)
    for number in range(3 * MOST_LEVELS):
        again.take({f"spectrum {number} MHz": -90.0})
    assert len(again.usual) <= MOST_LEVELS
    assert MHZ not in again.usual
    usual = Usual()
    for level_db in np.linspace(-1e6, 1e6, 10_000):
        usual.learn(float(level_db), 3_600.0)
    assert len(usual.counts) < 2_100
    assert len(msgspec.json.encode(usual)) < 100_000


def test_what_is_no_number_and_what_has_no_rule_is_passed_over() -> None:
    floors = NoiseFloors("one", {})
    floors.take({MHZ: float("nan"), "humidity": 3.0, "spectrum": float("inf")})
    assert floors.findings() == ()
    assert not floors.usual.get("humidity")


@pytest.mark.parametrize("kind", SITES)
def test_a_simulated_day_is_well_and_its_worst_fault_is_said(kind: str) -> None:
    """The bench noise_floors tries a week of many."""
    site, rng = SITES[kind], np.random.default_rng(4)
    levels = site.usual(DAY_S + DAY_S // 2, rng)
    usual = Usual()
    for level_db in levels[:DAY_S:4]:
        usual.learn(float(level_db), 4.0)
    floors = NoiseFloors("one", {site.level: usual})
    for level_db in levels[DAY_S : DAY_S + 2_000]:
        floors.take({site.level: float(level_db)})
        assert names(floors) == set()
    told: set[str] = set()
    for level_db in site.faults[0].spoils(levels[DAY_S + 2_000 : DAY_S + 4_000]):
        floors.take({site.level: float(level_db)})
        told |= names(floors)
    assert len(told) == 1
