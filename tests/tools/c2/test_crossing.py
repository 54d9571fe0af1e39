from __future__ import annotations

from math import cos, radians, sin
from random import Random

import pytest
from msgspec.structs import replace

from edge_node.geometry import LocalFrame, bearing_deg, distance_m
from tools.c2.crossing import MOST_AGE_S, MOST_BEARINGS, Crossing, chi_square_bound, crossings
from tools.c2.triangulation import Sight

Enu = tuple[float, float, float]

RIGA = LocalFrame(56.95, 24.1, 30.0)
TWO = [(0.0, 0.0, 10.0), (1500.0, 200.0, 12.0)]
THREE = [*TWO, (500.0, 1800.0, 25.0)]
OBJECT = (900.0, 1100.0, 120.0)
EXACT = Random(0)


def seen(
    nodes: list[Enu],
    objects: list[Enu],
    chance: Random = EXACT,
    noise: float = 0.0,
    *,
    frame: LocalFrame = RIGA,
    sigma_deg: float = 1.0,
    elevations: bool = True,
) -> list[Sight]:
    """What each node sees of each object; `noise` in sigmas."""
    sights = []
    for number, node in enumerate(nodes):
        latitude_deg, longitude_deg, altitude_m = frame.to_geodetic(*node)
        here = LocalFrame(latitude_deg, longitude_deg, altitude_m)
        for key, place in enumerate(objects):
            azimuth_deg, elevation_deg = bearing_deg(here, *frame.to_geodetic(*place))
            sights.append(
                Sight(
                    node=f"node-{number}",
                    key=key,
                    latitude_deg=latitude_deg,
                    longitude_deg=longitude_deg,
                    altitude_wgs84_m=altitude_m,
                    azimuth_deg=azimuth_deg + chance.gauss(0, noise * sigma_deg),
                    sigma_azimuth_deg=sigma_deg,
                    elevation_deg=elevation_deg + chance.gauss(0, noise * sigma_deg) if elevations else None,
                    sigma_elevation_deg=sigma_deg if elevations else None,
                    azimuth_rate_dps=0.0,
                    elevation_rate_dps=0.0,
                )
            )
    return sights


def error_m(crossing: Crossing, place: Enu, frame: LocalFrame = RIGA) -> float:
    latitude_deg, longitude_deg, _ = frame.to_geodetic(*place)
    return distance_m(crossing.fix.latitude_deg, crossing.fix.longitude_deg, latitude_deg, longitude_deg)


def keys(found: list[Crossing]) -> list[set[object]]:
    return [{sight.key for sight in one.sights} for one in found]


@pytest.mark.parametrize("nodes", [TWO, THREE])
@pytest.mark.parametrize("elevations", [True, False])
def test_exact_bearings_meet_where_the_object_is(nodes: list[Enu], elevations: bool) -> None:
    (one,) = crossings(seen(nodes, [OBJECT], elevations=elevations))
    assert error_m(one, OBJECT) < 0.5
    assert len(one.sights) == len(nodes)
    assert one.fix.chi_square < 0.01
    assert one.fix.freedom == len(nodes) * (2 if elevations else 1) - (3 if elevations else 2)
    if elevations:
        assert one.fix.altitude_wgs84_m == pytest.approx(RIGA.to_geodetic(*OBJECT)[2], abs=0.5)
    else:
        assert one.fix.altitude_wgs84_m is None
        assert one.fix.sigma_altitude_m is None


def normalised_error_squared(crossing: Crossing, place: Enu) -> float:
    """Of the horizontal error, by the ellipse: chi-square of two degrees of freedom if the ellipse is right."""
    east, north, _ = RIGA.to_enu(crossing.fix.latitude_deg, crossing.fix.longitude_deg, RIGA.altitude_wgs84_m)
    axis = radians(crossing.fix.major_axis_deg)
    east, north = east - place[0], north - place[1]
    along, across = east * sin(axis) + north * cos(axis), east * cos(axis) - north * sin(axis)
    return (along / crossing.fix.sigma_major_m) ** 2 + (across / crossing.fix.sigma_minor_m) ** 2


@pytest.mark.parametrize(("nodes", "elevations"), [(TWO, False), (THREE, False), (THREE, True)])
def test_the_ellipse_is_as_large_as_the_error(nodes: list[Enu], elevations: bool) -> None:
    runs = 300
    found = [crossings(seen(nodes, [OBJECT], Random(seed), 1.0, elevations=elevations)) for seed in range(runs)]
    assert sum(len(one) == 1 and len(one[0].sights) == len(nodes) for one in found) >= 0.98 * runs
    squares = [normalised_error_squared(one[0], OBJECT) for one in found if one]
    mean, spread = sum(squares) / len(squares), 2 / len(squares) ** 0.5
    assert abs(mean - 2) < 4 * spread, "the mean of a chi-square of two, within four of its own sigmas"
    fits = [one[0].fix for one in found if one and one[0].fix.freedom]
    for fix in fits:
        assert fix.chi_square <= chi_square_bound(fix.freedom)


def test_an_uncertain_place_of_the_node_widens_the_ellipse() -> None:
    sights = seen(TWO, [OBJECT], elevations=False)
    (sharp,), (wide,) = crossings(sights), crossings([replace(sight, sigma_place_m=50.0) for sight in sights])
    assert wide.fix.sigma_minor_m > 40 > sharp.fix.sigma_minor_m


@pytest.mark.parametrize("seed", range(5))
def test_three_nodes_tell_three_objects_from_their_ghosts(seed: int) -> None:
    objects = [(900.0, 1100.0, 120.0), (-700.0, 600.0, 60.0), (1200.0, -900.0, 80.0)]
    found = crossings(seen(THREE, objects, Random(seed), 1.0, elevations=False))
    assert sorted(map(sorted, keys(found))) == [[0], [1], [2]]
    assert not any(one.ambiguous for one in found)
    assert all(error_m(one, objects[int(str(next(iter(key))))]) < 150 for one, key in zip(found, keys(found), strict=True))


