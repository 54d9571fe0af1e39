"""What the hub, replay and trials share: pure, and by the time of what is said."""

from __future__ import annotations

from msgspec.structs import replace

from edge_node.config import Config, NodeTable, SensorTable
from edge_node.messages import AcousticDetection, Coverage, PositionFix, RemoteIdDetection, SensorReport, Track, UasId
from edge_node.node.tracking import Tracking
from edge_node.timebase import Clock, Timebase

S = 1_000_000_000
BASE = Timebase(1_764_000_000 * S, "system", 0.5)
SENSORS = (SensorTable("wifi", "recording"), SensorTable("mics", "recording"))


def tracking(*, moving: bool = False, base: Timebase = BASE) -> Tracking:
    return Tracking(Config(node=NodeTable(name="n", moving=moving), sensor=SENSORS), Clock(lambda: base), 0, authorised)


def authorised(track: Track, t_utc_ns: int | None) -> Track:
    return replace(track, cooperation="authorised", cooperation_reason=str(t_utc_ns))


def claimed(t_s: float) -> RemoteIdDetection:
    ids = (UasId("serial_number", "TST0CTRACK0000001"),)
    return RemoteIdDetection(
        t_mono_ns=round(t_s * S), sensor="wifi", transport="wifi_beacon", transmitter="02:00:00:00:00:01", ids=ids, latitude_deg=50.0,
        longitude_deg=4.0,
    )  # fmt: skip


def heard(t_s: float, azimuth_deg: float = 90.0) -> AcousticDetection:
    return AcousticDetection(
        t_mono_ns=round(t_s * S), sensor="mics", track=1, label="multirotor", probability=0.95, azimuth_deg=azimuth_deg,
        sigma_azimuth_deg=1.0, elevation_deg=10.0, sigma_elevation_deg=1.0, level_db=-40.0, snr_db=12.0, lag_s=0.1,
    )  # fmt: skip


def fix(t_s: float, **more: object) -> PositionFix:
    return PositionFix(t_mono_ns=round(t_s * S), sensor="gnss", has_fix=True, latitude_deg=50.0, longitude_deg=4.0, **more)  # type: ignore[arg-type]


def test_a_track_is_told_with_whether_it_is_known_by_utc() -> None:
    room = tracking()
    events = [event for n in range(3) for event in room.hear([claimed(n)], n * S).events]
    assert [event.kind for event in events] == ["new", "identified", "confirmed"]
    assert {event.track.cooperation for event in events} == {"authorised"}
    assert events[-1].track.cooperation_reason == str(BASE.utc_ns(2 * S))
    assert room.tracks(3 * S)[0].cooperation_reason == str(BASE.utc_ns(3 * S))
    assert room.counters()["detections"] == 3
    assert room.words(3 * S)[0] == "1 live tracks, 1 confirmed"


def test_nobody_vouches_for_the_clock_and_no_utc_is_told() -> None:
    room = tracking(base=Timebase(0, "unknown", None))
    assert room.hear([claimed(0)], 0).events[0].track.cooperation_reason == "None"


def test_a_receiver_tells_place_and_time_from_the_next_look_on() -> None:
    room = tracking()
    room.hear([fix(1, t_utc_ns=1_764_000_100 * S)], S)
    assert room.timebase.source == "system"
    assert room.look(2 * S).timebase.source == "gnss"
    place = room.place(2 * S)
    assert place is not None
    assert (place.latitude_deg, place.source) == (50.0, "gnss")


def test_reports_and_sectors_of_sensors_that_are_not_configured_are_passed_over() -> None:
    room = tracking()
    report = SensorReport(t_mono_ns=0, sensor="mics", blocks=1, detections=0, lost=0, unsent=0)
    sector = Coverage(t_mono_ns=0, sensor="stranger", sense="sight", reach_m=100.0, probability=0.9, latency_s=1.0)
    room.hear([report, replace(report, sensor="stranger"), sector], 0)
    assert list(room.reports) == ["mics"]
    assert "stranger" not in " ".join(room.words(0))


def test_a_bearing_is_turned_by_the_vehicle_once() -> None:
    driving = fix(1, speed_mps=10.0, course_deg=45.0)
    for turned, azimuth_deg in ((False, 135.0), (True, 90.0)):
        room = tracking(moving=True)
        room.hear([driving], S)
        told = room.hear([heard(1.1)], round(1.1 * S), turned=turned).messages[0]
        assert isinstance(told, AcousticDetection)
        assert told.azimuth_deg == azimuth_deg


def test_the_same_words_make_the_same_tracks() -> None:
    told = []
    for _ in range(2):
        room = tracking()
        for n in range(12):
            room.hear([claimed(n / 2), heard(n / 2, 90.0 + n)], n * S // 2)
            room.advance(n * S // 2)
        told.append(room.tracks(6 * S))
    assert told[0] == told[1]


def test_who_is_silent_is_lost_as_time_passes() -> None:
    room = tracking()
    for n in range(3):
        room.hear([claimed(n)], n * S)
    assert [event.kind for event in room.advance(60 * S)] == ["lost"]
    assert room.counters()["tracks_lost"] == 1
