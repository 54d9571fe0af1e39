"""What becomes of a drone's radio link: which begin a track, how a transmitter is known again, and what of it is shown."""

from __future__ import annotations

from math import inf, isfinite, nan
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.messages import Emission, LinkDetection, LinkKind, Track, TrackEvent
from tests.edge_node.fusion.air import SECOND, hear, kinds, tracker
from tests.edge_node.fusion.test_sounding import heard

MOST_TRACKS = 5


def received(t_s: float, number: int = 1, **fields: Any) -> LinkDetection:
    """One detection of a link at a time in seconds, which began 1 s before time 0."""
    stated: dict[str, Any] = {"link": "elrs_900", "alarm": True, "probability": 0.97, "center_hz": 866.425e6, "bandwidth_hz": 5e5}
    stated |= {"snr_db": 18.0, "level_dbfs": -40.0, "packet_rate_hz": 50.0, "channels_hz": (865.9e6, 866.425e6, 866.95e6)}
    stated |= {"carrier_offset_hz": 2_310.0, "first_mono_ns": -SECOND, "bursts": 40, "sensor": "mast"}
    stated |= {"parameters": {"mode": "50", "grid": "eu868", "spreading_factor": 8.0}}
    return LinkDetection(t_mono_ns=round(t_s * SECOND), track=number, **(stated | fields))


def lasting(seconds: float, number: int = 1, begin_s: float = 0.0, **fields: Any) -> list[LinkDetection]:
    """The same twice a second."""
    return [received(begin_s + k / 2, number, **fields) for k in range(round(2 * seconds))]


def only(tracks: list[Track]) -> Track:
    (track,) = tracks
    return track


def emission_of(tracks: list[Track]) -> Emission:
    emission = only(tracks).emission
    assert emission is not None
    return emission


def test_the_life_of_a_link() -> None:
    tracks = tracker()
    assert kinds(hear(tracks, *lasting(2))) == ["new", "confirmed"]
    assert kinds(tracks.advance(17 * SECOND)) == ["lost"]
    tracks.advance(200 * SECOND)
    assert (tracks.tracks(), tracks.roster.numbered) == ([], {})


def test_a_track_shows_the_link_as_it_was_said_last() -> None:
    tracks = tracker()
    hear(tracks, received(0), received(1, probability=0.9, snr_db=20.0))
    track = only(tracks.tracks())
    assert track.emission == Emission(
        link="elrs_900",
        probability=0.9,
        center_hz=866.425e6,
        bandwidth_hz=5e5,
        channels=3,
        span_hz=1.05e6,
        grid="eu868",
        snr_db=20.0,
        level_dbfs=-40.0,
        packet_rate_hz=50.0,
        carrier_offset_hz=2_310.0,
    )
    assert (track.first_seen_mono_ns, track.t_mono_ns, track.last_seen_mono_ns, track.sensors) == (-SECOND, SECOND, SECOND, ("mast",))
    assert (track.identity, track.kinematics, track.bearing, track.sound, track.sight) == (None,) * 5


@pytest.mark.parametrize("link", ["lorawan", "wmbus", "wifi", "lte", "unknown", "lora", "fsk", "radiosonde"])
def test_what_is_no_drones_begins_no_track(link: LinkKind) -> None:
    tracks = tracker()
    assert hear(tracks, *lasting(5, link=link, alarm=False)) == []
    assert (tracks.tracks(), tracks.counters.passed_over, tracks.counters.unhandled) == ([], 10, {})


def test_what_is_no_longer_taken_for_a_drones_says_so_and_is_lost() -> None:
    tracks = tracker()
    hear(tracks, *lasting(2), *lasting(14, begin_s=2.0, link="lora", alarm=False))
    emission = emission_of(tracks.tracks())
    assert (only(tracks.tracks()).state, emission.link, emission.alarm) == ("confirmed", "lora", False)
    assert kinds(tracks.advance(17 * SECOND)) == ["lost"]


