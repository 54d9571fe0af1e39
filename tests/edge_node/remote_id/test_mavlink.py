"""MAVLink's OPEN_DRONE_ID messages, as another encoder writes them (pymavlink 2.4.50, dialect v20.common, system id 7)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.blocks import RadioFrame
from edge_node.messages import RemoteIdDetection, UasId
from edge_node.remote_id.carriers import payloads
from edge_node.remote_id.detector import RemoteIdDetector

FRAMES = {
    "basic_id": ("fd2c0000000701643200000002112233445500000000000000000000000000000102313539364633353034353737393131353132323364ef"),
    "location": (
        "fd3b0000000701653200bfc9e9eb004a1f5a0000cb42000044c100004a4200509a44524ed20406ff00000211223344550000"
        "00000000000000000000000002010a040304029bea"
    ),
    "location_unknown": ("fd260000000701653200000000000000000000007ac400007ac400007ac400ff7f47048d9c639c1800000211223344558863"),
    "authentication_0": (
        "fd2f000000070166320005000000000002112233445500000000000000000000000000000100012861616161616161616161616161616161619174"
    ),
    "authentication_1": (
        "fd35000000070166320000000000000002112233445500000000000000000000000000000101000062626262626262626262626262626262626262626262629ccf"
    ),
    "self_id": "fd23000000070167320000000000000000000000000000000000000000000000016c6f77206f6e20706f776572449a",
    "system": (
        "fd3600000007016832000046c323804d19f10000f14200007ac400003642640000000300c201000031353936463335303435"
        "37373931313531323233010102056454"
    ),
    "operator_id": ("fd2b0000000701693200000002112233445500000000000000000000000000000046494e38376173747264676531326b382d78797ac799"),
    "message_pack": (
        "fd39000000070173320000000000000000000000000000000000000000000000190202123135393646333530343537373931"
        "313531323233000000320073757276657987a4"
    ),
    "system_update": "fd0d00000007017732000146c32382b2e60e00003842c8e130",
    "arm_status": "fd01000000070176320000bd07",
    "heartbeat": "fd090000000701000000000000000203000403a76f",
}
UNKNOWN = ("direction_deg", "speed_mps", "vertical_speed_mps", "latitude_deg", "longitude_deg", "timestamp_s", "timestamp_accuracy_s")
UNKNOWN += ("altitude_wgs84_m", "altitude_baro_m", "height_m", "horizontal_accuracy_m", "vertical_accuracy_m", "speed_accuracy_mps")


def heard(name: str) -> RadioFrame:
    return RadioFrame(1_000, 0, 0, "mavlink", bytes.fromhex(FRAMES[name]))


def detect(name: str) -> RemoteIdDetection:
    (detection,) = RemoteIdDetector().step(heard(name))
    return detection


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("basic_id", {"ids": (UasId("serial_number", "1596F350457791151223"),), "ua_type": "helicopter_or_multirotor"}),
        (
            "location",
            {
                "status": "airborne",
                "direction_deg": 200.5,
                "speed_mps": 12.34,
                "vertical_speed_mps": -2.5,
                "latitude_deg": -33.7000001,
                "longitude_deg": 151.2,
                "altitude_baro_m": 101.5,
                "altitude_wgs84_m": -12.25,
                "height_m": 50.5,
                "height_reference": "ground",
                "horizontal_accuracy_m": 10.0,
                "vertical_accuracy_m": 10.0,
                "speed_accuracy_mps": 0.3,
                "timestamp_s": 1234.5,
                "timestamp_accuracy_s": 0.2,
            },
        ),
        ("location_unknown", {"status": None, "height_reference": None, **dict.fromkeys(UNKNOWN)}),
        ("self_id", {"self_id": "low on power", "description_type": "emergency"}),
        (
            "system",
            {
                "operator_latitude_deg": 60.0,
                "operator_longitude_deg": -25.0,
                "operator_altitude_wgs84_m": 45.5,
                "operator_location": "live",
                "system_time_utc": "2019-01-01T00:01:40Z",
            },
        ),
        ("operator_id", {"operator_id": "FIN87astrdge12k8", "notes": ("operator_id_secret_stripped",)}),
        ("message_pack", {"ids": (UasId("serial_number", "1596F350457791151223"),), "self_id": "survey"}),
        (
            "system_update",
            {
                "operator_latitude_deg": 60.0000001,
                "operator_longitude_deg": 25.0000002,
                "operator_altitude_wgs84_m": 46.0,
                "system_time_utc": "2019-01-01T00:03:20Z",
            },
        ),
    ],
)
def test_every_message_is_told_in_units(name: str, told: dict[str, Any]) -> None:
    said = detect(name)
    fields = {field: getattr(said, field) for field in told}
    assert fields == told
    assert (said.transport, said.damaged, said.counter, said.sequence_number) == ("mavlink", False, None, None)
    assert said.flags == told.get("flags", ())


@pytest.mark.parametrize(
    ("name", "transmitter"),
    [
        ("basic_id", "02:11:22:33:44:55"),
        ("location", "02:11:22:33:44:55"),
        ("authentication_0", "02:11:22:33:44:55"),
        ("operator_id", "02:11:22:33:44:55"),
        ("self_id", "mavlink:7"),
        ("message_pack", "mavlink:7"),
        ("system_update", "mavlink:7"),
        ("system", "mavlink:7:" + b"1596F350457791151223".hex()),
    ],
)
def test_a_transmitter_is_an_address_an_id_or_the_receiver(name: str, transmitter: str) -> None:
    assert detect(name).transmitter == transmitter


def test_pages_are_put_together() -> None:
    detector = RemoteIdDetector()
    (first,), (second,) = detector.step(heard("authentication_0")), detector.step(heard("authentication_1"))
    assert (first.authentication, first.authentication_type, first.authentication_data) == ("present", "uas_id_signature", None)
    assert second.authentication_data == (b"a" * 17 + b"b" * 23).hex()


@pytest.mark.parametrize("name", ["arm_status", "heartbeat"])
def test_what_is_of_no_aircraft_is_none(name: str) -> None:
    assert not RemoteIdDetector().step(heard(name))


@pytest.mark.parametrize("data", [b"", b"\xfd", b"\xfe\x09" + bytes(15), bytes.fromhex(FRAMES["basic_id"])[:30]])
def test_what_is_no_whole_frame_is_none(data: bytes) -> None:
    assert not payloads(RadioFrame(0, 0, 0, "mavlink", data))


NUMBERS = st.sampled_from([12900, 12901, 12902, 12903, 12904, 12905, 12915, 12919])


@given(NUMBERS, st.binary(max_size=255))
def test_any_fields_make_a_sound_detection(number: int, fields: bytes) -> None:
    data = bytes((0xFD, len(fields), 0, 0, 0, 7, 1)) + number.to_bytes(3, "little") + fields + b"\x00\x00"
    (said,) = RemoteIdDetector().step(RadioFrame(0, 0, 0, "mavlink", data))
    assert msgspec.json.decode(msgspec.json.encode(said), type=RemoteIdDetection) == said
    assert said.latitude_deg is None or -90 <= said.latitude_deg <= 90
    assert said.direction_deg is None or 0 <= said.direction_deg <= 360
    assert said.altitude_wgs84_m is None or -1000 < said.altitude_wgs84_m < 31_768