def test_two_nodes_cannot_tell_two_objects_from_their_ghosts_and_say_so() -> None:
    found = crossings(seen(TWO, [(900.0, 1100.0, 60.0), (300.0, 1300.0, 60.0)], elevations=False))
    assert len(found) == 2
    assert all(one.ambiguous for one in found)


def test_elevations_tell_two_objects_from_their_ghosts() -> None:
    objects = [(900.0, 1100.0, 40.0), (300.0, 1300.0, 500.0)]
    found = crossings(seen(TWO, objects))
    assert sorted(map(sorted, keys(found))) == [[0], [1]]
    assert not any(one.ambiguous for one in found)


def test_every_bearing_is_used_once() -> None:
    chance = Random(7)
    objects = [(chance.uniform(-2500, 2500), chance.uniform(-2500, 2500), 80.0) for _ in range(20)]
    found = crossings(seen(THREE, objects, chance, 1.0))
    used = [(sight.node, sight.key) for one in found for sight in one.sights]
    assert len(found) > 10
    assert len(set(used)) == len(used)


def test_one_node_alone_crosses_nothing() -> None:
    assert crossings(seen(TWO[:1], [OBJECT, (300.0, 400.0, 50.0)])) == []
    assert crossings([]) == []


def pointing(*azimuths_deg: float, elevation_deg: float | None = None) -> list[Sight]:
    """Bearings made by hand, of nodes one after the other towards the east."""
    sights = seen([(1000.0 * number, 0.0, 0.0) for number in range(len(azimuths_deg))], [OBJECT], elevations=False)
    return [
        replace(sight, azimuth_deg=azimuth_deg, elevation_deg=elevation_deg, sigma_elevation_deg=elevation_deg and 1.0)
        for sight, azimuth_deg in zip(sights, azimuths_deg, strict=True)
    ]


@pytest.mark.parametrize(
    ("west_deg", "east_deg", "why"),
    [
        (0.0, 0.0, "parallel"),
        (2.0, 359.0, "too flat an angle for their sigmas"),
        (90.0, 270.0, "face to face on one line"),
        (270.0, 90.0, "away from each other"),
        (330.0, 30.0, "would meet behind both"),
        (45.0, 135.0, "would meet behind the eastern one"),
        (80.0, 88.0, "would meet behind both, far to the west"),
    ],
)
def test_bearings_that_do_not_meet_in_front_of_both_cross_nothing(west_deg: float, east_deg: float, why: str) -> None:
    assert crossings(pointing(west_deg, east_deg)) == [], why


def test_what_lies_beyond_the_range_is_refused() -> None:
    far = pointing(80.0, 280.0)
    assert len(crossings(far)) == 1
    assert crossings(far, most_range_m=400.0) == []


def test_elevations_of_different_heights_are_refused() -> None:
    low, high = pointing(45.0, 315.0, elevation_deg=2.0)[0], pointing(45.0, 315.0, elevation_deg=40.0)[1]
    assert crossings([low, high]) == []
    assert len(crossings([low, replace(high, elevation_deg=2.0)])) == 1


def test_a_bearing_of_something_else_is_left_out() -> None:
    sights = seen(THREE, [OBJECT])
    astray = replace(sights[2], azimuth_deg=sights[2].azimuth_deg + 40)
    (one,) = crossings([*sights[:2], astray])
    assert {sight.node for sight in one.sights} == {"node-0", "node-1"}
    assert error_m(one, OBJECT) < 0.5


def test_bearings_are_brought_to_one_time() -> None:
    first, second = seen(TWO, [OBJECT])
    late = replace(first, azimuth_deg=first.azimuth_deg - 4.0, azimuth_rate_dps=2.0, age_s=2.0)
    (one,) = crossings([late, second])
    assert error_m(one, OBJECT) < 0.5
    (unsure,) = crossings([replace(first, azimuth_rate_dps=None, age_s=2.0), second])
    assert unsure.fix.sigma_major_m > 1.5 * one.fix.sigma_major_m
    assert crossings([replace(first, age_s=MOST_AGE_S + 0.1), second]) == []


def test_it_works_across_the_antimeridian() -> None:
    taveuni = LocalFrame(-16.8, 179.999, 0.0)
    (one,) = crossings(seen(THREE, [OBJECT], frame=taveuni))
    assert one.fix.longitude_deg < 0
    assert error_m(one, OBJECT, taveuni) < 0.5


def test_nodes_at_one_place_or_on_another_continent_cross_nothing() -> None:
    first, second = seen(TWO, [OBJECT])
    here = replace(second, latitude_deg=first.latitude_deg, longitude_deg=first.longitude_deg, altitude_wgs84_m=first.altitude_wgs84_m)
    assert crossings([first, here]) == []
    assert crossings([first, replace(second, longitude_deg=-150.0)]) == []


def test_a_flood_of_bearings_is_bounded() -> None:
    chance = Random(3)
    objects = [(chance.uniform(-3000, 3000), chance.uniform(-3000, 3000), 80.0) for _ in range(300)]
    found = crossings(seen(TWO, objects, chance, 1.0, elevations=False))
    assert 0 < len(found) <= MOST_BEARINGS // 2


@pytest.mark.parametrize(("freedom", "table"), [(1, 10.83), (3, 16.27), (10, 29.59), (30, 59.70)])
def test_the_bound_is_that_of_the_tables(freedom: int, table: float) -> None:
    assert chi_square_bound(freedom) == pytest.approx(table, rel=0.04)
