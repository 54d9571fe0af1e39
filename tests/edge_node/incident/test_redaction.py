"""What is left of persons in a public copy: where they are, what they are called, where the node is, from whichever side one looks."""

from __future__ import annotations

from math import hypot
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.geometry import LocalFrame, distance_m
from edge_node.incident.places import MOST_MOVED_M, NEAR_PERSON_M, STEP_M, ZONE_M, Zones, rough
from edge_node.incident.redaction import Redaction
from edge_node.interop import readings
from edge_node.messages import Fact, Kinematics, Sight, Suspicion, Target, TargetId, Track
from tests.edge_node.interop.scene import flown, heard

HOME = LocalFrame(56.95, 24.10, 0.0)


def at_m(east_m: float, north_m: float) -> tuple[float, float]:
    return HOME.to_geodetic(east_m, north_m, 0.0)[:2]


def kinematics(track: Track) -> Kinematics:
    assert track.kinematics is not None
    return track.kinematics


def place_of(track: Track) -> tuple[float, float]:
    return kinematics(track).latitude_deg, kinematics(track).longitude_deg


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=32), st.floats(-140, 140), st.floats(-140, 140))
def test_whatever_is_near_a_person_is_in_the_zone(key: bytes, east_m: float, north_m: float) -> None:
    inside = hypot(east_m, north_m) < NEAR_PERSON_M
    assert not inside or at_m(east_m, north_m) in Zones([at_m(0, 0)], key)
    assert at_m(ZONE_M + MOST_MOVED_M + 1, 0) not in Zones([at_m(0, 0)], key)


def test_the_middle_of_a_zone_is_not_who_is_in_it() -> None:
    off_m = []
    for number in range(12):
        zones = Zones([at_m(0, 0)], str(number).encode())
        edge = range(-480, 481, 60)
        held = [(east, north) for east in edge for north in edge if at_m(east, north) in zones]
        off_m.append(hypot(*(sum(axis) / len(held) for axis in zip(*held, strict=True))))
    assert max(off_m) <= MOST_MOVED_M + 20
    assert sorted(off_m)[6] > 60


def test_zones_of_one_person_said_at_many_places_have_one_middle_that_is_not_the_person() -> None:
    one, many = Zones([at_m(0, 0)], b"key"), Zones([at_m(n % 7 - 3, n // 7 - 3) for n in range(49)], b"key")
    ring = [at_m(east, north) for east in range(-480, 481, 60) for north in range(-480, 481, 60)]
    assert sum((place in one) != (place in many) for place in ring) <= 8


def test_more_persons_than_are_kept_hide_every_place() -> None:
    assert Redaction("public", b"k", None).way([flown(1)])[0].kinematics is None
    assert Redaction("operator", b"k", None).way([flown(1)])[0].kinematics == flown(1).kinematics


def test_the_public_is_not_told_a_place_near_a_person() -> None:
    track = flown(3)
    at = place_of(track)
    near, far = Redaction("public", b"k", [at]), Redaction("public", b"k", [(at[0] + 0.01, at[1])])
    assert near.way([track])[0].kinematics is None
    assert place_of(far.way([track])[0]) == at
    assert Redaction("operator", b"k", [at]).way([track])[0].kinematics == track.kinematics


def test_a_place_that_is_hidden_is_not_told_by_its_direction() -> None:
    track = replace(flown(3), bearing=heard(3).bearing)
    seen = replace(track, kinematics=None)
    assert track.bearing is not None
    assert [one.bearing for one in Redaction("public", b"k", [place_of(track)]).way([track, seen])] == [None, None]
    assert Redaction("public", b"k").way([seen])[0].bearing == track.bearing, "a direction alone, from nobody knows where"


def test_a_direction_is_told_without_range() -> None:
    sight = Sight(label="drone", probability=0.9, snr=9.0, size_deg=0.2, range_m=80.0, sigma_range_m=9.0)
    told = Redaction("public", b"k").way([replace(flown(1), kinematics=None, sight=sight)])[0].sight
    assert told is not None
    assert (told.range_m, told.sigma_range_m, told.size_deg, told.snr) == (None, None, None, 9.0)


def test_no_ellipse_points_at_the_node() -> None:
    longer = [0.0] * 36
    longer[0], longer[1], longer[6], longer[7], longer[14] = 100.0, 90.0, 90.0, 100.0, 4.0
    track = flown(1)
    track = replace(track, kinematics=replace(kinematics(track), covariance=tuple(longer)))
    before = readings.position(track.kinematics)
    after = readings.position(Redaction("public", b"k").way([track])[0].kinematics)
    assert before is not None
    assert after is not None
    assert after.sigma_major_m == after.sigma_minor_m == pytest.approx(before.sigma_major_m)
    assert (before.major_axis_deg, after.major_axis_deg, after.sigma_altitude_m) == (45.0, 0.0, 2.0)


@given(st.floats(-89, 89), st.floats(-180, 180), st.floats(-100, 3_000))
def test_the_grid_tells_a_place_to_a_kilometre(latitude_deg: float, longitude_deg: float, altitude_m: float) -> None:
    told = rough(latitude_deg, longitude_deg, altitude_m)
    assert told is not None
    assert distance_m(latitude_deg, longitude_deg, told.latitude_deg, told.longitude_deg) < STEP_M
    again = rough(told.latitude_deg, told.longitude_deg, told.altitude_wgs84_m)
    assert again is not None
    assert distance_m(again.latitude_deg, again.longitude_deg, told.latitude_deg, told.longitude_deg) < 20, "told again it tells no more"


def test_no_place_has_no_rough_one() -> None:
    assert rough(91.0, 0.0, None) is None
    assert rough(1e300, 1e300, 1e308) is None


def test_who_it_approaches_is_not_public() -> None:
    facts = (Fact("approaches", 74.0, "s", "74 s from J. Doe's house", "J. Doe's house"),)
    told = Redaction("public", b"k").way([replace(flown(1), behaviour=facts)])[0].behaviour
    assert told == (Fact("approaches", 74.0, "s"),)


@pytest.mark.parametrize("role", ["public", "operator"])
def test_evidence_about_an_operator_is_for_investigators(role: Any) -> None:
    doubts = (Suspicion("operator_id_form", 0.2, "BELx is no operator number"), Suspicion("serial_form", 0.4, "1234 is no serial number"))
    told = Redaction(role, b"k").way([replace(flown(1), suspicions=doubts)])[0].suspicions
    assert [one.name for one in told] == ["operator_id_form", "serial_form"]
    assert told[0].evidence == ""
    assert bool(told[1].evidence) == (role == "operator")


def test_names_of_other_sensors_are_names_too() -> None:
    target = Target(label="aeroplane", ids=(TargetId("registration", "OO-ABC"),))
    said = Redaction("public", b"k").way([replace(heard(1), target=target)])[0].target
    assert said is not None
    assert said.ids[0].value == Redaction("public", b"k").pseudonym("OO-ABC") != Redaction("public", b"l").pseudonym("OO-ABC")
