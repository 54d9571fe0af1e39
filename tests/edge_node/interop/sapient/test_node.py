"""What the node says to a fusion node, as sapient-pydantic and the published schema take it, and what it makes of tasks."""

from __future__ import annotations

import re
from math import nan
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sapient_msg.bsi_flex_335_v2_0 import sapient_message_pb2
from sapient_msg_pydantic.bsi_flex_335_v2_0.sapient_message import SapientMessage

from edge_node.interop.moment import Moment, Names, Station
from edge_node.interop.sapient import check, ids, tasks
from edge_node.interop.sapient.codec import Said, decode, encode
from edge_node.interop.sapient.envelope import Deframer, envelope, frame
from edge_node.interop.sapient.envelope import read as read_answer
from edge_node.interop.sapient.node import registration, status_report
from edge_node.interop.sapient.schema import SapientError
from edge_node.interop.sapient.tracks import alerts, cleared, scan
from edge_node.messages import Coverage, Fact, FactName, Finding, Grade, NodeStatus, Sense, SensorStatus, Suspicion, TargetLabel, Track
from tests.edge_node.interop import hostile
from tests.edge_node.interop.scene import SERIAL, START_NS, STATION, flown, heard, linked

NAMES = Names(node8="3fa2b1c0", epoch=0x7C1B, started_utc_ns=START_NS - 60_000_000_000)
SENSES: tuple[Sense, ...] = get_args(Sense)
HUB = SensorStatus(name="hub", driver="", state="running", sentence="", since_mono_ns=0, restarts=0, pid=1)


def taken(message: bytes) -> Any:
    """The message as the published schema reads it, once all that validates has nothing against it."""
    assert check.problems(decode(message)) == []
    said = sapient_message_pb2.SapientMessage.FromString(message)
    SapientMessage.from_pb2(said)
    return said


def said(content: str, body: Said) -> Any:
    return getattr(taken(envelope(NAMES, START_NS, content, body)), content)


def seen(*tracks: Track, operator: bool = True) -> list[Any]:
    messages = scan([Moment(t_utc_ns=START_NS, track=track) for track in tracks], NAMES, START_NS, operator=operator)
    return [taken(message) for message in messages]


def status(**more: Any) -> NodeStatus:
    return NodeStatus(**{"name": "north gate", "verdict": "green", "sentence": "well", "sensors": (), "hub": HUB, "t_mono_ns": 0} | more)


def told(node: NodeStatus, **more: Any) -> Any:
    return said("status_report", status_report(STATION, NAMES, node, **{"t_utc_ns": START_NS, "clock_sigma_s": 0.004} | more))


def test_a_registration_says_all_kinds_of_sensors_in_one_node() -> None:
    one = said("registration", registration(STATION, ("sound", "radio", "sight", "remote_id")))
    assert [definition.node_type for definition in one.node_definition] == [6, 8, 4]
    assert list(one.node_definition[1].node_sub_type) == ["Drone link detection", "Remote ID receiver"]
    assert (one.icd_version, one.name, one.status_definition.status_interval.value) == ("BSI Flex 335 v2.0", "north gate", 5.0)
    (mode,) = one.mode_definition
    assert [command.type for command in mode.task.command] == [6, 3]
    assert len(one.capabilities) == 4


def test_all_kinds_and_behaviours_that_can_be_reported_are_registered() -> None:
    (mode,) = said("registration", registration(STATION, ("sound",))).mode_definition
    surely = dict.fromkeys(get_args(TargetLabel), 0.1)
    facts = tuple(Fact(name) for name in get_args(FactName))
    report = seen(replace(flown(1), probabilities=surely, behaviour=facts))[0].detection_report
    for definition in mode.detection_definition:
        (kinds,) = definition.detection_class_definition
        known = {kind.type: {sub.type for sub in kind.sub_class} for kind in kinds.class_definition}
        assert {kind.type: {sub.type for sub in kind.sub_class} for kind in report.classification} == known
        assert {one.type for one in report.behaviour} == {one.type for one in definition.behaviour_definition}


def test_ids_are_of_the_form_that_fusion_nodes_want() -> None:
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", ids.node_id(NAMES))
    assert re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", ids.object_id(NAMES, 3))
    assert ids.object_id(NAMES, 3) == ids.object_id(NAMES, 3)
    assert len({ids.object_id(names, number) for number in (3, 4) for names in (NAMES, replace(NAMES, epoch=9))}) == 4
    assert ids.ulid(1_469_918_176_385_000_000, bytes(10)).startswith("01ARYZ6S41")


