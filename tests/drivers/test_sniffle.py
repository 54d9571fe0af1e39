"""Sniffle's lines: by hand, and hostile."""

from __future__ import annotations

from base64 import b64encode
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import sniffle
from drivers.sniffle import Lines, Packet

PDU = bytes([0x42, 9]) + b"\x01\x02\x03\x04\x05\x06" + b"\x02\x01\x06"
POINTER = bytes([0x07, 8, 0x46, 0x18]) + bytes(6)


def line(kind: int, body: bytes) -> bytes:
    """What the firmware says."""
    said = bytes([(2 + len(body) + 2) // 3, kind]) + body
    return b64encode(said) + b"\r\n"


def heard(
    pdu: bytes = PDU, *, rssi: int = -60, channel: int = 37, phy: int = 2, crc_bad: bool = False, backward: bool = False, t_us: int = 1
) -> bytes:
    """A PDU off the air as the firmware says it."""
    bits = len(pdu) | crc_bad << 14 | backward << 15
    return line(0x10, pack("<IHHbB", t_us, bits, 0, rssi, channel | phy << 6) + pdu)


def read(said: bytes) -> Packet | None:
    """The packet in one line."""
    (one,) = Lines().feed(said)
    return sniffle.packet(one)


@pytest.mark.parametrize(("phy", "coded"), [(0, False), (1, False), (2, True), (3, True)])
def test_reads_a_packet(phy: int, coded: bool) -> None:
    assert read(heard(phy=phy, channel=10, backward=True)) == Packet(PDU, -60, 10, intact=True, coded_phy=coded)


def test_tells_a_bad_crc_and_an_unknown_level() -> None:
    assert read(heard(crc_bad=True, rssi=-128)) == Packet(PDU, None, 37, intact=False, coded_phy=True)


def test_tells_what_points_and_what_is_pointed_to() -> None:
    found = [read(heard(pdu, channel=channel)) for pdu, channel in ((POINTER, 37), (POINTER, 9), (PDU, 39))]
    assert [(one.is_aux, one.points_to_aux) for one in found if one] == [(False, True), (True, True), (False, False)]


@pytest.mark.parametrize(
    "said", [line(0x11, b"hello"), line(0x10, b"short"), heard(b"\x42"), heard(b"\x42\x09abc"), heard(channel=40), heard(b"")]
)
def test_other_messages_and_cut_ones_are_no_packet(said: bytes) -> None:
    assert read(said) is None


def test_commands_are_lines_that_count_themselves() -> None:
    assert sniffle.command(0x16, b"\x01") == b"ARYB\r\n"
    assert sniffle.command(0x18) == b64encode(b"\x01\x18") + b"\r\n"
    for one in sniffle.listen(coded=True, channel=37):
        assert sniffle.message(one.removesuffix(b"\r\n")) is not None
    assert sniffle.command(0x10, bytes.fromhex("25d6be898e0255555500")) in sniffle.listen(coded=True, channel=37)


def test_garbled_lines_are_counted_and_end() -> None:
    lines = Lines()
    assert lines.feed(b"AAAA\r\n!!!\r\nARYB") == []
    assert len(lines.feed(b"\r\n")) == 1
    assert lines.garbled == 2
    lines.feed(b"A" * 5_000)
    assert lines.garbled == 3
    assert len(lines._rest) <= sniffle.MOST_LINE_BYTES


@given(chunks=st.lists(st.one_of(st.binary(max_size=200), st.builds(line, st.integers(0, 255), st.binary(max_size=300))), max_size=6))
def test_any_bytes_are_read_or_counted(chunks: list[bytes]) -> None:
    lines = Lines()
    for chunk in chunks:
        for said in lines.feed(chunk):
            sniffle.marker(said)
            found = sniffle.packet(said)
            if found is not None:
                assert len(found.pdu) == 2 + found.pdu[1]
                assert isinstance(found.points_to_aux, bool)
        assert len(lines._rest) <= sniffle.MOST_LINE_BYTES
