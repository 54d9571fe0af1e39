"""What any other sensor says: a track by its own number or address, moved by the motion filter, and nothing that breaks it."""

from __future__ import annotations

from math import inf, isfinite, nan
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.messages import BearingDetection, PositionDetection, TargetDetection, TargetId, TargetIdKind, TargetLabel, Track, TrackEvent
from tests.edge_node.fusion.air import DEGREE_M, HOME, SECOND, hear, kinds, tracker

ICAO = TargetId("icao_address", "3C6444")
MOST_TRACKS = 5


def placed(t_s: float, north_m: float = 0.0, **fields: Any) -> PositionDetection:
    """A target north of home."""
    stated: dict[str, Any] = {"latitude_deg": HOME[0] + north_m / DEGREE_M, "longitude_deg": HOME[1], "sigma_horizontal_m": 10.0}
    stated |= {"sensor": "radar", "probabilities": {"multirotor": 0.8, "bird": 0.1}}
    return PositionDetection(t_mono_ns=round(t_s * SECOND), **(stated | fields))


def pointed(t_s: float, azimuth_deg: float = 40.0, **fields: Any) -> BearingDetection:
    """A target in a direction."""
    stated: dict[str, Any] = {"sensor": "finder", "track": 1, "sigma_azimuth_deg": 2.0}
    return BearingDetection(t_mono_ns=round(t_s * SECOND), azimuth_deg=azimuth_deg, **(stated | fields))


def only(tracks: Tracker) -> Track:
    (track,) = tracks.tracks()
    return track


def test_a_radars_target_becomes_a_track_that_moves() -> None:
    tracks = tracker()
    events = hear(tracks, *(placed(second, 12.0 * second, track=7, rcs_dbsm=-18.0, snr_db=14.0) for second in range(10)))
    assert kinds(events) == ["new", "confirmed"]
    track = only(tracks)
    assert track.kinematics is not None
    assert track.target is not None
    assert track.kinematics.velocity_north_mps == pytest.approx(12.0, abs=1.0)
    assert track.kinematics.altitude_wgs84_m is None
    assert (track.target.label, track.target.label_probability) == ("multirotor", 0.8)
    assert (track.target.probability, track.target.rcs_dbsm, track.target.snr_db) == (0.8, -18.0, 14.0)
    assert (track.target.cooperative, track.sensors, track.identity) == (False, ("radar",), None)


def test_an_airliner_does_not_jump_though_nobody_tells_its_speed() -> None:
    tracks = tracker()
    hear(tracks, *(placed(second, 250.0 * second, ids=(ICAO,), probabilities={"aeroplane": 0.95}) for second in range(8)))
    track = only(tracks)
    assert tracks.counters.jumps == 0
    assert track.kinematics is not None
    assert track.kinematics.velocity_north_mps == pytest.approx(250.0, rel=0.03)


def test_two_receivers_of_one_address_make_one_track_and_it_comes_back() -> None:
    tracks = tracker()
    call = TargetId("callsign", "DLH4AB")
    hear(tracks, placed(0, ids=(ICAO, call), sensor="roof"), placed(1, ids=(ICAO,), sensor="mast"), placed(2, ids=(ICAO,), sensor="roof"))
    track = only(tracks)
    assert track.target is not None
    assert (track.sensors, track.target.ids) == (("roof", "mast"), (ICAO, call))
    assert kinds(tracks.advance(30 * SECOND)) == ["lost"]
    hear(tracks, placed(31, ids=(ICAO,), sensor="roof"))
    assert (only(tracks).number, only(tracks).state) == (track.number, "confirmed")


def test_one_address_at_two_places_is_flagged() -> None:
    tracks = tracker()
    hear(tracks, *(placed(t / 2, 40_000.0 * (t % 2), ids=(ICAO,)) for t in range(6)))
    assert "position_jump" in only(tracks).flags
    assert tracks.counters.jumps > 0


def test_a_number_that_comes_back_elsewhere_or_under_another_address_is_another_target() -> None:
    tracks = tracker()
    hear(tracks, placed(0, track=1), placed(4, 50_000.0, track=1), placed(5, 50_000.0, track=1, ids=(ICAO,)))
    hear(tracks, placed(6, 50_000.0, track=1, ids=(TargetId("icao_address", "4B1234"),)))
    assert [track.number for track in tracks.tracks()] == [1, 2, 3]


def test_what_is_known_by_a_callsign_alone_or_by_nothing_makes_no_track() -> None:
    tracks = tracker()
    assert hear(tracks, placed(0), placed(0, ids=(TargetId("callsign", "A"),)), placed(0, ids=(TargetId("icao_address", ""),))) == []
    assert tracks.counters.malformed == 3