def test_a_place_is_told_in_degrees_above_the_ellipsoid() -> None:
    (message,) = seen(flown(1))
    assert message.node_id == ids.node_id(NAMES)
    assert message.timestamp.ToNanoseconds() == START_NS
    one = message.detection_report
    assert (one.object_id, one.state, one.id) == (ids.object_id(NAMES, 3), "confirmed", SERIAL)
    assert (one.location.x, one.location.y, one.location.z) == (pytest.approx(24.105364), 56.952, 85.0)
    assert (one.location.x_error, one.location.z_error, one.location.coordinate_system, one.location.datum) == (5.0, 4.0, 1, 1)
    assert (one.enu_velocity.east_rate, one.enu_velocity.up_rate, one.enu_velocity.up_rate_error) == (10.0, -0.5, 0.5)
    (kind,) = one.classification
    assert (kind.type, kind.confidence) == ("Air Vehicle", pytest.approx(0.95))
    assert [(sub.type, sub.level) for sub in kind.sub_class] == [("UAV Rotary Wing", 1), ("UAV Fixed Wing", 1)]
    assert one.detection_confidence == pytest.approx(0.99)
    assert {info.type: info.value for info in one.object_info}["operator_position"] == "56.950000, 24.110000"


def test_a_place_is_that_of_the_time_that_is_told() -> None:
    moment = Moment(t_utc_ns=START_NS - 500_000_000, track=flown(1))
    one = taken(scan([moment], NAMES, START_NS)[0]).detection_report
    assert (one.location.x - 24.105364) * 60_780 == pytest.approx(5.0, rel=0.01)


def test_nothing_is_said_of_a_person_where_that_is_not_allowed() -> None:
    (message,) = seen(flown(1), operator=False)
    assert b"operator" not in message.SerializeToString()
    assert b"LVA" not in message.SerializeToString()


def test_a_bearing_has_no_range() -> None:
    one = seen(heard(1))[0].detection_report.range_bearing
    assert (one.azimuth, one.elevation, one.azimuth_error, one.coordinate_system, one.datum) == (143.2, 12.0, 5.0, 1, 1)
    assert not one.HasField("range")


def test_a_bearing_of_a_vehicle_is_told_from_its_front() -> None:
    track = heard(1)
    assert track.bearing is not None
    one = seen(replace(track, bearing=replace(track.bearing, reference="vehicle")))[0].detection_report
    assert one.range_bearing.datum == 4


def test_a_radio_link_with_a_bearing_tells_its_signal() -> None:
    track = replace(heard(1), emission=linked(1).emission, behaviour=(Fact("loiters", 40.0, "m"),))
    one = seen(track)[0].detection_report
    (signal,) = one.signal
    assert (signal.amplitude, signal.centre_frequency, signal.start_frequency) == (
        -41.0,
        pytest.approx(866.425e6),
        pytest.approx(866.175e6),
    )
    assert [behaviour.type for behaviour in one.behaviour] == ["Loitering"]
    assert seen(linked(1)) == [], "neither place nor bearing: the standard has no word for it"


@pytest.mark.parametrize(
    ("span_hz", "bandwidth_hz", "width_hz"), [(None, nan, None), (None, 0.0, None), (nan, 5e5, 5e5), (40e6, nan, 40e6), (40e6, 5e5, 40e6)]
)
def test_a_signal_of_unknown_width_has_no_edges(span_hz: float | None, bandwidth_hz: float, width_hz: float | None) -> None:
    emission = linked(1).emission
    assert emission is not None
    track = replace(heard(1), emission=replace(emission, span_hz=span_hz, bandwidth_hz=bandwidth_hz))
    (signal,) = seen(track)[0].detection_report.signal
    assert (signal.HasField("start_frequency"), signal.HasField("stop_frequency")) == (width_hz is not None,) * 2
    if width_hz is not None:
        assert signal.stop_frequency - signal.start_frequency == pytest.approx(width_hz, abs=200.0)


def test_all_of_one_scan_have_one_time_and_reports_of_their_own() -> None:
    tracks = [flown(1, number=number) for number in range(50)]
    messages = seen(*tracks)
    assert {message.timestamp.ToNanoseconds() for message in messages} == {START_NS}
    assert (
        len({message.detection_report.report_id for message in messages})
        == len({message.detection_report.object_id for message in messages})
        == 50
    )


