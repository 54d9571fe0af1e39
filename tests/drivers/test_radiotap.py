"""The radiotap header: by hand, hostile, and against scapy."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dot11 import RadioTap

from drivers import pcap, radiotap
from drivers.radiotap import Radiotap

TSFT, FLAGS, RATE, CHANNEL, SIGNAL, ANTENNA, MCS = (1 << bit for bit in (0, 1, 2, 3, 5, 11, 19))
NAMESPACE, VENDOR, MORE = 1 << 29, 1 << 30, 1 << 31
CHANNEL_6 = struct.pack("<HH", 2437, 0x00A0)


def header(*words: int, fields: bytes = b"") -> bytes:
    """A header of these present words and fields."""
    return struct.pack(f"<BxH{len(words)}I", 0, 4 + 4 * len(words) + len(fields), *words) + fields


def test_says_nothing_of_what_is_not_there() -> None:
    assert radiotap.read(header(0)) == Radiotap(8, 0, bad_fcs=False, center_hz=None, rssi_dbm=None)


def test_reads_the_fields_at_their_alignment() -> None:
    fields = bytes(8) + bytes([0x10, 2]) + CHANNEL_6 + struct.pack("<b", -71)
    expected = Radiotap(23, 4, bad_fcs=False, center_hz=2_437_000_000, rssi_dbm=-71)
    assert radiotap.read(header(TSFT | FLAGS | RATE | CHANNEL | SIGNAL, fields=fields)) == expected
    padded = b"\x50\x00" + CHANNEL_6 + struct.pack("<b", -71)
    assert radiotap.read(header(FLAGS | CHANNEL | SIGNAL, fields=padded)) == Radiotap(
        15, 4, bad_fcs=True, center_hz=2_437_000_000, rssi_dbm=-71
    )


def test_reads_behind_further_present_words() -> None:
    words = (TSFT | CHANNEL | SIGNAL | NAMESPACE | MORE, SIGNAL | ANTENNA | NAMESPACE | MORE, SIGNAL | ANTENNA)
    fields = bytes(8) + CHANNEL_6 + struct.pack("<bbBbB", -50, -52, 0, -54, 1)
    assert radiotap.read(header(*words, fields=fields)) == Radiotap(33, 0, bad_fcs=False, center_hz=2_437_000_000, rssi_dbm=-50)


def test_takes_the_first_antenna_where_the_frame_itself_has_no_level() -> None:
    words = (FLAGS | NAMESPACE | MORE, SIGNAL | ANTENNA | NAMESPACE | MORE, SIGNAL | ANTENNA)
    found = radiotap.read(header(*words, fields=struct.pack("<BbBbB", 0, -52, 0, -54, 1)))
    assert found is not None
    assert found.rssi_dbm == -52


@pytest.mark.parametrize("then", [VENDOR | MORE, MORE])
def test_stops_at_fields_of_another_namespace(then: int) -> None:
    found = radiotap.read(header(FLAGS | then, SIGNAL, fields=struct.pack("<B7x", 0x10)))
    assert found == Radiotap(20, 4, bad_fcs=False, center_hz=None, rssi_dbm=None)


def test_stops_at_a_field_of_unknown_size() -> None:
    found = radiotap.read(header(SIGNAL | 1 << 28 | NAMESPACE | MORE, CHANNEL, fields=struct.pack("<bx", -60) + CHANNEL_6))
    assert found == Radiotap(18, 0, bad_fcs=False, center_hz=None, rssi_dbm=-60)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        header(0)[:7],
        b"\x01" + header(0)[1:],
        header(SIGNAL),
        header(TSFT, fields=bytes(7)),
        header(FLAGS, fields=bytes(1))[:8],
        struct.pack("<BxHI", 0, 3, 0),
        struct.pack("<BxHI", 0, 9, 0),
        header(*([MORE] * 3)),
        header(*([NAMESPACE | MORE] * 20), 0),
    ],
)
def test_refuses_what_is_no_header(data: bytes) -> None:
    assert radiotap.read(data) is None


@given(st.binary(max_size=128))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    _holds(data)


@given(
    words=st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=6),
    fields=st.binary(max_size=96),
    length=st.none() | st.integers(0, 200),
)
def test_any_present_words_are_read_or_refused(words: list[int], fields: bytes, length: int | None) -> None:
    data = bytearray(header(*(word | MORE for word in words[:-1]), words[-1], fields=fields))
    if length is not None:
        struct.pack_into("<H", data, 2, length)
    _holds(bytes(data))


def _holds(data: bytes) -> None:
    found = radiotap.read(data)
    assert found == radiotap.read(memoryview(data))
    if found is not None:
        assert 8 <= found.header_bytes <= len(data)
        assert found.fcs_bytes in (0, 4)
        assert found.rssi_dbm is None or -128 <= found.rssi_dbm <= 127


@pytest.mark.parametrize("name", ["parrot_anafi4_real.pcap", "parrot_anafi4_spoofed.pcap", "odid_wifi_sample.pcap"])
def test_agrees_with_scapy(shared_data: Path, name: str) -> None:
    capture = (shared_data / "remote_id" / name).read_bytes()
    for _, _, data, _ in list(pcap.walk(capture).feed(capture))[::20]:
        theirs, ours = RadioTap(data), radiotap.read(data)
        assert ours is not None
        assert ours.header_bytes == theirs.len
        assert ours.rssi_dbm == theirs.dBm_AntSignal
        assert ours.center_hz == (theirs.ChannelFrequency * 1_000_000 if theirs.ChannelFrequency else None)
        assert (ours.fcs_bytes == 4) == bool(theirs.Flags and theirs.Flags.FCS)