def test_a_direction_finders_target_becomes_a_track_without_a_place() -> None:
    tracks = tracker()
    hear(tracks, *(pointed(second, 359.0 + second, elevation_deg=5.0, sigma_elevation_deg=3.0, sigma_pose_deg=1.0) for second in range(4)))
    track = only(tracks)
    assert track.bearing is not None
    assert (track.bearing.azimuth_deg - 2.0 + 180) % 360 - 180 == pytest.approx(0.0, abs=track.bearing.sigma_azimuth_deg)
    assert track.bearing.elevation_deg == pytest.approx(5.0, abs=0.2)
    assert track.bearing.sigma_pose_deg == pytest.approx(1.0, abs=0.1)
    assert (track.state, track.kinematics) == ("confirmed", None)
    assert track.target is not None
    assert (track.target.label, track.target.probability) == ("unknown", None)


def test_what_may_be_either_drone_is_a_drone_of_an_unknown_kind() -> None:
    tracks = tracker()
    hear(tracks, placed(0, track=1, probabilities={"multirotor": 0.5, "fixed_wing": 0.5, "dragon": 0.9}))
    target = only(tracks).target
    assert target is not None
    assert (target.label, target.probability, target.probabilities) == ("unknown", 1.0, {"multirotor": 0.5, "fixed_wing": 0.5})


WRONG = [
    {"latitude_deg": nan},
    {"latitude_deg": 90.1},
    {"longitude_deg": inf},
    {"sigma_horizontal_m": 0.0},
    {"sigma_horizontal_m": nan},
    {"sigma_horizontal_m": 1e9},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_place_that_is_none_is_counted_and_no_track(wrong: dict[str, Any]) -> None:
    tracks = tracker()
    assert hear(tracks, placed(0, track=1, **wrong)) == []
    assert tracks.counters.malformed == 1


def test_a_direction_that_is_none_is_counted_and_no_track() -> None:
    tracks = tracker()
    assert hear(tracks, pointed(0, nan), pointed(0, sigma_azimuth_deg=-1.0), pointed(0, sigma_azimuth_deg=nan)) == []
    assert tracks.counters.malformed == 3


common: dict[str, Any] = {
    "t_mono_ns": st.integers(0, 30 * SECOND),
    "sensor": st.sampled_from(["", "radar"]),
    "track": st.none() | st.integers(0, 4),
    "ids": st.lists(st.builds(TargetId, st.sampled_from(get_args(TargetIdKind)), st.text(max_size=80)), max_size=6).map(tuple),
    "probabilities": st.dictionaries(st.sampled_from([*get_args(TargetLabel), "dragon"]), st.floats()),
    "category": st.none() | st.text(max_size=40),
    "snr_db": st.none() | st.floats(),
}
places = st.builds(
    PositionDetection,
    latitude_deg=st.floats(-91, 91) | st.floats(),
    longitude_deg=st.floats(-181, 181) | st.floats(),
    sigma_horizontal_m=st.floats(-1, 1e5) | st.floats(),
    altitude_wgs84_m=st.none() | st.floats(),
    sigma_vertical_m=st.none() | st.floats(),
    altitude_baro_m=st.none() | st.floats(),
    velocity_east_mps=st.none() | st.floats(),
    velocity_north_mps=st.none() | st.floats(),
    velocity_up_mps=st.none() | st.floats(),
    sigma_velocity_mps=st.none() | st.floats(),
    rcs_dbsm=st.none() | st.floats(),
    **common,
)
bearings = st.builds(
    BearingDetection,
    azimuth_deg=st.floats(),
    sigma_azimuth_deg=st.floats(),
    elevation_deg=st.none() | st.floats(),
    sigma_elevation_deg=st.none() | st.floats(),
    **common,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(places | bearings | st.integers(0, 60 * SECOND), max_size=40))
def test_nothing_that_is_said_breaks_it(steps: list[TargetDetection | int]) -> None:
    tracks, events = Tracker(TrackingTable(max_tracks=MOST_TRACKS)), list[TrackEvent]()
    for step in steps:
        events += tracks.advance(step) if isinstance(step, int) else tracks.update(step)
        assert len(tracks.tracks()) <= MOST_TRACKS
        assert set(tracks.roster.numbered.values()) <= {track.number for track in tracks.tracks()}
    for track in [event.track for event in events] + tracks.tracks():
        target, moving = track.target, track.kinematics
        assert target is not None
        assert len(target.ids) <= 4
        assert sum(target.probabilities.values()) <= 1.0 + 1e-9
        told = (target.probability, target.label_probability, target.altitude_baro_m, target.rcs_dbsm, target.snr_db)
        assert all(isfinite(value) for value in told if value is not None)
        assert moving is None or all(map(isfinite, (moving.latitude_deg, moving.longitude_deg, *moving.covariance)))
