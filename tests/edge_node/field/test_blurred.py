"""Parts of a picture that lose their fine detail: several, for minutes, and what that takes from what the camera covers."""

from __future__ import annotations

import numpy as np

from edge_node.field.blurred import AFTER_S, EVERY_S, LEARNT_S
from edge_node.field.noise_floor import NoiseFloors
from edge_node.field.sensor_health import Memory, SensorHealth
from edge_node.field.usual import Usual
from edge_node.messages import Coverage

ALL = [(row, column) for row in range(1, 9) for column in range(1, 9)]
LOWER_LEFT = [(row, column) for row in (6, 7, 8) for column in (1, 2, 3)]
STEPS = round(AFTER_S / EVERY_S)


def usual() -> dict[str, Usual]:
    """A day of parts that vary by some dB."""
    known = {f"part {row}/{column}": Usual() for row, column in ALL}
    for one in known.values():
        for level_db in np.linspace(-12.0, -8.0, 100).tolist():
            one.learn(level_db, LEARNT_S / 100)
    return known


def levels(blurred: list[tuple[int, int]], by_db: float = 8.0) -> dict[str, float]:
    return {f"part {row}/{column}": -10.0 - by_db * ((row, column) in blurred) for row, column in ALL}


def told(floors: NoiseFloors, blurred: list[tuple[int, int]], steps: int) -> list[int]:
    """At which of some steps something is said."""
    said = []
    for step in range(steps):
        floors.take(levels(blurred))
        said += [step] * bool(floors.findings())
    return said


def test_several_parts_that_are_blurred_for_minutes_are_said_with_share_and_place_and_wiped_within_half_a_minute() -> None:
    floors = NoiseFloors("eyes", usual())
    assert told(floors, [], STEPS) == []
    assert told(floors, LOWER_LEFT, 2 * STEPS)[0] in range(STEPS - 5, STEPS)
    (finding,) = floors.findings()
    assert (finding.name, finding.words) == ("smeared", "14 % of its pictures has lost its fine detail, most of it lower left")
    assert told(floors, [], 10) == [0, 1]


def test_one_lorry_is_none_and_neither_is_what_passes() -> None:
    floors = NoiseFloors("eyes", usual())
    assert told(floors, LOWER_LEFT[:6], 3 * STEPS) == []
    assert told(floors, ALL, STEPS // 2) == []
    assert told(floors, [], STEPS) == []


def test_what_is_blurred_is_never_learnt_and_nothing_is_said_before_a_day() -> None:
    floors = NoiseFloors("eyes", usual())
    assert told(floors, ALL, 9_000)[-1] == 8_999
    fresh = NoiseFloors("eyes", {})
    assert told(fresh, [], 4_000) + told(fresh, ALL, 1_000) == []


def test_a_blurred_camera_covers_less_and_says_why() -> None:
    health = SensorHealth("eyes", "camera", 9.0, Memory(levels=usual()), 0)
    said = Coverage(
        t_mono_ns=1, sense="sight", azimuth_deg=0.0, width_deg=40.0, lowest_elevation_deg=2.0, reach_m=90.0, probability=0.8, latency_s=3.0
    )
    assert health.covers(said) is said
    upper = [place for place in ALL if place[0] <= 4]
    for _ in range(2 * STEPS):
        health.look((), levels(upper), 1)
    now = health.covers(said)
    assert (now.reach_m, now.probability, now.notes) == (90.0, 0.4, ("50 % of its pictures blurred",))


def test_names_that_are_no_parts_are_passed_over() -> None:
    floors = NoiseFloors("eyes", {})
    floors.take({"part": 1.0, "part 1": 1.0, "part x/y": 1.0, "part 1/1": float("nan"), "part 100/1": 1.0})
    assert not floors.usual
    floors.take({f"part {row}/{column}": 1.0 for row in range(30) for column in range(30)})
    assert floors.usual.keys() == levels([]).keys()
