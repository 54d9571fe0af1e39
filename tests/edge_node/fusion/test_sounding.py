"""What becomes of a drone that is heard: whose it is, when it is believed, and what of it is shown."""

from __future__ import annotations

from math import cos, inf, isfinite, nan, radians
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.messages import AcousticDetection, Sound, Track, TrackEvent
from tests.edge_node.fusion.air import SECOND, hear, kinds, northward, tracker

MOST_TRACKS = 5


def heard(t_s: float, number: int = 1, **fields: Any) -> AcousticDetection:
    """One detection of an array at a time in seconds."""
    bearing = {"azimuth_deg": 120.0, "elevation_deg": 30.0, "sigma_azimuth_deg": 4.0, "sigma_elevation_deg": 5.0}
    stated: dict[str, Any] = {"label": "multirotor", "probability": 0.9, "level_db": -40.0, "snr_db": 6.0, "lag_s": 0.5, "sensor": "mast"}
    return AcousticDetection(t_mono_ns=round(t_s * SECOND), track=number, **(bearing | stated | fields))


def only(tracks: list[Track]) -> Track:
    (track,) = tracks
    return track


def test_the_life_of_a_sound() -> None:
    tracks = tracker()
    assert kinds(hear(tracks, heard(0), heard(0.5))) == ["new"]
    assert kinds(hear(tracks, heard(1.0))) == ["confirmed"]
    assert hear(tracks, heard(1.5)) == []
    assert kinds(tracks.advance(round(16.5 * SECOND))) == ["lost"]
    assert kinds(hear(tracks, heard(17))) == ["new"]
    assert [(track.number, track.state) for track in tracks.tracks()] == [(1, "lost"), (2, "tentative")]
    tracks.advance(200 * SECOND)
    assert (tracks.tracks(), tracks.roster.numbered) == ([], {})


def test_how_well_an_array_is_known_to_stand_is_no_random_error() -> None:
    tracks = tracker()
    hear(tracks, *(heard(second / 2, sigma_pose_deg=6.0) for second in range(40)))
    (track,) = tracks.tracks()
    assert track.bearing is not None
    assert track.bearing.sigma_pose_deg == pytest.approx(6.0 / cos(radians(30.0)), rel=0.15)
    assert track.bearing.sigma_azimuth_deg < 4.5


def test_a_track_shows_the_bearing_and_the_sound_as_they_were_said_last() -> None:
    tracks = tracker()
    said = heard(1, azimuth_deg=361.5, azimuth_rate_dps=2.0, elevation_rate_dps=-1.0, blade_pass_hz=142.0, level_reference="spl")
    hear(tracks, heard(0), said)
    track = only(tracks.tracks())
    assert track.bearing is not None
    assert asdict(track.bearing) == pytest.approx(
        {
            "azimuth_deg": 1.5,
            "elevation_deg": 30.0,
            "azimuth_rate_dps": 2.0,
            "elevation_rate_dps": -1.0,
            "sigma_azimuth_deg": 4.0,
            "sigma_elevation_deg": 5.0,
            "sigma_pose_deg": None,
            "reference": "true_north",
        }
    )
    assert track.sound == Sound(label="multirotor", probability=0.9, blade_pass_hz=142.0, level_db=-40.0, level_reference="spl", snr_db=6.0)
    assert (track.t_mono_ns, track.last_seen_mono_ns, track.sensors) == (SECOND, SECOND, ("mast",))
    assert track.identity is track.kinematics is None
    assert track.heard == ()


def test_a_single_microphone_makes_a_track_without_a_bearing_and_a_flat_array_one_without_elevation() -> None:
    mono = {"azimuth_deg": None, "elevation_deg": None, "sigma_azimuth_deg": None, "sigma_elevation_deg": None}
    tracks = tracker()
    hear(tracks, heard(0, 1, **mono), heard(0, 2, elevation_deg=None, sigma_elevation_deg=None))
    one, two = tracks.tracks()
    assert (one.bearing, one.sound is None) == (None, False)
    assert two.bearing is not None
    assert two.bearing.azimuth_deg == pytest.approx(120.0)
    assert (two.bearing.elevation_deg, two.bearing.sigma_elevation_deg) == (None, None)


