from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import dist, hypot
from random import Random

import pytest

from edge_node.messages import Track
from tests.tools.c2.seeing import SITE, Enu, Flight, Seer, going, play
from tools.c2.bodies import MOST_OBJECTS
from tools.c2.following import GONE_S, Following
from tools.c2.fused import Fused

WEST, EAST, NORTH = (-250.0, 0.0, 5.0), (250.0, 0.0, 5.0), (0.0, 900.0, 15.0)
FLIGHT = going((30.0, 450.0, 80.0), (5.0, 3.0, 0.0))
Say = Callable[[float], Sequence[tuple[Seer, Sequence[Track]]]]


def pair(seed: int = 0) -> tuple[Seer, Seer]:
    return Seer("west", WEST, seed=seed), Seer("east", EAST, seed=seed)


def both(seers: Sequence[Seer], *flights: Flight) -> Say:
    """Each object under a number of its own, by all."""
    return lambda t_s: [(seer, [seer.bearing(number, one, t_s) for number, one in enumerate(flights, 1)]) for seer in seers]


def place(one: Fused) -> Enu:
    return SITE.to_enu(one.latitude_deg, one.longitude_deg, one.altitude_wgs84_m or SITE.altitude_wgs84_m)


def away_m(one: Fused, flight: Flight, t_s: float, axes: int = 2) -> float:
    """At `t_s`, to which the object is carried on from when C2 thought last."""
    return dist(place(one)[:axes], flight(t_s)[:axes])


def nodes(one: Fused) -> list[tuple[str, int]]:
    return [(node8, number) for node8, _, number in one.keys]


def test_what_two_nodes_see_for_a_while_is_followed() -> None:
    following = Following()
    play(following, 0.0, 1.0, both(pair(), FLIGHT))
    assert following.objects == []
    assert len(following.crossings) == 1
    play(following, 1.0, 10.0, both(pair(), FLIGHT))
    (one,) = following.objects
    assert following.crossings == []
    assert nodes(one) == [("east", 1), ("west", 1)]
    assert away_m(one, FLIGHT, 10.0) < 3 * one.sigma_major_m < 50
    assert one.altitude_wgs84_m is not None
    assert one.sigma_altitude_m is not None
    assert abs(place(one)[2] - 80.0) < 3 * one.sigma_altitude_m + 1
    assert dist((one.velocity_east_mps, one.velocity_north_mps), (5.0, 3.0)) < 4 * one.sigma_velocity_mps < 16
    assert not one.ambiguous


def test_one_node_alone_is_enough_for_seconds_and_a_new_number_of_it_is_known_again() -> None:
    following, (west, east) = Following(), pair()
    play(following, 0.0, 8.0, both((west, east), FLIGHT))
    (before,) = following.objects
    play(following, 8.0, 12.0, both((west,), FLIGHT))
    (gap,) = following.objects
    assert gap.number == before.number
    assert gap.sigma_major_m > before.sigma_major_m
    assert gap.age_s < 1.0
    play(following, 12.0, 16.0, lambda t_s: [(west, [west.bearing(1, FLIGHT, t_s)]), (east, [east.bearing(9, FLIGHT, t_s)])])
    (after,) = following.objects
    assert after.number == before.number
    assert nodes(after) == [("east", 9), ("west", 1)]
    assert after.sigma_major_m < gap.sigma_major_m


def test_it_ends_with_its_sources_and_what_comes_later_is_another() -> None:
    following, seers = Following(), pair()
    play(following, 0.0, 4.0, both(seers, FLIGHT))
    (before,) = following.objects
    play(following, 4.0, 4.0 + GONE_S + 1.0, lambda _: [])
    assert following.objects == []
    play(following, 20.0, 24.0, both(seers, FLIGHT))
    assert [one.number for one in following.objects] != [before.number]
    assert len(following.objects) == 1