def test_a_status_says_where_the_node_is_and_what_it_covers() -> None:
    views = (
        Coverage(
            t_mono_ns=0,
            sensor="camera",
            sense="sight",
            azimuth_deg=-10.0,
            width_deg=60.0,
            lowest_elevation_deg=-5.0,
            highest_elevation_deg=35.0,
            reach_m=400.0,
            probability=0.9,
            latency_s=1.0,
        ),
        Coverage(t_mono_ns=0, sensor="ears", sense="sound", reach_m=300.0, probability=0.9, latency_s=2.0),
        Coverage(t_mono_ns=0, sensor="dead", sense="sound", reach_m=0.0, probability=0.0, latency_s=2.0),
    )
    one = told(status(coverage=views))
    assert (one.system, one.info, one.mode, one.HasField("power")) == (1, 1, "Default", False)
    assert (one.node_location.x, one.node_location.y, one.node_location.z) == (24.1052, 56.9496, 35.0)
    assert [(cover.range_bearing.azimuth, cover.range_bearing.range) for cover in one.coverage] == [(350.0, 400.0), (0.0, 300.0)]
    assert (one.coverage[0].range_bearing.elevation, one.coverage[0].range_bearing.vertical_extent) == (15.0, 40.0)
    assert one.field_of_view.range_bearing.horizontal_extent == 360.0


@pytest.mark.parametrize(
    ("sigma_s", "system", "words"), [(0.079, 1, None), (0.081, 2, "clock error 81 ms"), (None, 2, "nobody vouches for the clock")]
)
def test_a_clock_that_is_off_by_more_than_80_ms_is_a_warning(sigma_s: float | None, system: int, words: str | None) -> None:
    one = told(status(), clock_sigma_s=sigma_s)
    assert one.system == system
    assert [line.status_value for line in one.status] == ([words] if words else [])


@pytest.mark.parametrize(("grades", "supply"), [(("ok",), 1), (("warn",), 1), (("warn", "fail"), 2)])
def test_the_supply_is_told_where_somebody_looked_after_it(grades: tuple[Grade, ...], supply: int) -> None:
    found = tuple(Finding(about="power", name="under_voltage", grade=grade, words="under-voltage") for grade in grades)
    one = told(status(findings=found)).power
    assert (one.status, one.HasField("level"), one.source) == (supply, False, 0)


def test_what_is_not_well_is_told_and_leaving_too() -> None:
    bad = Finding(about="microphones", name="microphone_silent", grade="fail", words="microphone 3 is silent")
    one = told(status(verdict="red", findings=(bad,)), new=False)
    assert (one.system, one.info, one.status[0].status_level, one.status[0].status_type) == (3, 2, 4, 1)
    assert told(status(verdict="red"), leaving=True).system == 5


def test_alerts_are_for_zones_and_doubts_and_are_cleared_under_the_same_id() -> None:
    doubted = replace(flown(1), cooperation="in_restricted_zone", suspicions=(Suspicion("replayed", 0.8, "counter stands still"),))
    found = alerts(Moment(t_utc_ns=START_NS, track=doubted), NAMES, START_NS)
    assert set(found) == {"restricted_zone", "claim"}
    zone, claim = (said("alert", found[name]) for name in ("restricted_zone", "claim"))
    assert (zone.alert_type, zone.status, zone.priority) == (3, 1, 3)
    assert claim.confidence == pytest.approx(0.8)
    assert "replayed: counter stands still" in claim.description
    assert zone.associated_detection[0].object_id == ids.object_id(NAMES, 3)
    later = alerts(Moment(t_utc_ns=START_NS + 10**9, track=doubted), NAMES, START_NS + 10**9)
    assert later["claim"]["alert_id"] == found["claim"]["alert_id"]
    assert said("alert", cleared(found["claim"])).status == 5
    assert alerts(Moment(t_utc_ns=START_NS, track=flown(1)), NAMES, START_NS) == {}


def test_a_link_without_place_and_bearing_is_an_alert_while_it_is_heard() -> None:
    heard_of = Moment(t_utc_ns=START_NS, track=linked(1))
    assert scan([heard_of], NAMES, START_NS) == []
    one = said("alert", alerts(heard_of, NAMES, START_NS)["link"])
    assert (one.alert_type, one.WhichOneof("location_oneof"), len(one.associated_detection)) == (1, None, 0)
    assert "elrs 900" in one.description
    assert "direction and place unknown" in one.description
    assert one.confidence == pytest.approx(0.97)
    emission = linked(1).emission
    assert emission is not None
    for quiet in (
        replace(linked(1), state="tentative"),
        replace(linked(1), emission=replace(emission, alarm=False)),
        replace(linked(1), bearing=heard(1).bearing),
    ):
        assert alerts(Moment(t_utc_ns=START_NS, track=quiet), NAMES, START_NS) == {}


