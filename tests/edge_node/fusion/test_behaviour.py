"""What objects do: told of flights that do it, and of none that errors make look so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import hypot, inf, nan
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.config import ProtectTable
from edge_node.fusion.behaviours.behaviour import MOST_FACTS, Behaviour, Wind
from edge_node.fusion.behaviours.ways import MOST_SPOTS
from edge_node.messages import Fact, Identity, Kinematics, Sight, Target, Track
from tests.edge_node.fusion.flown import HOME, LOOK_S, Noise, Path, behaviour, buffeted, circle, flown, mission, still, straight

GATE = ProtectTable("gate", HOME.latitude_deg, HOME.longitude_deg, 100.0)
GOOD, POOR, PLOTS, FRAMES, BAD = Noise(), Noise(1.0, 12.2, 2.0), Noise(1.0, 8.0, None), Noise(0.2, 4.0, None), Noise(1.0, 30.0, None)
NOISES = {"good": GOOD, "as Remote ID that says no accuracy": POOR, "radar's plots": PLOTS, "a camera's places": FRAMES, "bad": BAD}


def shares(
    paths: dict[int, Path], seconds: float, noise: Noise = GOOD, protect: tuple[ProtectTable, ...] = (), **said: object
) -> dict[str, float]:
    """How much of the time each fact is told of these flights."""
    told = Counter[str]()
    looks = 0
    for _, facts in behaviour(paths, seconds, noise, 1, protect, **said):
        looks += len(paths)
        told.update(fact.name for number in paths for fact in facts.get(number, ()))
    return {name: count / looks for name, count in told.items()}


def last(
    paths: dict[int, Path], seconds: float, noise: Noise = GOOD, protect: tuple[ProtectTable, ...] = (), **said: object
) -> dict[int, tuple[Fact, ...]]:
    """What is told in the end."""
    *_, (_, facts) = behaviour(paths, seconds, noise, 1, protect, **said)
    return facts


def test_who_hovers_is_told_for_how_long() -> None:
    (fact,) = last({1: buffeted(Random(3))}, 60)[1]
    assert (fact.name, fact.unit, fact.about) == ("hovers", "s", None)
    assert 40 <= (fact.value or 0) <= 60
    assert "m/s" in fact.reason


def test_who_stands_on_the_ground_and_what_is_a_vehicle_does_not_hover() -> None:
    assert not last({1: still()}, 60, identity=Identity(status="ground"))
    assert not last({1: still()}, 60, target=Target(label="unknown", on_ground=True))
    assert not last({1: still()}, 60, probabilities={"vehicle": 0.8})
    assert not last({1: still()}, 60, BAD)


@pytest.mark.parametrize("climb_mps", [3.0, -3.0])
@pytest.mark.parametrize("noise", [GOOD, POOR, PLOTS, FRAMES])
def test_who_climbs_or_descends_is_told_how_fast(climb_mps: float, noise: Noise) -> None:
    (fact,) = last({1: straight(8.0, 1.0, climb_mps, (0.0, 0.0, 500.0))}, 50, noise)[1]
    assert (fact.name, fact.unit) == ("climbs" if climb_mps > 0 else "descends", "m/s")
    assert fact.value == pytest.approx(3.0, abs=0.8)


def test_who_is_fast_is_told_but_for_manned_aircraft() -> None:
    (fact,) = last({1: straight(45.0)}, 30)[1]
    assert (fact.name, fact.unit, round(fact.value or 0)) == ("fast", "m/s", 45)
    assert not last({1: straight(45.0)}, 30, probabilities={"aeroplane": 0.9})


@pytest.mark.parametrize("noise", [GOOD, POOR, PLOTS, FRAMES])
def test_who_circles_is_told_within_which_radius(noise: Noise) -> None:
    (fact,) = last({1: circle(80.0, 10.0)}, 130, noise)[1]
    assert (fact.name, fact.unit) == ("loiters", "m")
    assert 75 <= (fact.value or 0) <= 140
    assert "for 1" in fact.reason, "two minutes by then"


def test_who_comes_to_a_protected_point_is_told_when_and_how_sure_that_is() -> None:
    came: list[tuple[float, Fact]] = []
    for t_s, facts in behaviour({1: straight(12.0, start=(20.0, -1_500.0, 60.0))}, 120, GOOD, 1, (GATE,)):
        came += [(t_s, fact) for fact in facts.get(1, ())]
    assert {(fact.name, fact.unit, fact.about) for _, fact in came} == {("approaches", "s", "gate")}
    assert came[0][0] < 15
    coming = [(t_s, fact) for t_s, fact in came if fact.value]
    assert all(abs(t_s + (fact.value or 0) - 125) < 20 for t_s, fact in coming)
    assert abs(coming[-1][0] + (coming[-1][1].value or 0) - 125) < 3
    assert "% within 100 m, at 12 m/s towards" in coming[-1][1].reason
    assert came[-1][1].reason.startswith("is ")
    assert all(len(fact.reason.encode()) <= 128 for _, fact in came)


@pytest.mark.parametrize(
    "path", [straight(12.0, start=(600.0, -1_500.0, 60.0)), straight(-12.0, start=(0.0, -400.0, 60.0)), buffeted(Random(1), 150.0)]
)
def test_who_passes_by_goes_away_or_stays_beside_it_does_not_approach(path: Path) -> None:
    assert "approaches" not in shares({1: path}, 60, protect=(GATE,))


@pytest.mark.parametrize("noise", [GOOD, POOR])
def test_of_courses_that_are_told_to_lead_to_a_point_most_do(noise: Noise) -> None:
    """At least LIKELY is said of each, so a quarter may be wrong; corners are told for a moment longer."""
    told = wrong = 0
    for seed in range(8):
        path = mission(Random(seed), 200)
        for t_s, facts in behaviour({1: path}, 200, noise, seed, (GATE,)):
            (x, y, _), (p, q, _) = path(t_s), path(t_s + 0.01)
            miss_m, ahead = abs(x * (q - y) - y * (p - x)) / hypot(p - x, q - y), x * (p - x) + y * (q - y) < 0
            told += len(facts.get(1, ()))
            wrong += len(facts.get(1, ())) * (hypot(x, y) > GATE.radius_m and (miss_m > GATE.radius_m or not ahead))
    assert told > 100
    assert wrong / told < 0.25


def test_a_balloon_drifts_and_so_does_what_goes_as_it_does() -> None:
    rising, level, other = (
        straight(6.0, 1.0, 4.0),
        straight(6.3, 1.05, start=(900.0, 0.0, 300.0)),
        straight(6.0, 2.5, start=(-900.0, 0.0, 300.0)),
    )
    facts = last({1: rising, 2: level, 3: other}, 90)
    assert [fact.name for fact in facts[1]] == ["climbs", "drifts"]
    assert [fact.name for fact in facts[2]] == ["drifts"]
    assert 3 not in facts
    assert (facts[1][1].unit, round(facts[1][1].value or 0)) == ("m/s", 6)
    assert "climbing 4" in facts[1][1].reason
    assert "as 1 others do" in facts[2][0].reason
    assert "drifts" not in shares({1: rising}, 90, probabilities={"multirotor": 0.95})


def test_who_goes_with_a_wind_that_is_known_drifts_and_who_does_not_does_not() -> None:
    watch = Behaviour()
    facts: dict[int, tuple[Fact, ...]] = {}
    flights = [flown(path, 90, GOOD, Random(number), number) for number, path in enumerate((straight(6.0, 0.0), straight(6.0, 1.0)), 1)]
    for looks in zip(*flights, strict=True):
        facts = watch.look(round((1_000 + looks[0][0]) * 1e9), [track for _, track in looks], Wind(0.0, 6.2, 0.5))
    assert [fact.name for fact in facts[1]] == ["drifts"]
    assert 2 not in facts


@pytest.mark.parametrize("noise", [GOOD, PLOTS, FRAMES])
def test_a_swarm_is_told_to_each_of_it_and_a_stranger_in_its_midst_is_not_of_it(noise: Noise) -> None:
    swarm: dict[int, Path] = {number: straight(12.0, 0.3, start=(30.0 * number, 10.0 * number, 60.0)) for number in range(1, 6)}
    facts = last(swarm | {9: straight(12.0, 2.0, start=(-500.0, 500.0, 60.0))}, 60, noise)
    assert facts.keys() == swarm.keys()
    assert {(one[0].name, one[0].value, one[0].unit) for one in facts.values()} == {("swarms", 5.0, "tracks")}
    assert facts[1][0].about == "2, 3, 4, 5"
    assert "5 tracks keep" in facts[1][0].reason


def test_a_swarm_that_turns_together_stays_one() -> None:
    turning: dict[int, Path] = {
        number: (lambda t_s, at=40.0 * number: (circle(300.0, 12.0)(t_s)[0] + at, circle(300.0, 12.0)(t_s)[1], 60.0)) for number in range(4)
    }
    assert shares(turning, 100)["swarms"] > 0.5


def test_birds_claims_beside_bodies_and_one_object_told_twice_are_no_swarm() -> None:
    paths: dict[int, Path] = {number: straight(12.0, 0.3, start=(30.0 * number, 0.0, 60.0)) for number in range(1, 5)}
    assert "swarms" not in shares(paths, 60, probabilities={"bird": 0.8})
    assert "swarms" not in shares({1: straight(12.0), 2: straight(12.0)}, 60, BAD)
    watch = Behaviour()
    claim, body = flown(straight(12.0), 60, GOOD, Random(1), 1, identity=Identity()), flown(paths[1], 60, GOOD, Random(2), 2, sight=SEEN)
    told = [watch.look(round((1_000 + t_s) * 1e9), [one, other]) for (t_s, one), (_, other) in zip(claim, body, strict=True)]
    assert not any(told)


SEEN = Sight(label="drone", probability=0.9, snr=9.0)
HONEST: dict[str, tuple[Callable[[Random], Path], tuple[str, ...]]] = {
    "stands": (lambda chance: still(400.0 + chance.random(), 300.0), ("hovers",)),
    "hovers in wind": (lambda chance: buffeted(chance, 400.0, 300.0), ("hovers",)),
    "flies a mission": (lambda chance: mission(chance, 301.0), ("approaches",)),
    "walks": (lambda chance: straight(1.5, chance.uniform(0, 6), start=(5_000.0, 0.0, 60.0)), ()),
    "circles": (lambda chance: circle(chance.uniform(40, 150), 10.0), ("loiters", "approaches")),
}


@pytest.mark.parametrize("noise", NOISES.values(), ids=NOISES.keys())
def test_no_fact_is_made_by_errors(noise: Noise) -> None:
    """Two simulated hours for each noise; 25 hours of each showed none either, so less than one in eight hours."""
    false: list[str] = []
    hours = 0.0
    for name, (make, true) in HONEST.items():
        for seed in range(3):
            for t_s, facts in behaviour({1: make(Random(seed))}, 300, noise, seed + 50, (GATE,)):
                false += [f"{name} {t_s:.0f} s: {fact.name} {fact.reason}" for fact in facts.get(1, ()) if fact.name not in true]
            hours += 300 / 3600
    assert hours > 1.2
    assert false == []


@pytest.mark.parametrize("noise", [GOOD, FRAMES])
def test_companions_by_chance_are_no_swarm(noise: Noise) -> None:
    crowd = {number: mission(Random(number), 301.0, reach_m=300.0) for number in range(12)}
    assert "swarms" not in shares(crowd, 200, noise)


def test_what_ends_is_told_no_more_and_what_is_not_heard_is_silent() -> None:
    watch = Behaviour()
    tracks = [track for _, track in flown(still(), 40, GOOD, Random(1))]
    for tick, track in enumerate(tracks):
        told = watch.look(round((1_000 + tick * LOOK_S) * 1e9), [track])
    assert [fact.name for fact in told[1]] == ["hovers"]
    assert watch.look(1_050_000_000_000, [tracks[-1]]) == {}
    assert watch.look(1_050_500_000_000, []) == {}
    assert not watch._seen
    assert not watch._stands


def test_a_rumour_and_a_track_without_a_place_do_nothing() -> None:
    watch = Behaviour((GATE,))
    for t_s, track in flown(still(), 40, GOOD, Random(1)):
        assert watch.look(round((1_000 + t_s) * 1e9), [replace(track, state="tentative"), replace(track, number=2, kinematics=None)]) == {}


def test_a_gap_begins_a_way_anew_and_ways_are_bounded() -> None:
    watch = Behaviour()
    for t_s, track in flown(straight(10.0), 300, GOOD, Random(1)):
        if not 100 < t_s < 120:
            watch.look(round((1_000 + t_s) * 1e9), [track])
        if t_s == 130:
            assert watch._seen[1].way.lasted_s <= 11
    assert len(watch._seen[1].way._spots) == MOST_SPOTS or watch._seen[1].way.lasted_s > 110


wild = st.floats() | st.sampled_from([nan, inf, -inf, 1e308, -1e308, 0.0])
angle = wild | st.floats(-90, 90)
states = st.none() | st.builds(
    Kinematics,
    latitude_deg=angle,
    longitude_deg=angle,
    altitude_wgs84_m=st.none() | wild,
    velocity_east_mps=wild | st.floats(-30, 30),
    velocity_north_mps=wild | st.floats(-30, 30),
    velocity_up_mps=wild | st.floats(-5, 5),
    covariance=st.lists(wild, max_size=40).map(tuple) | st.lists(wild | st.floats(0, 9), min_size=36, max_size=36).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 10**12), st.lists(st.tuples(st.integers(0, 5), states, st.integers(0, 10**12)), max_size=6)), max_size=9
    )
)
def test_nothing_that_tracks_hold_raises(looks: list[tuple[int, list[tuple[int, Kinematics | None, int]]]]) -> None:
    watch = Behaviour((GATE, ProtectTable("pole", 90.0, 180.0, 9.0)))
    for t_ns, seen in looks:
        tracks = [
            Track(
                number=number,
                state="confirmed",
                t_mono_ns=t_ns - ago_ns % 10_000_000_000,
                first_seen_mono_ns=0,
                last_seen_mono_ns=0,
                kinematics=state,
            )
            for number, state, ago_ns in seen
        ]
        told = watch.look(t_ns, tracks, Wind(0.0, 1.0, 1.0))
        assert all(0 < len(facts) <= MOST_FACTS for facts in told.values())
