"""The JSON of WarDragon kits, field by field as DragonSync reads it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from edge_node.interop import wardragon
from edge_node.interop.moment import Moment, Names, Station
from edge_node.messages import Track
from tests.edge_node.interop import hostile
from tests.edge_node.interop.scene import SERIAL, START_NS, STATION, flown, heard, linked

NAMES = Names(node8="3fa2b1c0", epoch=0x7C1B, started_utc_ns=START_NS)
READ_BY_DRAGONSYNC: dict[str, dict[str, type | tuple[type, ...]]] = {
    "Basic ID": {
        "id_type": str,
        "id": str,
        "ua_type": int,
        "MAC": str,
        "RSSI": int,
        "transport": str,
        "frequency_mhz": float,
        "description": str,
    },
    "Location/Vector Message": {
        "latitude": float,
        "longitude": float,
        "speed": float,
        "vert_speed": float,
        "geodetic_altitude": float,
        "height_agl": float,
        "op_status": str,
        "height_type": str,
        "direction": int,
        "vertical_accuracy": str,
        "horizontal_accuracy": str,
        "timestamp": str,
    },
    "Self-ID Message": {"text": str},
    "System Message": {"latitude": float, "longitude": float, "home_lat": float, "home_lon": float},
    "Operator ID Message": {"operator_id_type": str, "operator_id": str},
    "Frequency Message": {"frequency": float},
    "Signal Info": {"source": str, "signal_type": str, "center_hz": float, "bandwidth_hz": float},
}


def read(told: bytes | None) -> dict[str, dict[str, Any]]:
    """Parts by their name, each with nothing but what DragonSync reads."""
    assert told is not None
    said: dict[str, dict[str, Any]] = {}
    for part in json.loads(told, parse_constant=lambda name: pytest.fail(f"{name} is no JSON")):
        said |= part
    for name, values in said.items():
        for key, value in values.items():
            assert isinstance(value, READ_BY_DRAGONSYNC[name][key]), f"{name}: {key} is {value!r}"
    return said


def of(track: Track, operator: bool = True) -> dict[str, dict[str, Any]]:
    return read(wardragon.detection(Moment(t_utc_ns=START_NS, track=track), NAMES, operator=operator))


def test_an_aircraft_is_told_as_the_kits_tell_it() -> None:
    track = flown(1)
    assert track.identity is not None
    said = of(replace(track, identity=replace(track.identity, transmitters=("60:60:1f:aa:bb:cc",))))
    assert said == {
        "Basic ID": {
            "id_type": "Serial Number (ANSI/CTA-2063-A)",
            "id": SERIAL,
            "ua_type": 2,
            "MAC": "60:60:1f:aa:bb:cc",
            "RSSI": -61,
            "transport": "wifi_beacon",
            "frequency_mhz": 2437.0,
        },
        "Location/Vector Message": {
            "latitude": 56.952,
            "longitude": pytest.approx(24.105364),
            "timestamp": "2026-11-18T11:06:40.000Z",
            "geodetic_altitude": 85.0,
            "speed": 10.0,
            "vert_speed": -0.5,
            "direction": 90,
            "horizontal_accuracy": "5.0 m",
            "vertical_accuracy": "4.0 m",
            "op_status": "Airborne",
            "height_agl": 50.0,
            "height_type": "Above Takeoff",
        },
        "Self-ID Message": {"text": "survey"},
        "System Message": {"latitude": 56.95, "longitude": 24.11},
        "Operator ID Message": {"operator_id_type": "Operator ID", "operator_id": "LVA0000000000001"},
    }


def test_nothing_is_said_of_a_person_where_that_is_not_allowed() -> None:
    assert set(of(flown(1), operator=False)) == {"Basic ID", "Location/Vector Message"}


def test_a_take_off_is_a_home() -> None:
    track = flown(1)
    assert track.identity is not None
    said = of(replace(track, identity=replace(track.identity, operator_location="take_off")))
    assert said["System Message"] == {"home_lat": 56.95, "home_lon": 24.11}


def test_what_claims_no_serial_number_is_named_by_the_node() -> None:
    said = of(replace(flown(1), identity=None, heard=()))
    assert said["Basic ID"] == {"id_type": "Serial Number (ANSI/CTA-2063-A)", "id": "edge-node-3fa2b1c0-7c1b-3", "ua_type": 2}


def test_what_has_no_place_is_not_drawn_at_zero_zero() -> None:
    for track in (heard(1), linked(1)):
        assert wardragon.detection(Moment(t_utc_ns=START_NS, track=track), NAMES) is None
    assert wardragon.signal(Moment(t_utc_ns=START_NS, track=linked(1)), Station(name="x")) is None
    assert wardragon.status(Station(name="x"), NAMES, START_NS) is None


@pytest.mark.parametrize(
    ("link", "alarm", "source", "kind"),
    [
        ("analog_video", True, "confirm", "fpv"),
        ("sik", True, "sik_confirm", "gfsk_fhss"),
        ("elrs_900", True, "confirm", "elrs_900"),
        ("sik", False, "energy", "gfsk_fhss"),
    ],
)
def test_a_link_is_a_signal_at_the_node(link: str, alarm: bool, source: str, kind: str) -> None:
    track = linked(1)
    assert track.emission is not None
    heard_now = replace(track, emission=replace(track.emission, link=link, alarm=alarm))
    said = read(wardragon.signal(Moment(t_utc_ns=START_NS, track=heard_now), STATION))
    assert said["Signal Info"] == {"source": source, "signal_type": kind, "center_hz": 866.425e6, "bandwidth_hz": 5e5}
    assert said["Location/Vector Message"] == {"latitude": 56.9496, "longitude": 24.1052, "geodetic_altitude": 35.0}
    assert said["Basic ID"]["id"] == f"{kind}-alert-866.425MHz"


def test_the_kit_says_where_it_is() -> None:
    said = json.loads(wardragon.status(STATION, NAMES, START_NS, has_fix=True, temperature_c=51.5) or b"")
    assert said == {
        "timestamp": START_NS / 1e9,
        "serial_number": "edge-node-3fa2b1c0",
        "gps_data": {
            "latitude": 56.9496,
            "longitude": 24.1052,
            "gps_fix": True,
            "time_source": "gpsd",
            "time_utc": "2026-11-18T11:06:40.000Z",
            "altitude": 35.0,
        },
        "system_stats": {"temperature": 51.5},
    }


@hostile.patient
@given(hostile.moments, hostile.stations)
def test_no_track_makes_it_unreadable(moment: Moment, station: Station) -> None:
    for told in (wardragon.detection(moment, NAMES), wardragon.signal(moment, station)):
        if told is not None:
            read(told)
            assert len(told) < 4000