def task(**command: Any) -> Said:
    body = {"task_id": "01H4R63D7NVN8444Z5M77WEBY7", "control": "CONTROL_START", "command": command}
    message = encode({"timestamp": START_NS, "node_id": ids.node_id(NAMES), "task": body})
    taken(message)
    content, one, _ = read_answer(message)
    assert content == "task"
    return one


def answered(one: Said) -> tasks.Answer:
    answer = tasks.answer(one)
    assert list(said("task_ack", answer.ack()).reason) == [answer.reason]
    return answer


CONE = {
    "azimuth": -10.0,
    "horizontal_extent": 40.0,
    "coordinate_system": "RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_M",
    "datum": "RANGE_BEARING_DATUM_TRUE",
}
PLACE = {"x": 24.1, "y": 56.9, "coordinate_system": "LOCATION_COORDINATE_SYSTEM_LAT_LNG_DEG_M", "datum": "LOCATION_DATUM_WGS84_E"}


def test_a_sector_and_places_are_looked_at() -> None:
    assert answered(task(look_at={"range_bearing": CONE})).order == tasks.LookAt(azimuth_deg=350.0, width_deg=40.0)
    assert answered(task(look_at={"location_list": {"locations": [PLACE]}})).order == tasks.LookAt(places=((56.9, 24.1),))


@pytest.mark.parametrize(("level", "rate_hz"), [("LOW", 0.5), ("MEDIUM", 1.0), ("HIGH", 2.0)])
def test_the_rate_of_reports_is_taken(level: str, rate_hz: float) -> None:
    assert answered(task(detection_report_rate=f"DISCRETE_THRESHOLD_{level}")).order == tasks.ReportRate(rate_hz)


def test_all_else_is_refused_in_words() -> None:
    for command, words in (
        ({"follow": {"follow_object_id": ids.object_id(NAMES, 3)}}, "not follow"),
        ({"move_to": {"locations": [PLACE]}}, "not move to"),
        ({"request": "Reset"}, "not request"),
        ({"mode_change": "Sleep"}, "not mode change"),
        ({"look_at": {"range_bearing": CONE | {"datum": "RANGE_BEARING_DATUM_MAGNETIC"}}}, "true north"),
        ({"look_at": {"location_list": {"locations": [PLACE | {"coordinate_system": "LOCATION_COORDINATE_SYSTEM_UTM_M"}]}}}, "latitude"),
    ):
        answer = answered(task(**command))
        assert (answer.status, answer.order) == ("REJECTED", None)
        assert words in answer.reason
    assert answered(task(mode_change="Default")).status == "COMPLETED"
    assert answered(task(request="x") | {"control": "CONTROL_STOP"}).order == tasks.Stop()


def test_a_stream_is_cut_into_messages_wherever_its_pieces_end() -> None:
    messages = scan([Moment(t_utc_ns=START_NS, track=flown(1, number=number)) for number in range(5)], NAMES, START_NS)
    stream = b"".join(map(frame, messages))
    assert stream[:4] == len(messages[0]).to_bytes(4, "little")
    for size in (1, 7, 1000):
        deframer = Deframer()
        assert [one for begin in range(0, len(stream), size) for one in deframer.feed(stream[begin : begin + size])] == messages
    with pytest.raises(SapientError, match="big endian"):
        list(Deframer().feed(len(messages[0]).to_bytes(4, "big") + messages[0]))


@hostile.patient
@given(st.lists(hostile.moments, max_size=3), hostile.times)
def test_no_track_makes_a_message_that_is_refused(moments: list[Moment], t_utc_ns: int) -> None:
    for message in scan(moments, NAMES, min(max(t_utc_ns, 0), 253_402_300_799 * 10**9)):
        taken(message)
    for moment in moments:
        for alert in alerts(moment, NAMES, START_NS).values():
            said("alert", alert)


@hostile.patient
@given(hostile.stations, hostile.coverages, hostile.texts, hostile.unknown)
def test_no_node_makes_a_message_that_is_refused(station: Station, view: Coverage, words: str, sigma_s: float | None) -> None:
    said("registration", registration(station, SENSES))
    node = status(coverage=(view,), findings=(Finding(about=words, name=words, grade="warn", words=words),))
    body = status_report(station, NAMES, node, t_utc_ns=START_NS, clock_sigma_s=sigma_s)
    said("status_report", body)
