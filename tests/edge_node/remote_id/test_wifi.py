"""What stands in 802.11 frames beside the messages, and whose elements are whose."""

from __future__ import annotations

import pytest

from edge_node.messages import RemoteIdDetection
from edge_node.remote_id.detector import RemoteIdDetector
from tests.edge_node.remote_id.frames import (
    ASTM,
    attribute,
    basic_id,
    beacon,
    descriptor,
    dji_beacon,
    element,
    heard,
    location,
    message_pack,
    service_discovery,
)
from tests.edge_node.remote_id.test_dji_drone_id import telemetry
from tests.edge_node.remote_id.test_french import FRENCH, field

REMOTE_ID = element(ASTM + b"\x01" + location())


def detect(data: bytes) -> RemoteIdDetection:
    (detection,) = RemoteIdDetector().step(heard(data))
    return detection


def with_header(data: bytes, *, sequence: int, tsf_us: int = 0, interval_tu: int = 0) -> bytes:
    fixed = tsf_us.to_bytes(8, "little") + interval_tu.to_bytes(2, "little") + bytes(2)
    return data[:22] + (sequence << 4 | 3).to_bytes(2, "little") + fixed + data[36:]


@pytest.mark.parametrize("control", [b"\x80\x00", b"\x50\x00"])
def test_a_beacon_says_its_sequence_time_interval_and_name(control: bytes) -> None:
    said = detect(with_header(beacon(REMOTE_ID, control=control), sequence=4095, tsf_us=2**64 - 1, interval_tu=160))
    assert (said.sequence_number, said.tsf_us, said.beacon_interval_tu, said.ssid) == (4095, 2**64 - 1, 160, "RID")


def test_service_discovery_says_its_sequence_alone() -> None:
    said = detect(service_discovery(attribute(descriptor(b"\x07" + location()))))
    assert (said.transport, said.counter, said.sequence_number) == ("wifi_nan", 7, 0x025)
    assert (said.tsf_us, said.beacon_interval_tu, said.ssid) == (None, None, None)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(b"", None), (bytes(8), None), (b"caf\xc3\xa9\x1b", r"caf\xc3\xa9\x1b"), (b"x" * 40, "x" * 32), (b"a b", "a b")],
)
def test_a_name_is_printable_and_bounded(raw: bytes, expected: str | None) -> None:
    data = beacon(REMOTE_ID)
    assert detect(data[:36] + element(raw, number=0) + data[41:]).ssid == expected


def test_a_beacon_without_a_name_is_nameless() -> None:
    data = beacon(REMOTE_ID)
    assert detect(data[:36] + data[41:]).ssid is None


@pytest.mark.parametrize("oui", ["263712", "60601f", "481cb9", "34d262"])
def test_dji_has_four_ouis(oui: str) -> None:
    assert detect(dji_beacon(telemetry(), oui=bytes.fromhex(oui))).transport == "dji_beacon"


@pytest.mark.parametrize(
    "strange",
    [
        element(b"\x26\x37\x13" + telemetry()),
        element(b"\x26\x37\x12\x58\x62\x14" + telemetry()[3:]),
        element(b"\x26\x37\x12" + telemetry(), length=5),
        element(FRENCH[:3] + b"\x02" + field(10, b"\x05")),
        element(b"\x50\x6f\x9a\x13" + telemetry()),
    ],
)
def test_elements_of_others_are_nothing(strange: bytes) -> None:
    assert not RemoteIdDetector().step(heard(beacon(strange)))


def test_each_transport_of_one_frame_is_a_detection() -> None:
    elements = (
        element(ASTM + b"\x01" + message_pack(basic_id(), location())),
        element(b"\x26\x37\x12" + telemetry(serial=b"DJI")),
        element(FRENCH + field(10, b"\x05")),
        element(ASTM + b"\x02" + location()),
    )
    heard_of = RemoteIdDetector().step(heard(beacon(*elements)))
    assert [said.transport for said in heard_of] == ["wifi_beacon", "dji_beacon", "french_beacon"]
    assert [said.notes for said in heard_of] == [("several_elements",), (), ()]
    assert [said.speed_mps for said in heard_of] == [1.0, 5.0, 5.0]
    assert {(said.sequence_number, said.ssid) for said in heard_of} == {(0, "RID")}
