"""Where the vehicle's front points: between readings, ahead of them, while it stands, and when devices go wrong."""

from __future__ import annotations

from itertools import pairwise
from math import inf, nan
from random import Random

import pytest
from msgspec.structs import replace

from edge_node.messages import AttitudeFix, PositionFix
from edge_node.pose.angles import MOST_READINGS, Angles, Reading
from edge_node.pose.course import Course
from edge_node.pose.doubt import Doubt
from edge_node.pose.gyro import Gyro
from edge_node.pose.pose import Pose
from tests.edge_node.pose.trips import fix, gyro, north, ns
from tools.simulate.trip import Trip


def reading(t_s: float, angle_deg: float, sigma_deg: float = 0.5) -> Reading:
    return Reading(ns(t_s), angle_deg, sigma_deg)


def angles(*readings: tuple[float, float]) -> Angles:
    made = Angles()
    for t_s, angle_deg in readings:
        made.take(reading(t_s, angle_deg))
    return made


def test_between_readings_it_goes_the_shorter_way_round() -> None:
    found = angles((0, 340.0), (1, 350.0), (2, 0.0), (3, 10.0)).at(ns(1.75))
    assert found is not None
    assert found.angle_deg == pytest.approx(357.5)
    assert found.rate_dps == pytest.approx(10.0)
    assert 0.5 <= found.sigma_deg < 0.7


def test_ahead_it_goes_on_and_is_less_sure_with_every_moment() -> None:
    turning = angles((0.0, 0.0), (0.5, 10.0), (1.0, 20.0))
    found = [turning.at(ns(1.0 + ahead_s)) for ahead_s in (0.1, 0.5, 1.0, 1.9)]
    sigmas = [one.sigma_deg for one in found if one]
    assert found[1] is not None
    assert found[1].angle_deg == pytest.approx(30.0)
    assert all(one < other for one, other in pairwise(sigmas))
    assert turning.at(ns(3.1)) is None
    calm = turning.at(ns(1.5), calm=True)
    assert calm is not None
    assert (calm.angle_deg, calm.sigma_deg) == (20.0, pytest.approx(0.5, abs=0.01))


def test_before_the_first_and_in_gaps_nothing_is_known() -> None:
    known = angles((0.0, 0.0), (5.0, 10.0))
    assert known.at(ns(-0.1)) is None
    assert known.at(ns(2.5)) is None


@pytest.mark.parametrize("bad", [nan, inf, -inf])
def test_what_is_no_number_or_out_of_order_is_passed_over_and_history_is_bounded(bad: float) -> None:
    made = angles((0.0, 1.0))
    assert not made.take(reading(1.0, bad))
    assert not made.take(reading(1.0, 1.0, bad))
    assert not made.take(reading(-1.0, 1.0))
    for number in range(2 * MOST_READINGS):
        made.take(reading(1.0 + number, 5.0))
    assert len(made._times) == MOST_READINGS


def test_a_gyro_without_a_north_is_no_heading_and_drifts_with_one() -> None:
    made = Gyro()
    for number in range(20):
        made.take(Reading(ns(number / 20), 10.0, 0.3))
    assert made.at(ns(0.95)) is None
    assert made.align(reading(0.9, 100.0, 1.0))
    then = made.at(ns(0.95))
    for number in range(20, 20 * 240):
        made.take(Reading(ns(number / 20), 10.0, 0.3))
    later = made.at(ns(239.9))
    assert then is not None
    assert later is not None
    assert later.angle_deg == pytest.approx(100.0)
    assert later.sigma_deg == pytest.approx(then.sigma_deg + 2.0, abs=0.15)


def test_a_gyro_that_began_anew_asks_for_a_north_again() -> None:
    made = Gyro()
    made.take(reading(0.0, 100.0))
    made.align(reading(0.0, 30.0))
    made.take(reading(0.05, 0.0))
    assert made.at(ns(0.05)) is None


def test_a_gyro_refuses_a_stray_north_and_believes_one_that_stays() -> None:
    made = Gyro()
    for number in range(200):
        made.take(Reading(ns(number / 20), 0.0, 0.3))
    made.align(reading(0.0, 0.0, 1.0))
    assert not made.align(reading(1.0, 90.0, 1.0))
    assert made.align(reading(2.0, 0.5, 1.0))
    assert [made.align(reading(3.0 + number, 90.0, 1.0)) for number in range(6)] == [False] * 5 + [True]


def test_a_heading_that_leaps_is_doubted_until_it_stays() -> None:
    doubt = Doubt()
    assert doubt.believes(reading(0.0, 10.0), 5.0)
    assert not doubt.believes(reading(0.1, 200.0), 5.0)
    assert doubt.trouble == "the heading jumps"
    assert doubt.believes(reading(0.2, 11.0), 5.0)
    assert doubt.trouble == ""
    assert [doubt.believes(reading(0.3 + k / 10, 200.0 + k), 5.0) for k in range(5)] == [False] * 4 + [True]


