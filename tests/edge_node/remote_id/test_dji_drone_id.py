"""DJI's DroneID: versions, state bits, the order of coordinates, and texts whose lengths lie."""

from __future__ import annotations

from struct import pack

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.messages import RemoteIdDetection, UasId
from edge_node.remote_id.detector import RemoteIdDetector
from tests.edge_node.remote_id.frames import beacon, dji_beacon, element, heard

MARK = b"\x58\x62\x13"
DEGREE = 174_532.925
ALL = 0x1FFF


def raw(degrees: float) -> int:
    return round(degrees * DEGREE)


def telemetry(
    version: int = 2,
    state: int = ALL,
    serial: bytes = b"0K1CG6G3AH8V2M",
    *,
    place: tuple[float, float] = (46.83, 7.66),
    home: tuple[float, float] = (46.8, -7.6),
    pilot: tuple[float, float] = (46.7, 7.5),
    time_ms: int = 1_606_999_389_061,
    tail: bytes = b"\x18\x00" + bytes(20),
) -> bytes:
    common = pack("<BHH16siihhhhh", version, 7, state, serial, raw(place[1]), raw(place[0]), 89, 228, 300, -400, -150)
    if version == 1:
        return MARK + b"\x10" + common + pack("<hhhii", 1, 2, 3, raw(home[1]), raw(home[0])) + tail
    rest = pack("<hQiiii", 3, time_ms, raw(pilot[0]), raw(pilot[1]), raw(home[1]), raw(home[0]))
    return MARK + b"\x10" + common + rest + tail


def detect(load: bytes) -> RemoteIdDetection:
    (detection,) = RemoteIdDetector().step(heard(dji_beacon(load)))
    return detection


@pytest.mark.parametrize("version", [1, 2])
def test_both_versions_say_place_motion_and_home(version: int) -> None:
    said = detect(telemetry(version))
    assert (said.transport, said.ids, said.status) == ("dji_beacon", (UasId("serial_number", "0K1CG6G3AH8V2M"),), "airborne")
    assert (said.latitude_deg, said.longitude_deg) == pytest.approx((46.83, 7.66), abs=3e-6)
    assert (said.take_off_latitude_deg, said.take_off_longitude_deg) == pytest.approx((46.8, -7.6), abs=3e-6)
    assert (said.altitude_msl_m, said.height_m, said.height_reference) == (89.0, 22.8, "take_off")
    assert (said.speed_mps, said.direction_deg, said.vertical_speed_mps) == (5.0, pytest.approx(306.87), -1.5)
    assert (said.flags, said.damaged) == ((), False)


def test_version_2_says_where_the_pilot_is_and_when() -> None:
    said = detect(telemetry())
    assert (said.operator_latitude_deg, said.operator_longitude_deg) == pytest.approx((46.7, 7.5), abs=3e-6)
    assert (said.operator_location, said.system_time_utc) == ("live", "2020-12-03T12:43:09Z")
    assert detect(telemetry(1)).operator_latitude_deg is None


def test_a_spoofer_s_extra_byte_before_the_uuid_moves_nothing() -> None:
    assert detect(telemetry(tail=b"\xdc\x07\x00" + b"8442636")) == detect(telemetry())


@pytest.mark.parametrize(
    ("bit", "unknown"),
    [(7, ("altitude_msl_m",)), (8, ("height_m", "height_reference")), (9, ("speed_mps", "direction_deg")), (10, ("vertical_speed_mps",))],
)
def test_what_is_marked_invalid_is_unknown(bit: int, unknown: tuple[str, ...]) -> None:
    said, whole = (msgspec.to_builtins(detect(telemetry(state=state))) for state in (ALL & ~(1 << bit), ALL))
    assert {name for name in said if said[name] != whole[name]} == set(unknown)
    assert all(said[name] is None for name in unknown)


def test_a_place_that_is_sent_and_marked_invalid_is_told_and_flagged() -> None:
    said = detect(telemetry(state=0x1F33))
    assert said.latitude_deg is not None
    assert said.take_off_latitude_deg is not None
    assert said.flags == ("position_marked_invalid", "take_off_marked_invalid")
    nowhere = detect(telemetry(state=0x1F33, place=(0, 0), home=(0, 0), pilot=(0, 0)))
    assert (nowhere.latitude_deg, nowhere.take_off_latitude_deg, nowhere.operator_location, nowhere.flags) == (None, None, None, ())


