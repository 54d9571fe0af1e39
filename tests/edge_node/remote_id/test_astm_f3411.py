"""Messages and packs: units, what is unknown, what cannot be, and what hostile bytes do."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from edge_node.remote_id.astm_f3411 import decode_message, decode_pack
from edge_node.remote_id.astm_messages import AuthPage, BasicId, Location, Message, System
from tests.edge_node.remote_id.frames import basic_id, location, message_pack, operator_id, self_id, system

RANGES = {
    "direction_deg": (0, 360),
    "speed_mps": (0, 254.25),
    "vertical_speed_mps": (-64, 63.5),
    "latitude_deg": (-90, 90),
    "longitude_deg": (-180, 180),
    "operator_latitude_deg": (-90, 90),
    "operator_longitude_deg": (-180, 180),
    "timestamp_s": (0, 3600),
}
MESSAGE_BYTES = st.binary(min_size=24, max_size=24)
LIKELY_MESSAGE = st.builds(lambda kind, rest: bytes((kind,)) + rest, st.integers(0, 0x5F), MESSAGE_BYTES)
LIKELY_PACK = st.builds(
    lambda size, count, rest: bytes((0xF2, size, count)) + rest,
    st.sampled_from([25, 25, 24]),
    st.integers(0, 12) | st.integers(0, 255),
    st.lists(LIKELY_MESSAGE, max_size=12).map(b"".join) | st.binary(max_size=300),
)


def read_location(data: bytes) -> Location:
    message = decode_message(data)
    assert isinstance(message, Location)
    return message


def read_system(data: bytes) -> System:
    message = decode_message(data)
    assert isinstance(message, System)
    return message


def test_a_location_is_told_in_units() -> None:
    said = read_location(location(bits=0x27, direction=20, speed=10, climb=-5, lat=-337_000_001, lon=1_512_000_000))
    assert (said.status, said.direction_deg, said.speed_mps, said.vertical_speed_mps) == (2, 200.0, 71.25, -2.5)
    assert (said.latitude_deg, said.longitude_deg) == (-33.7000001, 151.2)
    assert (said.altitude_baro_m, said.altitude_wgs84_m, said.height_m, said.height_above_ground) == (100.0, 100.0, 50.0, True)
    assert (said.horizontal_accuracy_m, said.vertical_accuracy_m, said.baro_accuracy_m, said.speed_accuracy_mps) == (10.0, 10.0, 25.0, 0.3)
    assert (said.timestamp_s, said.timestamp_accuracy_s, said.flags) == (10.0, 0.2, ())


@pytest.mark.parametrize(
    ("bits", "direction", "expected"),
    [(0, 0, 0.0), (0, 179, 179.0), (2, 0, 180.0), (2, 179, 359.0), (2, 180, 360.0), (2, 181, None)],
)
def test_direction_has_an_east_west_bit_and_one_unknown(bits: int, direction: int, expected: float | None) -> None:
    said = read_location(location(bits=bits, direction=direction))
    assert (said.direction_deg, said.flags) == (expected, ())


@pytest.mark.parametrize(
    ("multiplier", "speed", "expected"), [(0, 0, 0.0), (0, 255, 63.75), (1, 0, 63.75), (1, 254, 254.25), (1, 255, None)]
)
def test_speed_is_unknown_in_the_high_range_alone(multiplier: int, speed: int, expected: float | None) -> None:
    assert read_location(location(bits=multiplier, speed=speed)).speed_mps == expected


@pytest.mark.parametrize(("climb", "expected"), [(-124, -62.0), (-1, -0.5), (0, 0.0), (124, 62.0), (126, None)])
def test_climb_and_descent(climb: int, expected: float | None) -> None:
    assert read_location(location(climb=climb)).vertical_speed_mps == expected


@pytest.mark.parametrize(("lat", "lon", "expected"), [(0, 0, (None, None)), (0, 5, (0.0, 5e-7)), (5, 0, (5e-7, 0.0))])
def test_a_place_is_unknown_only_when_both_are_nought(lat: int, lon: int, expected: tuple[float | None, float | None]) -> None:
    said = read_location(location(lat=lat, lon=lon))
    assert (said.latitude_deg, said.longitude_deg) == expected
    operator = read_system(system(lat=lat, lon=lon))
    assert (operator.operator_latitude_deg, operator.operator_longitude_deg) == expected


def test_altitudes_of_nought_are_unknown() -> None:
    said, told = read_location(location(altitude=0)), read_system(system(altitude=0))
    assert (said.altitude_baro_m, said.altitude_wgs84_m) == (None, None)
    assert (told.operator_altitude_wgs84_m, told.area_ceiling_m, told.area_floor_m, told.area_radius_m) == (None, None, 0.0, 50)


@pytest.mark.parametrize(
    ("data", "field", "flag"),
    [
        (location(lat=900_000_001), "latitude_deg", "latitude_out_of_range"),
        (location(lon=-1_800_000_001), "longitude_deg", "longitude_out_of_range"),
        (location(bits=2, direction=182), "direction_deg", "direction_out_of_range"),
        (location(tenths=36_001), "timestamp_s", "timestamp_out_of_range"),
        (system(lat=-900_000_001), "operator_latitude_deg", "operator_latitude_out_of_range"),
        (system(lon=1_800_000_001), "operator_longitude_deg", "operator_longitude_out_of_range"),
    ],
)
def test_what_cannot_be_is_none_and_named(data: bytes, field: str, flag: str) -> None:
    message = decode_message(data)
    assert isinstance(message, Location | System)
    assert (asdict(message)[field], message.flags) == (None, (flag,))


def test_a_full_hour_is_a_time_and_65535_is_none() -> None:
    assert read_location(location(tenths=36_000)).timestamp_s == 3600.0
    assert (read_location(location(tenths=65_535)).timestamp_s, read_location(location(tenths=65_535)).flags) == (None, ())


@pytest.mark.parametrize(("protocol", "since_epoch_s", "utc_s"), [(0, 0, None), (1, 0, None), (2, 0, 1_546_300_800), (0, 1, 1_546_300_801)])
def test_the_system_time_came_with_protocol_2(protocol: int, since_epoch_s: int, utc_s: int | None) -> None:
    assert read_system(system(protocol=protocol, since_epoch_s=since_epoch_s)).utc_s == utc_s


def test_authentication_pages() -> None:
    first = decode_message(bytes((0x22, 0x10, 1, 40, 5, 0, 0, 0)) + b"a" * 17)
    second = decode_message(bytes((0x22, 0x11)) + b"b" * 23)
    assert first == AuthPage(2, 1, 0, b"a" * 17, 1, 40, 1_546_300_805)
    assert second == AuthPage(2, 1, 1, b"b" * 23)
    assert decode_message(bytes((0x22, 0x10, 1, 41)) + bytes(21)) is None
    assert decode_message(bytes((0x22, 0x10, 16, 0)) + bytes(21)) is None


@pytest.mark.parametrize("offset", [-1, 1, 25, 1_000])
def test_a_message_cut_short_is_none(offset: int) -> None:
    assert decode_message(location(), offset) is None


def test_kinds_that_nobody_knows_are_none() -> None:
    assert [decode_message(bytes((kind << 4,)) + bytes(24)) for kind in range(6, 16)] == [None] * 10


def test_a_bare_message_is_a_pack_of_one() -> None:
    pack = decode_pack(location())
    assert (len(pack.messages), pack.declared, pack.bad, pack.faults) == (1, 1, 0, ())
    assert decode_pack(location()[:24]).faults == ("pack_short",)


@pytest.mark.parametrize(
    ("payload", "good", "bad", "faults"),
    [
        (b"", 0, 0, ("pack_short",)),
        (b"\xf2\x19", 0, 0, ("pack_short",)),
        (message_pack(), 0, 0, ()),
        (message_pack(location(), declared=0), 0, 0, ()),
        (message_pack(basic_id(), location(), system()), 3, 0, ()),
        (message_pack(basic_id(), location())[:-3], 1, 1, ("pack_short",)),
        (message_pack(basic_id(), b"\x62" + bytes(24), location()), 2, 1, ("pack_bad_message",)),
        (message_pack(basic_id(), b"\xf2\x19\x01" + bytes(22), location()), 2, 1, ("pack_bad_message",)),
        (message_pack(location(), location(direction=9), location(direction=8)), 1, 2, ("pack_duplicate",)),
        (message_pack(basic_id(), basic_id(b"other"), basic_id()), 3, 0, ()),
        (message_pack(*[self_id()] * 2, operator_id(), declared=255), 2, 253, ("pack_overfull", "pack_short", "pack_duplicate")),
        (message_pack(*[basic_id()] * 12), 9, 3, ("pack_overfull", "pack_short")),
        (b"\xf2\x18" + message_pack(location())[2:], 1, 0, ("pack_message_size",)),
        (b"\xf2\x18" + message_pack(location())[2:-1], 0, 1, ("pack_message_size",)),
    ],
)
def test_a_damaged_pack_keeps_what_is_good(payload: bytes, good: int, bad: int, faults: tuple[str, ...]) -> None:
    pack = decode_pack(payload)
    assert (len(pack.messages), pack.bad, pack.faults) == (good, bad, faults)


def test_of_two_locations_the_later_one_stands() -> None:
    (said,) = decode_pack(message_pack(location(direction=1), location(direction=2))).messages
    assert isinstance(said, Location)
    assert said.direction_deg == 182.0


def in_range(message: Message) -> None:
    for name, value in asdict(message).items():
        if isinstance(value, float):
            assert math.isfinite(value)
        if value is not None and name in RANGES:
            low, high = RANGES[name]
            assert low <= value <= high


@given(st.binary(max_size=60) | LIKELY_MESSAGE, st.integers(-30, 60))
def test_any_bytes_make_a_message_in_range_or_none(data: bytes, offset: int) -> None:
    for at in (0, offset):
        message = decode_message(data, at)
        if message is not None:
            in_range(message)


@given(st.binary(max_size=300) | LIKELY_PACK)
def test_any_bytes_make_a_bounded_pack(payload: bytes) -> None:
    pack = decode_pack(payload)
    assert len(pack.messages) <= 9
    assert 0 <= pack.bad <= pack.declared <= 255
    assert pack.bad == pack.declared - len(pack.messages)
    assert not pack.bad or pack.faults
    for message in pack.messages:
        in_range(message)


@given(st.lists(st.builds(basic_id, st.binary(min_size=20, max_size=20)), max_size=9))
def test_every_basic_id_of_a_pack_is_kept(ids: list[bytes]) -> None:
    kept = decode_pack(message_pack(*ids)).messages
    assert [message.id for message in kept if isinstance(message, BasicId)] == [data[2:22] for data in ids]
