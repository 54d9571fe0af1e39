"""What becomes of what a camera sees: whose it is, when it is believed, and what of it is shown."""

from __future__ import annotations

from math import inf, isfinite, nan
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.messages import Bearing, CameraDetection, Sight, SightLabel, Track, TrackEvent
from tests.edge_node.fusion.air import SECOND, hear, kinds, tracker
from tests.edge_node.fusion.test_sounding import heard

MOST_TRACKS = 5
RATE_HZ = 30


def seen(t_s: float, number: int = 1, **fields: Any) -> CameraDetection:
    """One detection of a camera at a time in seconds."""
    bearing = {"azimuth_deg": 120.0, "elevation_deg": 30.0, "sigma_azimuth_deg": 0.1, "sigma_elevation_deg": 0.05}
    stated: dict[str, Any] = {"frame": round(t_s * RATE_HZ), "box": (10.0, 20.0, 8.0, 6.0), "label": "drone", "probability": 0.9}
    stated |= {"probabilities": {"drone": 0.9, "bird": 0.06}, "snr": 9.0, "sensor": "mast"}
    return CameraDetection(t_mono_ns=round(t_s * SECOND), track=number, **(bearing | stated | fields))


def watched(seconds: float, number: int = 1, begin_s: float = 0.0, **fields: Any) -> list[CameraDetection]:
    """The same in every picture of so many seconds."""
    return [seen(begin_s + frame / RATE_HZ, number, **fields) for frame in range(round(seconds * RATE_HZ))]


def only(tracks: list[Track]) -> Track:
    (track,) = tracks
    return track


def test_the_life_of_a_sight() -> None:
    tracks = tracker()
    assert kinds(hear(tracks, *watched(1.0))) == ["new", "confirmed"]
    assert kinds(tracks.advance(round(16.5 * SECOND))) == ["lost"]
    assert kinds(hear(tracks, seen(17))) == ["new"]
    tracks.advance(200 * SECOND)
    assert (tracks.tracks(), tracks.roster.numbered) == ([], {})


def test_a_vehicle_s_bearing_that_becomes_true_is_of_the_same_object() -> None:
    tracks = tracker()
    hear(tracks, *watched(1.0, reference="vehicle", azimuth_deg=10.0))
    assert (only(tracks.tracks()).bearing or Bearing(azimuth_deg=0, elevation_deg=0, sigma_azimuth_deg=1)).reference == "vehicle"
    assert kinds(hear(tracks, seen(4.0, azimuth_deg=250.0))) == []
    bearing = only(tracks.tracks()).bearing
    assert bearing is not None
    assert (bearing.reference, bearing.azimuth_deg) == ("true_north", 250.0)


def test_a_track_shows_the_bearing_and_the_sight_as_they_were_said_last() -> None:
    tracks = tracker()
    said = seen(1, azimuth_deg=-0.5, sigma_pose_deg=1.5, size_deg=0.4, range_m=310.0, sigma_range_m=90.0, temperature_k=301.2)
    hear(tracks, seen(0), said)
    track = only(tracks.tracks())
    assert track.bearing == Bearing(
        azimuth_deg=359.5, elevation_deg=30.0, sigma_azimuth_deg=0.1, sigma_elevation_deg=0.05, sigma_pose_deg=1.5
    )
    assert track.sight == Sight(
        label="drone",
        probability=0.9,
        label_probability=0.9,
        probabilities={"drone": 0.9, "bird": 0.06},
        snr=9.0,
        size_deg=0.4,
        range_m=310.0,
        sigma_range_m=90.0,
        temperature_k=301.2,
    )
    assert (track.t_mono_ns, track.last_seen_mono_ns, track.sensors) == (SECOND, SECOND, ("mast",))
    assert track.identity is track.kinematics is track.sound is None


@pytest.mark.parametrize("label", ["bird", "aeroplane", "helicopter", "balloon", "unknown"])
def test_what_is_no_drone_has_a_track_that_says_so(label: SightLabel) -> None:
    tracks = tracker()
    hear(tracks, *watched(0.5, label=label, probability=0.02))
    track = only(tracks.tracks())
    assert track.sight is not None
    assert (track.sight.label, track.sight.probability, track.state) == (label, 0.02, "confirmed")


def test_an_insect_begins_no_track_but_what_becomes_one_says_so() -> None:
    tracks = tracker()
    assert hear(tracks, *watched(1.0, label="insect")) == []
    assert (tracks.tracks(), tracks.counters.passed_over) == ([], RATE_HZ)
    hear(tracks, *watched(1.0, 2, label="unknown"), seen(1.0, 2, label="insect"))
    track = only(tracks.tracks())
    assert track.sight is not None
    assert track.sight.label == "insect"