def test_state_says_whether_it_flies_who_it_is_and_whether_it_may_be_told() -> None:
    said = detect(telemetry(state=ALL & ~0b100011))
    assert (said.status, said.ids, said.notes) == ("ground", (), ("privacy_requested",))


def test_hovering_has_no_direction() -> None:
    load = telemetry()
    still = detect(load[:37] + bytes(4) + load[41:])
    assert (still.speed_mps, still.direction_deg) == (0.0, None)


@pytest.mark.parametrize("time_ms", [0, 1, 477_918_568, 2**64 - 1])
def test_a_time_out_of_this_century_is_unknown(time_ms: int) -> None:
    assert detect(telemetry(time_ms=time_ms)).system_time_utc is None


def test_places_off_the_earth_are_named() -> None:
    said = detect(telemetry(place=(91, 181), pilot=(-91, 5), home=(5, -181)))
    assert (said.latitude_deg, said.longitude_deg, said.operator_longitude_deg, said.take_off_longitude_deg) == (
        None,
        None,
        pytest.approx(5, abs=3e-6),
        None,
    )
    assert {
        "latitude_out_of_range",
        "longitude_out_of_range",
        "operator_latitude_out_of_range",
        "take_off_longitude_out_of_range",
    } == set(said.flags)


@pytest.mark.parametrize(
    ("load", "flags"),
    [
        (MARK, ("subcommand_unknown",)),
        (MARK + b"\x12" + bytes(60), ("subcommand_unknown",)),
        (telemetry()[:42], ("element_short",)),
        (telemetry(3), ("version_unknown",)),
        (MARK + b"\x11short", ("element_short",)),
    ],
)
def test_what_cannot_be_read_is_damaged(load: bytes, flags: tuple[str, ...]) -> None:
    said = detect(load)
    assert (said.ids, said.latitude_deg, said.flags, said.damaged) == ((), None, flags, True)


def test_a_short_one_keeps_what_is_there() -> None:
    said = detect(telemetry()[:60])
    assert (said.latitude_deg is None, said.take_off_latitude_deg, said.flags, said.damaged) == (False, None, ("element_short",), True)


def purpose(number: bytes = b"N123", words: bytes = b"roof survey\x1b", *, length: int | None = None) -> bytes:
    texts = number.ljust(10, b"\0") + bytes((len(words) if length is None else length,)) + words.ljust(100, b"\0")
    return MARK + b"\x11" + b"0K1CG6G3AH8V2M".ljust(16, b"\0") + bytes((len(number),)) + texts


def test_a_purpose_is_text() -> None:
    said = detect(purpose())
    assert (said.ids, said.operator_id) == ((UasId("serial_number", "0K1CG6G3AH8V2M"),), "N123")
    assert (said.purpose, said.flags, said.damaged) == (r"roof survey\x1b", (), False)


def test_a_length_that_lies_is_damage() -> None:
    said = detect(purpose(length=101))
    assert (said.operator_id, said.purpose, said.flags, said.damaged) == ("N123", None, ("text_size",), True)


def test_telemetry_and_purpose_of_one_beacon_are_one_claim() -> None:
    elements = [element(b"\x26\x37\x12" + load) for load in (telemetry(), purpose())]
    (said,) = RemoteIdDetector().step(heard(beacon(*elements)))
    assert (len(said.ids), said.purpose, said.latitude_deg is None, said.notes) == (1, r"roof survey\x1b", False, ("several_elements",))


@given(st.sampled_from([b"\x10\x01", b"\x10\x02", b"\x11", b""]), st.binary(max_size=200))
def test_any_bytes_make_a_sound_detection(begin: bytes, rest: bytes) -> None:
    said = detect(MARK + begin + rest)
    assert msgspec.json.decode(msgspec.json.encode(said), type=RemoteIdDetection) == said
    for latitude in (said.latitude_deg, said.take_off_latitude_deg, said.operator_latitude_deg):
        assert latitude is None or -90 <= latitude <= 90
    assert said.direction_deg is None or 0 <= said.direction_deg < 360
    assert all(text is None or (text.isprintable() and len(text) <= 400) for text in (said.purpose, said.operator_id))
