"""What a gateway makes of the wire is what the node said."""

from __future__ import annotations

from math import isnan
from random import Random

import pytest
from hypothesis import given
from msgspec.structs import replace

from edge_node.gateway import heard
from edge_node.gateway.picture import FORGET_NS, MOST_TRACKS, Picture
from edge_node.interop.readings import position
from edge_node.messages import Bearing, Fact, Target, TargetId, Track
from edge_node.publish import wire
from tests.edge_node.interop import hostile
from tests.edge_node.interop.scene import flown
from tests.edge_node.interop.scene import heard as listened
from tests.edge_node.publish.scene import CLOCK, NOW_NS, bearing_track, full_track, link_track

NOW_UTC_NS = CLOCK.utc_ns(NOW_NS)


def back(track: Track) -> Track:
    (said,) = wire.decode_tracks(wire.encode_tracks([track], CLOCK, 7, 9, NOW_NS))["tracks"]
    return heard.track(said, NOW_UTC_NS)


@pytest.mark.parametrize("seed", range(10))
def test_a_place_comes_back_with_its_ellipse(seed: int) -> None:
    track = full_track(seed, Random(seed))
    said, told = position(back(track).kinematics), position(track.kinematics)
    assert said is not None
    assert told is not None
    assert said[:3] == (pytest.approx(told[0], abs=1e-7), pytest.approx(told[1], abs=1e-7), pytest.approx(told[2], abs=0.06))
    assert said.sigma_major_m == pytest.approx(told.sigma_major_m, abs=0.11)
    assert said.sigma_minor_m == pytest.approx(told.sigma_minor_m, abs=0.11)
    if told.sigma_major_m is not None and told.sigma_minor_m is not None and told.sigma_major_m > 1.2 * told.sigma_minor_m:
        assert abs(((said.major_axis_deg or 0) - (told.major_axis_deg or 0) + 90) % 180 - 90) <= 3
    assert back(track).identity == replace(
        track.identity,
        height_m=pytest.approx(track.identity.height_m, abs=0.06),
        operator_latitude_deg=pytest.approx(track.identity.operator_latitude_deg, abs=1e-5),
        operator_longitude_deg=pytest.approx(track.identity.operator_longitude_deg, abs=1e-5),
        operator_altitude_wgs84_m=pytest.approx(track.identity.operator_altitude_wgs84_m, abs=0.06),
    )


def test_a_bearing_a_link_and_a_judgement_come_back() -> None:
    track = bearing_track(1, Random(1))
    assert isinstance(back(track).bearing, Bearing)
    assert back(track).bearing == replace(
        track.bearing,
        **{
            name: pytest.approx(getattr(track.bearing, name), abs=0.011)
            for name in (
                "azimuth_deg",
                "elevation_deg",
                "azimuth_rate_dps",
                "elevation_rate_dps",
                "sigma_azimuth_deg",
                "sigma_elevation_deg",
            )
        },
    )
    assert back(link_track(3)).emission == link_track(3).emission
    judged = replace(
        listened(1),
        behaviour=(Fact("loiters", 40.0, "m", "for 30 s", None),),
        existence=0.9,
        target=Target(label="bird", ids=(TargetId("callsign", "AB1"),)),
    )
    assert (back(judged).behaviour, back(judged).existence, back(judged).label, back(judged).probabilities) == (
        judged.behaviour,
        0.9,
        "multirotor",
        {"multirotor": 0.8},
    )
    assert back(judged).target == judged.target
    assert back(judged).sound == judged.sound


def test_what_the_wire_leaves_out_is_unknown() -> None:
    track = flown(1)
    assert track.kinematics is not None
    bare = replace(track, kinematics=replace(track.kinematics, covariance=(), velocity_east_mps=float("nan")))
    said = back(bare).kinematics
    assert said is not None
    assert said.covariance == ()
    assert isnan(said.velocity_east_mps)


@hostile.patient
@given(hostile.tracks)
def test_nothing_that_a_node_can_say_does_harm(track: Track) -> None:
    for said in wire.decode_tracks(wire.encode_tracks([track], CLOCK, 7, 9, NOW_NS))["tracks"]:
        heard.track(said, NOW_UTC_NS)


def batch(epoch: int, seq: int, *numbers: int, t_utc_ns: int = NOW_UTC_NS) -> dict[str, object]:
    now_ns = t_utc_ns - CLOCK.offset_ns
    made = [replace(flown(1, number=number), t_mono_ns=now_ns, last_seen_mono_ns=now_ns) for number in numbers]
    return wire.decode(b"t/01234567", wire.encode_tracks(made, CLOCK, epoch, seq, now_ns))


def test_each_sink_is_told_what_is_new_to_it_and_nothing_old() -> None:
    picture = Picture()
    picture.take("roof", "01234567", batch(1, 0, 1, 2), NOW_UTC_NS)
    view = picture.views["01234567"]
    assert [one.track.number for one in view.new_since(0, NOW_UTC_NS)] == [1, 2]
    seen = view.serial
    picture.take("roof", "01234567", batch(1, 1, 2), NOW_UTC_NS)
    assert [one.track.number for one in view.new_since(seen, NOW_UTC_NS)] == [2]
    assert view.new_since(0, NOW_UTC_NS + 6 * 10**9) == [], "an hour's backlog is no picture of now"
    picture.take("roof", "01234567", batch(2, 0, 1), NOW_UTC_NS)
    assert [one.track.number for one in view.new_since(0, NOW_UTC_NS)] == [1], "another run numbers anew"


def test_a_node_whose_clock_nobody_vouches_for_is_told_by_the_gateway_s() -> None:
    astray = batch(1, 0, 1) | {"clock_sigma_s": None}
    picture, now_ns = Picture(), NOW_UTC_NS + 3_600 * 10**9
    picture.take("roof", "01234567", astray, now_ns)
    (moment,) = picture.views["01234567"].new_since(0, now_ns)
    assert moment.t_utc_ns == now_ns
    assert picture.views["01234567"].new_since(0, now_ns + 2 * 10**9, 10**9) == []


def test_its_memory_is_bounded() -> None:
    picture = Picture()
    for begin in range(0, MOST_TRACKS + 200, 100):
        picture.take("roof", "01234567", batch(1, begin, *range(begin, begin + 100)), NOW_UTC_NS)
    view = picture.views["01234567"]
    assert len(view.new_since(0, NOW_UTC_NS)) == MOST_TRACKS
    later = NOW_UTC_NS + FORGET_NS + 10**9
    picture.take("roof", "01234567", batch(1, 9999, 1, t_utc_ns=later), later)
    assert len(view.new_since(0, later)) == 1
