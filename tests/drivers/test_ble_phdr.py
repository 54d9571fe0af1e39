"""BLE link-layer captures with a pseudo-header: the same PDUs as an nRF sniffer's capture of the same air."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import ble_phdr
from drivers.nordic_ble import ADVERTISING_ACCESS_ADDRESS
from drivers.recording import Recording
from tests.drivers.captures import pcap

PDU = bytes.fromhex("4216") + bytes.fromhex("c0ffee000002") + bytes.fromhex("0f16fafff00d0102030405060708090a")


def _record(pdu: bytes, *, flags: int, rf_channel: int = 0, signal_dbm: int = -87, coding: bytes = b"") -> bytes:
    header = struct.pack("<BbbBIH", rf_channel, signal_dbm, 0, 0, ADVERTISING_ACCESS_ADDRESS, flags)
    return header + struct.pack("<I", ADVERTISING_ACCESS_ADDRESS) + coding + pdu + bytes(3)


def test_a_checked_packet_says_signal_channel_and_phy() -> None:
    assert ble_phdr.read(_record(PDU, flags=0x0C03, rf_channel=39)) == (PDU, -87, 2_480_000_000, True, False)
    assert ble_phdr.read(_record(PDU, flags=0x8C03, coding=b"\0")) == (PDU, -87, 2_402_000_000, True, True)


def test_a_bad_check_is_told_and_a_missing_one_is_trusted() -> None:
    bad, unchecked = ble_phdr.read(_record(PDU, flags=0x0403)), ble_phdr.read(_record(PDU, flags=0x0001))
    assert bad is not None
    assert not bad.intact
    assert unchecked is not None
    assert (unchecked.intact, unchecked.rssi_dbm) == (True, None)


def test_connections_and_cut_packets_are_none() -> None:
    assert ble_phdr.read(_record(PDU, flags=0x0C03)[:20]) is None
    assert ble_phdr.read(_record(PDU, flags=0x0C03).replace(b"\xd6\xbe\x89\x8e", b"\x01\x02\x03\x04")) is None


@given(st.binary(max_size=300))
def test_any_bytes_raise_nothing(data: bytes) -> None:
    found = ble_phdr.read(data)
    assert found is None or len(found.pdu) >= 2


@pytest.mark.skipif(shutil.which("tshark") is None, reason="needs tshark, an independent reader")
def test_a_capture_reads_as_tshark_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "ble.pcap"
    path.write_bytes(pcap([(1_000_000_000, _record(PDU, flags=0x0C03, rf_channel=12))], link_type=256))
    recording = Recording(path, "fast")
    with recording:
        (frame,) = [block for block in recording.blocks() if block is not None]
    fields = ("btle.advertising_address", "btle_rf.channel", "btle_rf.signal_dbm")
    command = ["tshark", "-r", str(path), "-T", "fields", *(part for name in fields for part in ("-e", name))]
    address, channel, signal = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\t")
    assert frame.data == PDU
    assert address.replace(":", "") == PDU[7:1:-1].hex()
    assert frame.center_hz == (2402 + 2 * int(channel)) * 1_000_000
    assert frame.rssi_dbm == int(signal)