def test_a_heading_that_stands_still_while_the_vehicle_drives_is_frozen() -> None:
    doubt = Doubt()
    assert all(doubt.believes(reading(t_s, 10.0), 0.0) for t_s in range(60))
    believed = [doubt.believes(reading(t_s, 10.0), 8.0) for t_s in range(60, 80)]
    assert believed == [True] * 9 + [False] * 11
    assert doubt.trouble == "the heading is frozen"
    assert doubt.believes(reading(80, 10.3), 8.0)


def moving(t_s: float, course_deg: float | None, speed_mps: float | None) -> PositionFix:
    return PositionFix(t_mono_ns=ns(t_s), has_fix=True, latitude_deg=1.0, longitude_deg=1.0, course_deg=course_deg, speed_mps=speed_mps)


def test_a_course_is_a_heading_only_of_who_drives_ahead() -> None:
    course = Course()
    assert course.heading(moving(0, 10.0, 1.0)) is None
    assert course.heading(moving(0, None, 9.0)) is None
    assert course.heading(moving(0, nan, 9.0)) is None
    slow, fast = course.heading(moving(1, 10.0, 3.0)), course.heading(moving(2, 10.0, 20.0))
    assert slow is not None
    assert fast is not None
    assert slow.sigma_deg > 6
    assert fast.sigma_deg < 3.2
    assert course.heading(moving(9, 190.0, 4.0)) is None
    assert course.reverses
    assert course.heading(moving(10, 195.0, 9.0)) is not None


def parked(devices: tuple[str, ...]) -> Pose:
    """Drives for ten seconds, then stands for five minutes."""
    pose, trip, chance = Pose(), Trip(straight_s=100.0), Random(2)
    for number in range(310 * 20):
        t_s = number / 20
        going = replace(trip.at(min(t_s, 10.0)), speed_mps=8.0 if t_s < 10 else 0.0)
        if "imu" in devices:
            pose.hear_attitude(gyro(going, t_s, chance))
        if number % 20 == 0:
            pose.hear_fix(fix(going, t_s, chance))
    return pose


@pytest.mark.parametrize("devices", [(), ("imu",)])
def test_who_stands_keeps_the_heading_of_before(devices: tuple[str, ...]) -> None:
    pose = parked(devices)
    stand = pose.at(ns(309.5))
    assert stand is not None
    assert stand.heading_deg == pytest.approx(20.0, abs=5.0)
    assert stand.sigma_heading_deg < 8
    assert pose.at(ns(330.0)) is None, "nobody says any more that it stands"


def test_who_is_pushed_about_while_it_stands_has_the_gyro_s_heading() -> None:
    pose, chance = parked(("imu",)), Random(3)
    going = Trip(straight_s=100.0).at(10.0)
    for number in range(100):
        pose.hear_attitude(gyro(replace(going, heading_deg=20.0 + number * 0.6), 310 + number / 20, chance))
        if number % 20 == 0:
            pose.hear_fix(fix(replace(going, speed_mps=0.0), 310 + number / 20, chance))
    stand = pose.at(ns(314.95))
    assert stand is not None
    assert stand.heading_deg == pytest.approx(79.4, abs=6.0)
    assert stand.source == "gyro"


def test_no_tilt_is_a_level_vehicle_that_nobody_vouches_for() -> None:
    pose = Pose()
    pose.hear_attitude(AttitudeFix(t_mono_ns=ns(0), sensor="x", heading_deg=10.0, heading_kind="true", sigma_heading_deg=1.0))
    stand = pose.at(ns(0))
    assert stand is not None
    assert (stand.pitch_deg, stand.roll_deg, stand.sigma_tilt_deg) == (0.0, 0.0, None)


def test_troubles_are_named_and_heal() -> None:
    pose, going, chance = Pose(), Trip().at(0.0), Random(1)
    pose.hear_attitude(AttitudeFix(t_mono_ns=ns(0), sensor="compass", trouble="no heading"))
    assert pose.words(ns(0)) == "no heading: bearings count from the vehicle's front, compass: no heading"
    pose.hear_attitude(replace(north(going, 1.0, chance), sensor="compass", heading_deg=20.0))
    assert pose.words(ns(1.0)) == "heading 20° ± 0.4°"


def test_nonsense_is_no_pose() -> None:
    pose = Pose()
    for angle_deg, sigma_deg in ((nan, 1.0), (inf, 1.0), (10.0, nan), (10.0, -1.0), (10.0, 0.0)):
        pose.hear_attitude(
            AttitudeFix(
                t_mono_ns=ns(0),
                heading_deg=angle_deg,
                heading_kind="true",
                sigma_heading_deg=sigma_deg,
                pitch_deg=nan,
                roll_deg=inf,
                sigma_tilt_deg=1.0,
            )
        )
    pose.hear_fix(moving(0, nan, inf))
    assert pose.at(ns(0)) is None
