"""Category 129, of which no decoder is to be had: each item where the specification puts it, and one record that others made by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.interop.asterix import cat129, fields
from edge_node.interop.geoid import geoid_height_m
from edge_node.interop.moment import Moment
from edge_node.messages import Track, UasId
from tests.edge_node.interop import hostile
from tests.edge_node.interop.scene import SERIAL, START_NS, flown

LENGTHS = {1: 2, 2: 2, 3: 3, 4: 3, 5: 12, 6: 2, 7: 3, 8: 8, 9: 3, 10: 3, 11: 2}
"""Octets of each item by its field reference number, up to the last that is told."""


def read(block: bytes) -> dict[int, bytes]:
    """Items by their field reference number, of a block with one record."""
    assert (block[0], int.from_bytes(block[1:3], "big")) == (129, len(block))
    end = next(place for place in range(3, len(block)) if not block[place] & 1) + 1
    bits = [(place - 3) * 7 + bit + 1 for place in range(3, end) for bit in range(7) if block[place] & 0x80 >> bit]
    items = {}
    for number in bits:
        items[number], end = block[end : end + LENGTHS[number]], end + LENGTHS[number]
    assert end == len(block)
    return items


def told(track: Track) -> dict[int, bytes] | None:
    block = cat129.block(Moment(t_utc_ns=START_NS, track=track), 25, 7)
    return None if block is None else read(block)


def named(operator_id: str | None, serial: str = SERIAL) -> Track:
    """A drone with that operator and serial number."""
    identity = flown(1).identity
    assert identity is not None
    return replace(flown(1), identity=replace(identity, ids=(UasId("serial_number", serial),), operator_id=operator_id))


def test_each_item_is_at_its_place() -> None:
    said = told(flown(1))
    assert said is not None
    assert set(said) == {1, 5, 6, 7, 8, 9}
    assert (said[1], said[5], said[6]) == (bytes((25, 7)), SERIAL[-12:].encode(), b"LV")
    assert said[7] == fields.time_of_day(START_NS)
    latitude, longitude = (int.from_bytes(said[8][place : place + 4], "big", signed=True) * 180 / 2**30 for place in (0, 4))
    assert latitude == pytest.approx(56.952, abs=1e-7)
    assert longitude == pytest.approx(24.105364, abs=1e-7)
    assert int.from_bytes(said[9], "big", signed=True) / 10 == pytest.approx(85.0 - geoid_height_m(56.952, 24.105364), abs=0.051)


def test_the_antimeridian_is_minus_180() -> None:
    track = flown(1)
    assert track.kinematics is not None
    said = told(replace(track, kinematics=replace(track.kinematics, longitude_deg=180.0)))
    assert said is not None
    assert int.from_bytes(said[8][4:], "big", signed=True) == -(2**30)


def test_a_record_that_others_made_by_hand_has_the_same_octets() -> None:
    """Country US, noon, 59 652 323 and -119 304 647 steps, 500 m: what an implementation of edition 1.2 decodes in its own tests."""
    items = {1: bytes(2), 6: b"US", 7: fields.time_of_day(12 * 3600 * 10**9), 9: fields.signed(500.0, cat129.DECIMETRE_M, 3)}
    degrees = (59_652_323 * cat129.ANGLE_DEG, -119_304_647 * cat129.ANGLE_DEG)
    items[8] = fields.place(*degrees, cat129.ANGLE_DEG)
    assert fields.record(items).hex() == "87c0" + "0000" + "5553" + "546000" + "038e38e3" + "f8e38e39" + "001388"


@pytest.mark.parametrize(
    ("operator_id", "land"),
    [
        ("FIN87astrdge12k8", "FI"),
        ("GBR-OP-ABCD1234", "GB"),
        ("ZZZ87astrdge12k8", None),
        ("fin87astrdge12k8", None),
        ("FIN", None),
        (None, None),
    ],
)
def test_the_country_is_the_operator_s_or_nothing_is_told(operator_id: str, land: str | None) -> None:
    said = told(named(operator_id))
    assert (said[6].decode() if said else None) == land


def test_a_short_serial_number_is_filled_up() -> None:
    said = told(named("LVA0000000000001", "AB12"))
    assert said is not None
    assert said[5] == b"AB12        "


def test_what_is_lost_or_has_no_place_or_no_name_is_not_told() -> None:
    assert told(replace(flown(1), state="lost")) is None
    assert told(replace(flown(1), kinematics=None)) is None
    assert told(replace(flown(1), identity=None)) is None
    assert told(named("LVA0000000000001", "")) is None


@hostile.patient
@given(hostile.moments, st.integers(-1, 300))
def test_no_track_makes_a_record_that_cannot_be_read(moment: Moment, sac: int) -> None:
    block = cat129.block(moment, sac, 7)
    assert block is None or read(block)
