"""Cursor on Target: what XML and protobuf say of tracks, and that nothing breaks them."""

from __future__ import annotations

import re
from datetime import datetime
from math import isfinite
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.interop.cot.event import UNKNOWN_M, Event
from edge_node.interop.cot.tak import to_mesh, to_message, to_stream
from edge_node.interop.cot.tracks import Speaker, events, node_event, type_of
from edge_node.interop.cot.xml import to_xml
from edge_node.interop.moment import Moment, Names, Station
from edge_node.messages import Coverage, Track, Verdict
from tests.edge_node.interop import hostile
from tests.edge_node.interop.cot import tak_schema
from tests.edge_node.interop.scene import SERIAL, START_NS, STATION, flown, heard, linked
from tests.peers import needed

etree, models = needed("lxml.etree"), needed("taky.cot.models")

NAMES = Names(node8="3fa2b1c0", epoch=0x7C1B, started_utc_ns=START_NS)
NOW_NS = START_NS + 50_000_000
SPEAKER = Speaker(station=STATION, names=NAMES, now_ns=NOW_NS, rate_hz=2.0)
DECIMAL = re.compile(r"-?\d+(\.\d+)?")
"""What XML Schema takes for one."""
SLOWLY = replace(SPEAKER, rate_hz=0.1)


def told(track: Track, operator: bool = True) -> list[Event]:
    return events(Moment(t_utc_ns=START_NS, track=track), SPEAKER, operator=operator)


def read(event: Event) -> ET.Element:
    return ET.fromstring(to_xml(event))  # noqa: S314 - the encoder's own


def attributes(root: ET.Element, name: str) -> dict[str, str]:
    (found,) = root.iter(name)
    return found.attrib


def test_a_place_is_a_marker_with_its_real_errors() -> None:
    root = read(told(flown(1))[0])
    assert (root.get("uid"), root.get("type"), root.get("how")) == ("edge-node.3fa2b1c0.7c1b.3", "a-u-A-M-H-Q", "m-f")
    assert root.get("time") == "2026-11-18T11:06:40.050Z"
    assert (root.get("start"), root.get("stale")) == ("2026-11-18T11:06:40.000Z", "2026-11-18T11:06:43.000Z")
    assert attributes(root, "point") == {"lat": "56.952", "lon": "24.105364", "hae": "85", "ce": "5", "le": "4"}
    assert attributes(root, "track") == {"course": "90", "speed": "10"}
    assert attributes(root, "contact") == {"callsign": f"3 {SERIAL}"}


def test_what_nobody_knows_is_said_so() -> None:
    track = flown(1)
    assert track.kinematics is not None
    flat = replace(track.kinematics, altitude_wgs84_m=None, covariance=())
    assert attributes(read(told(replace(track, kinematics=flat))[0]), "point")["ce"] == f"{UNKNOWN_M:.0f}"
    assert attributes(read(told(replace(track, kinematics=flat))[0]), "point")["hae"] == f"{UNKNOWN_M:.0f}"


def test_a_place_on_the_prime_meridian_is_told_without_exponents() -> None:
    track = flown(1)
    assert track.kinematics is not None
    greenwich = replace(track.kinematics, latitude_deg=-1e-12, longitude_deg=-0.00005)
    point = attributes(read(told(replace(track, kinematics=greenwich))[0]), "point")
    assert (point["lat"], point["lon"], point["hae"]) == ("0", "-0.00005", "85")


def test_a_bearing_is_a_line_from_the_node_and_never_a_point() -> None:
    (event,) = told(heard(1))
    root = read(event)
    assert (root.get("type"), root.get("uid")) == ("u-rb-a", "edge-node.3fa2b1c0.7c1b.4.bearing")
    point = attributes(root, "point")
    assert (point["lat"], point["lon"], point["ce"]) == ("56.9496", "24.1052", "2")
    said = {name: attributes(root, name)["value"] for name in ("range", "bearing", "inclination", "rangeUnits", "bearingUnits", "northRef")}
    assert said == {"range": "3000", "bearing": "143.2", "inclination": "12", "rangeUnits": "1", "bearingUnits": "0", "northRef": "0"}
    assert "range unknown" in (root.findtext("detail/remarks") or "")
    assert told(linked(1)) == []


def test_an_operator_is_a_marker_of_its_own_only_where_that_is_allowed() -> None:
    track, operator = told(flown(1))
    root = read(operator)
    assert root.get("uid") == "edge-node.3fa2b1c0.7c1b.3.operator"
    assert attributes(root, "link")["uid"] == track.uid
    assert attributes(root, "point")["lat"] == "56.95"
    assert "LVA0000000000001" in (root.findtext("detail/remarks") or "")
    assert [event.uid for event in told(flown(1), operator=False)] == [track.uid]
    assert b"LVA" not in to_xml(track)