def test_a_track_that_leaves_an_object_for_long_is_of_it_no_longer() -> None:
    following, (west, east) = Following(), pair()
    play(following, 0.0, 8.0, both((west, east), FLIGHT))
    (before,) = following.objects
    elsewhere = going((500.0, 200.0, 40.0), (0.0, 0.0, 0.0))
    play(following, 8.0, 13.0, lambda t_s: [(west, [west.bearing(1, FLIGHT, t_s)]), (east, [east.bearing(1, elsewhere, t_s)])])
    mine = [one for one in following.objects if one.number == before.number]
    assert [nodes(one) for one in mine] in ([[("west", 1)]], [])


def test_a_third_node_joins_and_makes_it_surer() -> None:
    following, seers = Following(), pair()
    play(following, 0.0, 6.0, both(seers, FLIGHT))
    (before,) = following.objects
    play(following, 6.0, 12.0, both((*seers, Seer("north", NORTH)), FLIGHT))
    (after,) = following.objects
    assert after.number == before.number
    assert len(after.keys) == 3
    assert after.sigma_major_m < before.sigma_major_m


def crossing_ways(seed: int) -> tuple[Following, float]:
    """Two objects pass each other, and nobody measures elevations; until it is decided, and when."""
    following, seers = Following(), pair(seed)
    for seer in seers:
        seer.elevations = False
    ways = going((30.0, 450.0, 80.0), (12.0, 2.0, 0.0)), going((150.0, 380.0, 50.0), (-12.0, -2.0, 0.0))
    for until_s in range(2, 40, 2):
        play(following, until_s - 2.0, until_s, both(seers, *ways))
        if until_s == 2:
            assert all(one.ambiguous for one in following.objects)
        if following.objects and not any(one.ambiguous for one in following.objects):
            return following, until_s
    return following, 40.0


REAL = ([("east", 1), ("west", 1)], [("east", 2), ("west", 2)])


def test_motion_tells_objects_from_their_ghosts() -> None:
    ends = [crossing_ways(seed) for seed in range(6)]
    for following, _ in ends:
        told = sorted(nodes(one) for one in following.objects if not one.ambiguous)
        assert all(one in REAL for one in told), "no ghost is ever believed"
    assert sum(until_s < 40 for _, until_s in ends) >= 5


def test_a_turned_node_is_as_wrong_as_it_says() -> None:
    off_m = {}
    for sigma_pose_deg in (None, 2.0):
        following, seers = Following(), pair()
        for seer, turned_deg in zip(seers, (2.0, -2.0), strict=True):
            seer.turned_deg, seer.sigma_pose_deg, seer.sigma_deg = turned_deg, sigma_pose_deg, 0.3
        play(following, 0.0, 12.0, both(seers, FLIGHT))
        (one,) = following.objects
        off_m[sigma_pose_deg] = away_m(one, FLIGHT, 12.0), one.sigma_major_m
    assert off_m[None][0] > 3 * off_m[None][1], "a hundred bearings do not make up for a mounting that nobody doubts"
    assert off_m[2.0][0] < 3 * off_m[2.0][1]


def test_what_is_heard_is_followed_where_it_is_now_and_not_where_it_was() -> None:
    flight, off_m = going((-150.0, 500.0, 60.0), (14.0, 0.0, 0.0)), []
    for seed in range(4):
        following, seers = Following(), pair(seed)
        for seer in seers:
            seer.sounds, seer.sigma_deg = True, 0.5
        play(following, 0.0, 14.0, both(seers, flight))
        (one,) = following.objects
        off_m.append(away_m(one, flight, 14.0))
    assert hypot(*off_m) / 2 < 15 < 14.0 * 500 / 340, "what it flies while its sound is on its way"


