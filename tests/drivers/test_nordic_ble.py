"""The nRF sniffer's header: by hand, hostile, and of a real capture."""

from __future__ import annotations

import struct
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import nordic_ble, pcap
from drivers.nordic_ble import NordicBle

ADVERTISING = 0x8E89BED6
PDU = bytes([0x42, 9]) + b"\x01\x02\x03\x04\x05\x06" + b"\x02\x01\x06"


def record(pdu: bytes = PDU, *, version: int = 3, flags: int = 1, channel: int = 37, rssi: int = 60, address: int = ADVERTISING) -> bytes:
    """A record of one PDU with its CRC; a coded one has its coding indicator."""
    coding = b"\x00" if flags >> 4 & 7 == 2 else b""
    event = struct.pack("<BBBBHII", 10, flags, channel, rssi, 0, 0, address) + coding + pdu + b"crc"
    head = struct.pack("<BHBHB", 0, len(event), 3, 0, 2) if version == 3 else struct.pack("<BBBBHB", 0, 6, len(event), version, 0, 6)
    return head + event


@pytest.mark.parametrize("version", [1, 2, 3])
def test_reads_each_version(version: int) -> None:
    expected = NordicBle(PDU, -60, 2_402_000_000, intact=True, coded_phy=False)
    assert nordic_ble.read(record(version=version)) == expected


def test_reads_a_coded_packet() -> None:
    assert nordic_ble.read(record(flags=0x21)) == NordicBle(PDU, -60, 2_402_000_000, intact=True, coded_phy=True)


def test_tells_a_bad_crc_and_an_unknown_level() -> None:
    assert nordic_ble.read(record(flags=0, rssi=0)) == NordicBle(PDU, None, 2_402_000_000, intact=False, coded_phy=False)


@pytest.mark.parametrize(("channel", "mhz"), [(0, 2404), (10, 2424), (11, 2428), (36, 2478), (37, 2402), (38, 2426), (39, 2480)])
def test_channel_centres(channel: int, mhz: int) -> None:
    assert nordic_ble.channel_hz(channel) == mhz * 1_000_000
    assert nordic_ble.channel_hz(40) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        record()[:20],
        record()[:22],
        record()[:30],
        record(version=4),
        record(address=0x12345678),
        record(b""),
        record(b"\x00\xff"),
        b"\x00\x18\x00\x03\x00\x00\x02\x0b" + record()[8:],
    ],
)
def test_refuses_what_holds_no_advertising_pdu(data: bytes) -> None:
    assert nordic_ble.read(data) is None


@given(head=st.sampled_from([b"", record()[:21], record(flags=0x21)[:21], record(version=1)[:21]]), rest=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(head: bytes, rest: bytes) -> None:
    found = nordic_ble.read(head + rest)
    if found is not None:
        assert len(found.pdu) == 2 + found.pdu[1]


def test_a_real_coded_transmitter(shared_data: Path) -> None:
    capture = (shared_data / "remote_id" / "odid_bt5_lr_sample.pcapng").read_bytes()
    found = [nordic_ble.read(data) for _, _, data, _ in pcap.walk(capture).feed(capture)]
    whole = [packet for packet in found if packet is not None]
    assert len(found) == len(whole) == 274
    assert Counter(packet.intact for packet in whole) == {True: 244, False: 30}
    assert all(packet.coded_phy for packet in whole)
    assert whole[0].rssi_dbm == -53
    assert whole[0].center_hz == 2_424_000_000
