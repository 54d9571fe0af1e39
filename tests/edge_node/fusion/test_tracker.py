"""When an object is believed, lost and forgotten, and what a detection does to it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from msgspec.structs import replace

from edge_node.messages import Detection, Track
from tests.edge_node.fusion.air import HOME, SECOND, hear, kinds, northward, said, serial, tracker


def only(tracks: list[Track]) -> Track:
    assert len(tracks) == 1
    return tracks[0]


def test_the_life_of_a_track() -> None:
    tracks = tracker()
    assert kinds(hear(tracks, northward(0))) == ["new"]
    assert only(tracks.tracks()).state == "tentative"
    assert kinds(hear(tracks, northward(1, serial("A")))) == ["identified"]
    assert kinds(hear(tracks, northward(2))) == ["confirmed"]
    assert kinds(hear(tracks, northward(3))) == []
    assert tracks.advance(int(17.9 * SECOND)) == []
    assert [(event.kind, event.track.state) for event in tracks.advance(18 * SECOND)] == [("lost", "lost")]
    assert only(tracks.tracks()).number == 1
    assert kinds(hear(tracks, northward(20))) == ["confirmed"]
    assert kinds(tracks.advance(36 * SECOND)) == ["lost"]
    assert len(tracks.tracks()) == 1
    assert tracks.advance(80 * SECOND) == []
    assert tracks.tracks() == []
    assert hear(tracks, northward(81, serial("A")))[0].track.number == 2


def test_a_tentative_track_is_lost_sooner_and_comes_back_tentative() -> None:
    tracks = tracker()
    hear(tracks, northward(0))
    assert kinds(tracks.advance(5 * SECOND)) == ["lost"]
    assert hear(tracks, northward(10)) == []
    assert only(tracks.tracks()).state == "tentative"
    assert kinds(hear(tracks, northward(11), northward(12))) == ["confirmed"]


def test_frames_too_far_apart_confirm_nothing() -> None:
    tracks = tracker()
    assert kinds(hear(tracks, *(northward(t) for t in (0, 3, 6, 9, 12)))) == ["new"]
    assert kinds(hear(tracks, northward(13), northward(14))) == ["confirmed"]


def test_one_frame_heard_by_two_receivers_counts_once() -> None:
    tracks = tracker()
    for t in (0.0, 1.0):
        hear(tracks, northward(t, counter=7), northward(t + 0.004, counter=7, sensor="wifi-2", timestamp_s=t))
    track = only(tracks.tracks())
    assert (track.state, track.sensors, track.heard[0].count) == ("tentative", ("wifi", "wifi-2"), 4)


def test_one_hit_may_be_enough() -> None:
    assert kinds(hear(tracker(confirm_hits=1), northward(0, serial("A")))) == ["new", "identified", "confirmed"]


def test_it_smooths_place_and_velocity() -> None:
    tracks = tracker()
    hear(tracks, *(northward(t / 2) for t in range(40)))
    track = only(tracks.tracks())
    assert track.kinematics is not None
    assert track.t_mono_ns == track.last_seen_mono_ns == 19.5 * SECOND
    assert track.kinematics.velocity_north_mps == pytest.approx(10, abs=0.2)
    assert track.kinematics.latitude_deg == pytest.approx(northward(19.8).latitude_deg, abs=1e-5)
    assert track.kinematics.altitude_wgs84_m == pytest.approx(100, abs=0.5)


def test_a_location_said_again_is_heard_but_not_measured_again() -> None:
    tracks = tracker()
    hear(tracks, northward(0), northward(1))
    before = only(tracks.tracks())
    hear(tracks, replace(northward(0), t_mono_ns=2 * SECOND), replace(northward(1), t_mono_ns=3 * SECOND, transport="wifi_nan"))
    after = only(tracks.tracks())
    assert (after.kinematics, after.t_mono_ns, after.last_seen_mono_ns) == (before.kinematics, SECOND, 3 * SECOND)
    assert tracks.counters.repeated == 2


def test_the_same_place_at_a_new_time_is_measured_again() -> None:
    tracks = tracker()
    hear(tracks, northward(0), northward(1, latitude_deg=HOME[0]))
    assert only(tracks.tracks()).t_mono_ns == SECOND


def test_a_late_detection_tells_who_but_not_where() -> None:
    tracks = tracker()
    hear(tracks, northward(0), northward(2))
    before = only(tracks.tracks())
    hear(tracks, northward(1, serial("A"), operator_id="O"))
    after = only(tracks.tracks())
    assert (after.kinematics, after.t_mono_ns, after.last_seen_mono_ns) == (before.kinematics, 2 * SECOND, 2 * SECOND)
    assert after.identity is not None
    assert (after.identity.ids, after.identity.operator_id) == ((serial("A"),), "O")
    assert tracks.counters.late == 1


def test_a_late_detection_revives_nothing() -> None:
    tracks = tracker()
    hear(tracks, northward(0), northward(1), northward(2))
    tracks.advance(20 * SECOND)
    assert hear(tracks, northward(1.5)) == []
    assert only(tracks.tracks()).state == "lost"


def test_a_jump_is_flagged_for_a_while() -> None:
    tracks = tracker()
    hear(tracks, *(northward(t) for t in range(5)))
    hear(tracks, northward(5, latitude_deg=HOME[0] + 1))
    track = only(tracks.tracks())
    assert track.flags == ("position_jump",)
    assert track.kinematics is not None
    assert track.kinematics.latitude_deg == pytest.approx(HOME[0] + 1)
    hear(tracks, *(northward(t, latitude_deg=HOME[0] + 1 + t * 1e-4) for t in range(6, 17)))
    assert only(tracks.tracks()).flags == ()
    assert tracks.counters.jumps == 1


def test_flags_of_an_aircraft_stay_and_those_of_a_frame_do_not() -> None:
    tracks = tracker()
    hear(tracks, northward(0, flags=("latitude_out_of_range",), notes=("pack_empty",)), northward(1, flags=("element_cut",), damaged=True))
    assert only(tracks.tracks()).flags == ("latitude_out_of_range",)


def test_no_more_flags_than_sixteen() -> None:
    tracks = tracker()
    hear(tracks, *(northward(t / 50, flags=(f"flag-{t}",)) for t in range(50)))
    assert len(only(tracks.tracks()).flags) == 16


def test_it_says_how_it_was_heard() -> None:
    tracks = tracker()
    hear(tracks, northward(0, serial("A"), rssi_dbm=-50, center_hz=2_437_000_000), northward(1, serial("A"), rssi_dbm=-60))
    hear(
        tracks,
        northward(1.5, serial("A"), transport="ble_legacy", transmitter="ble", sensor="ble"),
        northward(0.5, serial("A"), rssi_dbm=-1),
    )
    track = only(tracks.tracks())
    wifi, ble = track.heard
    assert (wifi.transport, wifi.count, wifi.last_mono_ns, wifi.rssi_dbm, wifi.center_hz) == ("wifi_beacon", 3, SECOND, -60, None)
    assert (ble.transport, ble.count, ble.rssi_dbm) == ("ble_legacy", 1, None)
    assert track.sensors == ("wifi", "ble")


def test_no_place_is_no_kinematics() -> None:
    tracks = tracker()
    hear(tracks, said(0, serial("A")), said(2, serial("A")))
    track = only(tracks.tracks())
    assert (track.kinematics, track.t_mono_ns) == (None, 2 * SECOND)


def test_a_kind_that_nobody_takes_is_counted() -> None:
    class Smell(Detection, frozen=True, tag="smell"):
        pass

    tracks = tracker()
    assert hear(tracks, Smell(t_mono_ns=1), Smell(t_mono_ns=2), northward(3)) == hear(tracker(), northward(3))
    assert (tracks.counters.unhandled, tracks.counters.detections) == ({"smell": 2}, {"remote_id": 1})


def test_without_id_and_transmitter_there_is_no_track() -> None:
    tracks = tracker()
    assert hear(tracks, northward(0, transmitter=""), northward(1, transmitter="x" * 200)) == []
    assert tracks.counters.anonymous == 2


def test_infinite_settings_hold() -> None:
    tracks = tracker(lost_after_s=float("inf"), acceleration_mps2=float("inf"), confirm_window_s=float("inf"))
    hear(tracks, *(northward(t) for t in range(5)))
    assert tracks.advance(10**18) == []
    assert only(tracks.tracks()).state == "confirmed"


def test_tracking_loads_no_numpy() -> None:
    code = "import sys, edge_node.fusion.tracker; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode == 0