def test_a_clock_that_nobody_vouches_for_makes_it_less_sure() -> None:
    areas_m2 = []
    for clock_sigma_s in (0.002, None):
        flight = going((30.0, 300.0, 60.0), (15.0, 0.0, 0.0))
        following, seers = Following(), pair()
        seers[1].clock_sigma_s, seers[1].clock_off_s = clock_sigma_s, 0.0 if clock_sigma_s else 40.0
        play(following, 0.0, 8.0, both(seers, flight))
        (one,) = following.objects
        areas_m2.append(one.sigma_major_m * one.sigma_minor_m)
        assert away_m(one, flight, 8.0) < 40
    assert areas_m2[1] > 1.15 * areas_m2[0]


def claimed(seer: Seer, flight: Flight, name: str | None, t_s: float) -> tuple[Seer, list[Track]]:
    return seer, [seer.position(1, flight, t_s, name)]


def test_one_claim_that_two_nodes_hear_is_one_object_and_no_surer_for_it() -> None:
    following, (west, east) = Following(), pair()
    play(following, 0.0, 6.0, lambda t_s: [claimed(west, FLIGHT, "A1", t_s), claimed(east, FLIGHT, "A1", t_s)])
    (one,) = following.objects
    assert nodes(one) == [("east", 1), ("west", 1)]
    assert one.sigma_major_m > 3.9
    assert away_m(one, FLIGHT, 6.0, 3) < 20


def test_one_name_in_two_places_is_not_one_object() -> None:
    following, (west, east) = Following(), pair()
    far = going((900.0, 450.0, 80.0), (5.0, 3.0, 0.0))
    play(following, 0.0, 6.0, lambda t_s: [claimed(west, FLIGHT, "A1", t_s), claimed(east, far, "A1", t_s)])
    assert following.objects == []


def test_two_names_in_one_place_are_not_one_object_and_a_radar_s_target_is_of_the_one_that_it_fits() -> None:
    following, (west, east) = Following(), pair()
    play(following, 0.0, 6.0, lambda t_s: [claimed(west, FLIGHT, "A1", t_s), claimed(east, FLIGHT, "B2", t_s)])
    assert following.objects == []
    play(following, 6.0, 12.0, lambda t_s: [claimed(west, FLIGHT, "A1", t_s), claimed(east, FLIGHT, None, t_s)])
    assert [nodes(one) for one in following.objects] == [[("east", 1), ("west", 1)]]


def test_what_two_nodes_claim_and_what_they_see_are_one_object_where_they_agree() -> None:
    following, seers = Following(), pair()

    def say(t_s: float) -> list[tuple[Seer, list[Track]]]:
        return [(seer, [seer.bearing(1, FLIGHT, t_s), seer.position(2, FLIGHT, t_s, "A1")]) for seer in seers]

    play(following, 0.0, 8.0, say)
    (one,) = following.objects
    assert nodes(one) == [("east", 1), ("east", 2), ("west", 1), ("west", 2)]


@pytest.mark.parametrize(("aside_m", "joins"), [(0.0, True), (250.0, False)])
def test_a_claim_joins_what_nodes_see_where_it_agrees(aside_m: float, joins: bool) -> None:
    following, seers, north = Following(), pair(), Seer("north", NORTH)
    claims = going((30.0 + aside_m, 450.0, 80.0), (5.0, 3.0, 0.0))
    play(following, 0.0, 8.0, lambda t_s: [*both(seers, FLIGHT)(t_s), claimed(north, claims, "A1", t_s)])
    (one,) = following.objects
    assert (("north", 1) in nodes(one)) == joins
    if joins:
        assert one.sigma_major_m < 5.0


def test_a_claim_that_flies_away_from_what_nodes_see_is_split_off() -> None:
    following, seers, north = Following(), pair(), Seer("north", NORTH)

    def strays(t_s: float) -> Enu:
        east, north_m, up = FLIGHT(t_s)
        return east + max(t_s - 8.0, 0.0) * 25.0, north_m, up

    play(following, 0.0, 8.0, lambda t_s: [*both(seers, FLIGHT)(t_s), claimed(north, strays, "A1", t_s)])
    (before,) = following.objects
    assert len(before.keys) == 3
    play(following, 8.0, 22.0, lambda t_s: [*both(seers, FLIGHT)(t_s), claimed(north, strays, "A1", t_s)])
    (after,) = following.objects
    assert after.number == before.number
    assert nodes(after) == [("east", 1), ("west", 1)]
    assert away_m(after, FLIGHT, 22.0) < 3 * after.sigma_major_m + 5