def test_a_name_that_wavers_is_that_of_the_drones_link() -> None:
    tracks = tracker()
    hear(tracks, *lasting(2), *lasting(4, begin_s=2.0, link="lora", alarm=False, packet_rate_hz=1_650.0))
    emission = emission_of(tracks.tracks())
    assert (emission.link, emission.alarm, emission.packet_rate_hz) == ("elrs_900", True, 50.0)
    assert only(tracks.tracks()).t_mono_ns == 1.5 * SECOND


def test_a_link_that_paused_is_the_same_track_again() -> None:
    tracks = tracker()
    number = hear(tracks, *lasting(2))[0].track.number
    tracks.advance(20 * SECOND)
    assert kinds(hear(tracks, received(40))) == ["confirmed"]
    assert only(tracks.tracks()).number == number


def test_a_receiver_that_began_anew_counts_from_1_and_means_another() -> None:
    tracks = tracker()
    hear(tracks, *lasting(2))
    other: dict[str, Any] = {"first_mono_ns": 4 * SECOND, "carrier_offset_hz": -3_000.0}
    assert kinds(hear(tracks, *lasting(2, begin_s=5.0, **other))) == ["new", "confirmed"]
    assert [track.emission.carrier_offset_hz for track in tracks.tracks() if track.emission] == [2_310.0, -3_000.0]


def test_a_transmitter_is_known_again_by_its_crystal_and_clock_after_its_receiver_began_anew() -> None:
    tracks = tracker()
    hear(tracks, *lasting(2, 7), *lasting(2, 1, carrier_offset_hz=9_000.0))
    seven: dict[str, Any] = {"first_mono_ns": 4 * SECOND, "carrier_offset_hz": 2_600.0, "packet_rate_hz": 50.3}
    one: dict[str, Any] = {"first_mono_ns": 5 * SECOND, "carrier_offset_hz": 8_900.0}
    assert hear(tracks, *lasting(3, 1, begin_s=6.0, **seven), *lasting(3, 2, begin_s=6.0, **one)) == []
    assert [track.emission.carrier_offset_hz for track in tracks.tracks() if track.emission] == [2_600.0, 8_900.0]
    assert [track.first_seen_mono_ns for track in tracks.tracks()] == [-SECOND, -SECOND]
    assert len(tracks.roster.numbered) == 2


def test_a_carrier_that_settles_later_makes_one_track_of_two() -> None:
    tracks = tracker()
    number = hear(tracks, *lasting(2))[0].track.number
    anew: dict[str, Any] = {"first_mono_ns": 4 * SECOND}
    hear(tracks, *lasting(3, begin_s=5.0, carrier_offset_hz=-900.0, **anew))
    events = hear(tracks, *lasting(2, begin_s=8.0, **anew))
    assert [(event.kind, event.other) for event in events] == [("merged", number)]
    assert (only(tracks.tracks()).number, only(tracks.tracks()).state, tracks.counters.merged) == (number, "confirmed", 1)
    assert list(tracks.roster.numbered.values()) == [number]


def test_what_was_long_another_stays_another() -> None:
    tracks = tracker(lost_after_s=60.0)
    hear(tracks, *lasting(2), *lasting(11, 2, begin_s=5.0, carrier_offset_hz=-900.0, first_mono_ns=4 * SECOND))
    assert hear(tracks, *lasting(2, 2, begin_s=16.0, first_mono_ns=4 * SECOND)) == []
    assert len(tracks.tracks()) == 2


@pytest.mark.parametrize(
    "differs",
    [
        {"first_mono_ns": SECOND},
        {"first_mono_ns": 2 * SECOND},
        {"carrier_offset_hz": None},
        {"carrier_offset_hz": 3_500.0},
        {"packet_rate_hz": 100.0},
        {"link": "frsky_r9"},
        {"sensor": "roof"},
    ],
    ids=lambda differs: " ".join(map(str, next(iter(differs.items())))),
)
def test_whoever_differs_is_another(differs: dict[str, Any]) -> None:
    tracks = tracker()
    hear(tracks, *lasting(2))
    assert kinds(hear(tracks, received(5.0, 2, **({"first_mono_ns": 4 * SECOND} | differs)))) == ["new"]