def test_what_is_only_predicted_begins_nothing_confirms_nothing_and_keeps_nothing_alive() -> None:
    tracks = tracker()
    assert hear(tracks, *watched(1.0, predicted=True)) == []
    hear(tracks, seen(1.0), *watched(3.0, begin_s=1.1, azimuth_deg=125.0, predicted=True))
    track = only(tracks.tracks())
    assert track.sight is not None
    assert track.bearing is not None
    assert (track.state, track.sight.predicted, track.bearing.azimuth_deg) == ("tentative", True, 125.0)
    assert (track.last_seen_mono_ns, track.t_mono_ns > 4 * SECOND) == (SECOND, True)
    assert kinds(tracks.advance(round(6.5 * SECOND))) == ["lost"]


def test_a_sound_and_a_sight_of_one_number_are_two_tracks() -> None:
    tracks = tracker()
    hear(tracks, heard(0), seen(0), heard(0.5), seen(0.5))
    one, two = tracks.tracks()
    assert (one.sound is None, one.sight is None) == (False, True)
    assert (two.sound is None, two.sight is None) == (True, False)


def test_a_camera_that_began_anew_sees_another_object_under_an_old_number() -> None:
    tracks = tracker()
    hear(tracks, *watched(1.0))
    assert kinds(hear(tracks, seen(4.0, azimuth_deg=300.0))) == ["new"]
    assert kinds(hear(tracks, seen(7.0, azimuth_deg=303.0))) == []


def test_without_a_bearing_there_is_a_sight_all_the_same() -> None:
    tracks = tracker()
    hear(tracks, seen(0, azimuth_deg=None, elevation_deg=None, sigma_azimuth_deg=None, sigma_elevation_deg=None))
    track = only(tracks.tracks())
    assert (track.bearing, track.sight is None) == (None, False)


@pytest.mark.parametrize("hint", [{"range_m": 100.0}, {"sigma_range_m": 9.0}, {"range_m": nan, "sigma_range_m": 9.0}])
def test_a_range_is_one_with_its_error_or_none(hint: dict[str, float]) -> None:
    tracks = tracker()
    hear(tracks, seen(0, **hint))
    sight = only(tracks.tracks()).sight
    assert sight is not None
    assert (sight.range_m, sight.sigma_range_m) == (None, None)


@pytest.mark.parametrize("wrong", [{"probability": nan}, {"snr": -inf}, {"box": (0.0, nan, 1.0, 1.0)}])
def test_what_is_no_number_is_counted_and_no_track(wrong: dict[str, Any]) -> None:
    tracks = tracker()
    assert hear(tracks, seen(0, **wrong)) == []
    assert (tracks.tracks(), tracks.counters.malformed) == ([], 1)


def test_labels_that_nobody_knows_are_left_out() -> None:
    tracks = tracker()
    hear(tracks, seen(0, probabilities={f"x{number}": 0.1 for number in range(1000)} | {"drone": 0.5}))
    sight = only(tracks.tracks()).sight
    assert sight is not None
    assert sight.probabilities == {}


angle = st.none() | st.floats(-720, 720) | st.floats()
detections = st.builds(
    CameraDetection,
    t_mono_ns=st.integers(0, 30 * SECOND),
    sensor=st.sampled_from(["", "mast", "roof"]),
    frame=st.integers(0, 100),
    track=st.integers(0, 6),
    box=st.tuples(*[st.floats()] * 4),
    label=st.sampled_from(get_args(SightLabel)),
    probability=st.floats(),
    probabilities=st.dictionaries(st.sampled_from(["drone", "bird", "x"]), st.floats()),
    snr=st.floats(-1e3, 1e3),
    azimuth_deg=angle,
    elevation_deg=angle,
    sigma_azimuth_deg=angle,
    sigma_elevation_deg=angle,
    sigma_pose_deg=angle,
    size_deg=angle,
    range_m=angle,
    sigma_range_m=angle,
    temperature_k=angle,
    predicted=st.booleans(),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(detections | st.integers(0, 60 * SECOND), max_size=50))
def test_nothing_that_is_seen_breaks_it(steps: list[CameraDetection | int]) -> None:
    tracks, events = Tracker(TrackingTable(max_tracks=MOST_TRACKS)), list[TrackEvent]()
    for step in steps:
        events += tracks.advance(step) if isinstance(step, int) else tracks.update(step)
        assert len(tracks.tracks()) <= MOST_TRACKS
        assert set(tracks.roster.numbered.values()) <= {track.number for track in tracks.tracks()}
    for track in [event.track for event in events] + tracks.tracks():
        assert track.sight is not None
        told = (track.sight.probability, *track.sight.probabilities.values())
        assert all(0 <= probability <= 1 for probability in told)
        hints = (track.sight.size_deg, track.sight.range_m, track.sight.sigma_range_m, track.sight.temperature_k)
        assert all(isfinite(hint) and hint > 0 for hint in hints if hint is not None)
        if track.bearing is not None:
            assert 0 <= track.bearing.azimuth_deg <= 360
            assert (track.bearing.elevation_deg is None) == (track.bearing.sigma_elevation_deg is None)