def test_a_bearing_of_another_node_joins_the_position_that_it_points_to() -> None:
    following, (west, east) = Following(), pair()
    east.sigma_deg = 0.3
    play(following, 0.0, 8.0, lambda t_s: [claimed(west, FLIGHT, "A1", t_s), (east, [east.bearing(4, FLIGHT, t_s)])])
    (one,) = following.objects
    assert nodes(one) == [("east", 4), ("west", 1)]
    assert one.sigma_minor_m < 3.5, "surer across the bearing than the claim is by itself"
    past = going((400.0, 450.0, 80.0), (-3.0, 3.0, 0.0))
    play(following, 8.0, 19.0, lambda t_s: [claimed(west, FLIGHT, "A1", t_s), (east, [east.bearing(4, past, t_s)])])
    assert following.objects == [], "and what points past it is of it no longer"


def test_tracks_that_know_their_place_no_more_or_their_bearing_are_followed_as_far_as_they_say() -> None:
    following, seers = Following(), pair()
    play(following, 0.0, 6.0, lambda t_s: [claimed(seer, FLIGHT, "A1", t_s) for seer in seers])
    play(following, 6.0, 12.0, both(seers, FLIGHT))
    (one,) = following.objects
    assert nodes(one) == [("east", 1), ("west", 1)]
    play(following, 12.0, 18.0, lambda t_s: [claimed(seer, FLIGHT, "A1", t_s) for seer in seers])
    (one,) = following.objects
    assert away_m(one, FLIGHT, 18.0) < 20


def test_a_node_that_is_not_allowed_any_more_is_of_nothing() -> None:
    following, seers = Following(), pair()
    play(following, 0.0, 6.0, both(seers, FLIGHT))
    following.advance(106.5, {"west"})
    assert [nodes(one) for one in following.objects] == [[("west", 1)]]


def test_a_flood_is_bounded() -> None:
    chance, following, seers = Random(1), Following(), (*pair(), Seer("north", NORTH))
    flights = [going((chance.uniform(-2000, 2000), chance.uniform(-2000, 2000), 60.0), (3.0, 2.0, 0.0)) for _ in range(120)]
    play(following, 0.0, 4.0, both(seers, *flights))
    assert 0 < len(following.objects) <= MOST_OBJECTS
    assert len({key for one in following.objects for key in one.keys}) == sum(len(one.keys) for one in following.objects)


def test_whatever_a_node_says_it_goes_on() -> None:
    chance, following, seers = Random(2), Following(), pair()

    def nonsense(t_s: float) -> list[tuple[Seer, list[Track]]]:
        anywhere = partial(_anywhere, chance)
        said = [seer.bearing(chance.randrange(6), anywhere, t_s) for seer in seers for _ in range(6)]
        placed = [seer.position(chance.randrange(6, 12), anywhere, t_s, chance.choice(("A", "B", None)), 0.0) for seer in seers]
        for seer in seers:
            seer.sigma_deg, seer.sigma_pose_deg = chance.choice((0.0, 1.0, 60.0)), chance.choice((None, 0.0, 90.0))
            seer.clock_sigma_s, seer.clock_off_s = chance.choice((None, 0.0, 60.0)), chance.choice((0.0, -3e5, 3e5))
        return [(seers[0], said[:6] + placed[:1]), (seers[1], said[6:] + placed[1:])]

    play(following, 0.0, 12.0, nonsense)
    play(following, 12.0, 30.0, both(pair(3), FLIGHT))
    assert len(following.objects) == 1


def _anywhere(chance: Random, _: float) -> Enu:
    return chance.gauss(0, 400), chance.gauss(0, 400), chance.gauss(0, 100)
