"""The French beacon: units, what is missing, and lengths that lie; the reference's encoder is asked in test_vectors."""

from __future__ import annotations

from struct import pack

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from edge_node.messages import RemoteIdDetection, UasId
from edge_node.remote_id.detector import RemoteIdDetector
from tests.edge_node.remote_id.frames import beacon, element, heard

FRENCH = b"\x6a\x5c\x35\x01"


def field(kind: int, value: bytes, *, length: int | None = None) -> bytes:
    return bytes((kind, len(value) if length is None else length)) + value


def detect(*fields: bytes) -> RemoteIdDetection:
    (detection,) = RemoteIdDetector().step(heard(beacon(element(FRENCH + b"".join(fields)))))
    return detection


def place(first: int, latitude: int, longitude: int) -> bytes:
    return field(first, pack(">i", latitude)) + field(first + 1, pack(">i", longitude))


def test_all_fields_are_told_in_units() -> None:
    said = detect(
        field(1, b"\x01"),
        field(2, b"ABCDEF" + b"0" * 20 + b"1234"),
        field(3, b"1588E040445AC004418"),
        place(4, 4_885_000, -235_001),
        field(6, pack(">h", -12)),
        field(7, pack(">h", 50)),
        place(8, 4_885_100, -235_000),
        field(10, b"\x0c"),
        field(11, pack(">H", 359)),
    )
    assert said.ids == (UasId("caa_registration", "ABCDEF" + "0" * 20 + "1234"), UasId("serial_number", "1588E040445AC004418"))
    assert (said.latitude_deg, said.longitude_deg, said.altitude_msl_m) == (48.85, -2.35001, -12.0)
    assert (said.take_off_latitude_deg, said.take_off_longitude_deg) == (48.851, -2.35)
    assert (said.height_m, said.height_reference, said.speed_mps, said.direction_deg) == (50.0, "take_off", 12.0, 359.0)
    assert (said.altitude_wgs84_m, said.flags, said.damaged, said.counter) == (None, (), False, None)


def test_what_is_not_said_or_has_no_other_half_is_unknown() -> None:
    said = detect(field(1, b"\x01"), field(4, pack(">i", 4_885_000)), place(8, 0, 0))
    assert (said.latitude_deg, said.longitude_deg, said.take_off_latitude_deg, said.take_off_longitude_deg) == (None,) * 4
    assert (said.ids, said.height_reference, said.flags, said.damaged) == ((), None, (), False)


def test_what_cannot_be_is_none_and_named() -> None:
    said = detect(place(4, 9_000_001, 18_000_001), field(11, pack(">H", 361)))
    assert (said.latitude_deg, said.longitude_deg, said.direction_deg) == (None, None, None)
    assert said.flags == ("latitude_out_of_range", "longitude_out_of_range", "direction_out_of_range")


def test_wrong_sizes_are_damage_and_the_rest_is_kept() -> None:
    said = detect(field(6, b"\x01"), field(99, b"new"), field(10, b"\x07"), field(7, b"\x00", length=2))
    assert (said.altitude_msl_m, said.speed_mps, said.height_m, said.damaged) == (None, 7.0, None, True)
    assert said.flags == ("field_size", "field_cut")


@given(st.lists(st.builds(field, st.integers(0, 15), st.binary(max_size=40)) | st.binary(max_size=8), max_size=12), st.integers(0, 255))
def test_any_fields_make_a_sound_detection(fields: list[bytes], length: int) -> None:
    (said,) = RemoteIdDetector().step(heard(beacon(element(FRENCH + b"".join(fields)[: min(length, 250)]))))
    assert msgspec.json.decode(msgspec.json.encode(said), type=RemoteIdDetection) == said
    assert said.latitude_deg is None or -90 <= said.latitude_deg <= 90
    assert said.direction_deg is None or 0 <= said.direction_deg <= 360