def test_each_number_of_each_sensor_is_an_object_of_its_own_beside_those_with_remote_id() -> None:
    tracks = tracker()
    hear(tracks, heard(0, 1), heard(0, 2), heard(0, 1, sensor="roof"), northward(0), heard(0.5, 1))
    assert [(track.sensors, track.sound is None, track.identity is None) for track in tracks.tracks()] == [
        (("mast",), False, True),
        (("mast",), False, True),
        (("roof",), False, True),
        (("wifi",), True, False),
    ]


def test_a_sensor_that_began_anew_hears_another_object_under_an_old_number() -> None:
    tracks = tracker()
    hear(tracks, *(heard(t / 2) for t in range(4)))
    assert kinds(hear(tracks, heard(4.0, azimuth_deg=300.0, elevation_deg=10.0))) == ["new"]
    assert kinds(hear(tracks, heard(7.0, azimuth_deg=303.0, elevation_deg=12.0))) == []
    assert [track.number for track in tracks.tracks()] == [1, 2]


def test_what_is_heard_without_a_pause_may_turn_as_fast_as_it_likes() -> None:
    tracks = tracker()
    hear(tracks, *(heard(t / 2, azimuth_deg=(170.0 * t) % 360) for t in range(8)))
    assert only(tracks.tracks()).state == "confirmed"


def test_a_late_sound_says_nothing() -> None:
    tracks = tracker()
    hear(tracks, heard(2), heard(1, azimuth_deg=10.0))
    track = only(tracks.tracks())
    assert track.bearing is not None
    assert track.bearing.azimuth_deg == pytest.approx(120.0)
    assert tracks.counters.late == 1


def test_wind_is_no_reason_to_doubt_a_track() -> None:
    tracks = tracker()
    hear(tracks, heard(0, notes=("wind", "x" * 500)), heard(1))
    assert only(tracks.tracks()).flags == ()


@pytest.mark.parametrize("wrong", [{"probability": nan}, {"level_db": -inf}, {"snr_db": nan}])
def test_what_is_no_number_is_counted_and_no_track(wrong: dict[str, float]) -> None:
    tracks = tracker()
    assert hear(tracks, heard(0, **wrong)) == []
    assert (tracks.tracks(), tracks.counters.malformed) == ([], 1)


def test_more_sounds_than_there_is_room_for_leave_the_believed_alone() -> None:
    tracks = tracker(max_tracks=MOST_TRACKS)
    hear(tracks, *(northward(t, transmitter="genuine") for t in range(3)), *(heard(3, number) for number in range(1000)))
    assert len(tracks.tracks()) == MOST_TRACKS
    assert tracks.tracks()[0].number == 1
    assert len(tracks.roster.numbered) < MOST_TRACKS


angle = st.none() | st.floats(-720, 720) | st.floats()
detections = st.builds(
    AcousticDetection,
    t_mono_ns=st.integers(0, 30 * SECOND),
    sensor=st.sampled_from(["", "mast", "roof"]),
    track=st.integers(0, 6),
    label=st.sampled_from(["multirotor", "none"]),
    probability=st.floats(),
    azimuth_deg=angle,
    elevation_deg=angle,
    sigma_azimuth_deg=angle,
    sigma_elevation_deg=angle,
    azimuth_rate_dps=angle,
    blade_pass_hz=angle,
    level_db=st.floats(-1e3, 1e3),
    snr_db=st.floats(-1e3, 1e3),
    lag_s=st.just(1.0),
    notes=st.lists(st.text(max_size=80), max_size=3).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(detections | st.integers(0, 60 * SECOND), max_size=50))
def test_nothing_that_is_heard_breaks_it(steps: list[AcousticDetection | int]) -> None:
    tracks, events = Tracker(TrackingTable(max_tracks=MOST_TRACKS)), list[TrackEvent]()
    for step in steps:
        events += tracks.advance(step) if isinstance(step, int) else tracks.update(step)
        assert len(tracks.tracks()) <= MOST_TRACKS
        assert set(tracks.roster.numbered.values()) <= {track.number for track in tracks.tracks()}
    for track in [event.track for event in events] + tracks.tracks():
        assert track.sound is not None
        assert 0 <= track.sound.probability <= 1
        if track.bearing is not None:
            assert 0 <= track.bearing.azimuth_deg <= 360
            assert (track.bearing.elevation_deg is None) == (track.bearing.sigma_elevation_deg is None)
            said = (track.bearing.sigma_azimuth_deg, track.bearing.elevation_deg or 0, track.bearing.sigma_elevation_deg or 0)
            assert all(map(isfinite, said))