@pytest.mark.parametrize(("rate_db_s", "seconds"), [(0.5, 8), (-0.25, 60), (0.0, 30)])
def test_a_trend_is_that_of_the_newest_twenty_seconds(rate_db_s: float, seconds: int) -> None:
    tracks = tracker()
    said = lasting(60, level_dbfs=-90.0) + [received(60 + k / 2, level_dbfs=-40 + rate_db_s * k / 2) for k in range(2 * seconds)]
    if seconds < 20:
        said = [received(k / 2, level_dbfs=-40 + rate_db_s * k / 2) for k in range(2 * seconds)]
    hear(tracks, *said)
    assert emission_of(tracks.tracks()).level_rate_db_s == pytest.approx(rate_db_s, abs=1e-6)


def test_a_trend_wants_time() -> None:
    tracks = tracker()
    hear(tracks, *lasting(5))
    assert emission_of(tracks.tracks()).level_rate_db_s is None
    hear(tracks, received(5))
    assert emission_of(tracks.tracks()).level_rate_db_s == pytest.approx(0)


def test_a_link_without_channels_is_where_it_was_heard() -> None:
    tracks = tracker()
    hear(tracks, received(0, channels_hz=(), center_hz=5.8e9, parameters={"grid": "unlisted"}))
    emission = emission_of(tracks.tracks())
    assert (emission.center_hz, emission.channels, emission.span_hz, emission.grid) == (5.8e9, 0, None, None)


def test_a_sound_and_a_link_of_one_number_are_two_tracks() -> None:
    tracks = tracker()
    hear(tracks, heard(0), received(0), heard(0.5), received(0.5))
    one, two = tracks.tracks()
    assert (one.sound is None, one.emission is None) == (False, True)
    assert (two.sound is None, two.emission is None) == (True, False)


@pytest.mark.parametrize("wrong", [{"probability": nan}, {"snr_db": -inf}, {"level_dbfs": nan}, {"bandwidth_hz": 0.0}])
def test_what_is_no_number_is_counted_and_no_track(wrong: dict[str, Any]) -> None:
    tracks = tracker()
    assert hear(tracks, received(0, **wrong)) == []
    assert (tracks.tracks(), tracks.counters.malformed) == ([], 1)


detections = st.builds(
    LinkDetection,
    t_mono_ns=st.integers(0, 30 * SECOND),
    sensor=st.sampled_from(["", "mast", "roof"]),
    track=st.integers(0, 6),
    link=st.sampled_from(get_args(LinkKind)),
    alarm=st.booleans(),
    probability=st.floats(),
    center_hz=st.none() | st.floats(),
    bandwidth_hz=st.floats(-1, 1e7),
    snr_db=st.floats(),
    level_dbfs=st.floats(-1e3, 1e3) | st.floats(),
    packet_rate_hz=st.none() | st.floats(),
    channels_hz=st.lists(st.floats(), max_size=80).map(tuple),
    carrier_offset_hz=st.none() | st.sampled_from([0.0, 100.0]) | st.floats(),
    first_mono_ns=st.integers(0, 30 * SECOND),
    bursts=st.integers(0, 100),
    parameters=st.dictionaries(st.sampled_from(["grid", "mode"]), st.floats() | st.text(max_size=40)),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(detections | st.integers(0, 60 * SECOND), max_size=50))
def test_nothing_that_is_heard_breaks_it(steps: list[LinkDetection | int]) -> None:
    tracks, events = Tracker(TrackingTable(max_tracks=MOST_TRACKS)), list[TrackEvent]()
    for step in steps:
        events += tracks.advance(step) if isinstance(step, int) else tracks.update(step)
        assert len(tracks.tracks()) <= MOST_TRACKS
        assert set(tracks.roster.numbered.values()) <= {track.number for track in tracks.tracks()}
    for track in [event.track for event in events] + tracks.tracks():
        emission = track.emission
        assert emission is not None
        assert 0 <= emission.probability <= 1
        assert emission.channels <= 64
        assert emission.grid is None or len(emission.grid) <= 16
        told = (emission.center_hz, emission.span_hz, emission.level_rate_db_s, emission.packet_rate_hz, emission.carrier_offset_hz)
        assert all(isfinite(value) for value in told if value is not None)