def test_a_lost_track_is_stale_at_once() -> None:
    root = read(told(replace(flown(1), state="lost"))[0])
    assert root.get("stale") == root.get("start")


@pytest.mark.parametrize(
    ("cooperation", "said"),
    [("authorised", "a-n-A-M-H-Q"), ("in_restricted_zone", "a-s-A-M-H-Q"), ("unknown", "a-u-A-M-H-Q"), (None, "a-u-A-M-H-Q")],
)
def test_a_broadcast_makes_no_friend(cooperation: str | None, said: str) -> None:
    assert type_of(replace(flown(1), cooperation=cooperation)) == said


def test_the_node_says_its_health_and_its_widest_view() -> None:
    views = (
        Coverage(
            t_mono_ns=0, sensor="camera", sense="sight", azimuth_deg=350.0, width_deg=60.0, reach_m=400.0, probability=0.9, latency_s=1.0
        ),
        Coverage(t_mono_ns=0, sensor="ears", sense="sound", reach_m=300.0, probability=0.9, latency_s=2.0),
        Coverage(t_mono_ns=0, sensor="car", sense="sound", reach_m=900.0, probability=0.9, latency_s=2.0, reference="vehicle"),
    )
    event = node_event(SLOWLY, verdict="amber", sentence="hot", coverage=views, unplaced=[linked(1)])
    assert event is not None
    root = read(event)
    assert (root.get("type"), root.get("uid"), root.get("stale")) == ("a-f-G-E-S", "edge-node.3fa2b1c0", "2026-11-18T11:07:10.050Z")
    assert attributes(root, "sensor") == {"azimuth": "0", "fov": "360", "range": "300", "type": "r-a", "model": "sound"}
    assert attributes(root, "status") == {"readiness": "true"}
    remarks = root.findtext("detail/remarks") or ""
    assert "amber: hot" in remarks
    assert "track 5, elrs 900" in remarks
    assert node_event(replace(SLOWLY, station=Station(name="x")), verdict="green") is None


def test_taky_reads_what_was_said() -> None:
    event = models.Event.from_elm(etree.fromstring(to_xml(told(flown(1))[0])))
    assert (event.uid, event.etype, event.how) == ("edge-node.3fa2b1c0.7c1b.3", "a-u-A-M-H-Q", "m-f")
    assert (event.point.lat, event.point.lon, event.point.hae, event.point.ce, event.point.le) == (56.952, 24.105364, 85.0, 5.0, 4.0)
    assert isinstance(event.stale, datetime)


def test_protobuf_says_the_same() -> None:
    said = tak_schema.read(to_message(told(flown(1))[0])).cotEvent
    assert (said.uid, said.type, said.how) == ("edge-node.3fa2b1c0.7c1b.3", "a-u-A-M-H-Q", "m-f")
    assert (said.sendTime, said.startTime, said.staleTime) == tuple(START_NS // 1_000_000 + later for later in (50, 0, 3000))
    assert (said.lat, said.lon, said.hae, said.ce, said.le) == (56.952, pytest.approx(24.105364), 85.0, 5.0, 4.0)
    assert (said.detail.contact.callsign, said.detail.track.speed, said.detail.track.course) == (f"3 {SERIAL}", 10.0, 90.0)
    assert said.detail.xmlDetail.startswith("<remarks>")


def test_protobuf_is_framed_for_streams_and_for_datagrams() -> None:
    event = told(flown(1))[0]
    body = to_message(event)
    assert len(body) > 127, "its length takes two bytes"
    assert to_stream(event) == b"\xbf" + bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) + body
    assert to_mesh(event) == b"\xbf\x01\xbf" + body


@hostile.patient
@given(hostile.moments, hostile.stations)
def test_no_track_makes_an_event_unreadable(moment: Moment, station: Station) -> None:
    for event in events(moment, replace(SPEAKER, station=station)):
        root = read(event)
        assert all(DECIMAL.fullmatch(value) for value in attributes(root, "point").values())
        assert all(
            isfinite(float(value)) for name in ("track", "range", "bearing") for one in root.iter(name) for value in one.attrib.values()
        )
        assert len(to_xml(event)) < 8000
        said = tak_schema.read(to_message(event)).cotEvent
        ET.fromstring(f"<d>{said.detail.xmlDetail}</d>")  # noqa: S314 - the encoder's own


@hostile.patient
@given(hostile.stations, hostile.texts, st.sampled_from(get_args(Verdict)), hostile.coverages)
def test_no_node_makes_an_event_unreadable(station: Station, words: str, verdict: Verdict, view: Coverage) -> None:
    event = node_event(replace(SLOWLY, station=station), verdict=verdict, sentence=words, coverage=[view])
    if event is not None:
        for one in read(event).iter("sensor"):
            assert all(isfinite(float(one.attrib[name])) for name in ("azimuth", "fov", "range"))
