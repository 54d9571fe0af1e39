"""Real captures, read as a node reads them."""

from __future__ import annotations

import json
import math
import struct
from collections import Counter
from pathlib import Path

import pytest

from drivers.blocks import RadioFrame
from drivers.recording import Recording
from edge_node.messages import RemoteIdDetection, UasId
from edge_node.remote_id.detector import RemoteIdDetector
from tests.edge_node.remote_id import frames

SERIAL = UasId("serial_number", "1588E040445AC004418")


def played(path: Path) -> tuple[list[RadioFrame], list[RemoteIdDetection], str]:
    detector = RemoteIdDetector()
    with Recording(path, pace="fast") as recording:
        frames = [block for block in recording.blocks() if isinstance(block, RadioFrame)]
    detections = [detection for frame in frames for detection in detector.step(frame)]
    return frames, detections, detector.words()


def test_a_real_flight_is_read_whole(shared_data: Path) -> None:
    _, heard, words = played(shared_data / "remote_id" / "parrot_anafi4_real.pcap")
    assert (len(heard), sum(detection.latitude_deg is not None for detection in heard)) == (1140, 1140)
    assert sum((detection.direction_deg or 0) > 180 for detection in heard) == 750
    assert {detection.ids for detection in heard} == {(), (SERIAL,)}
    assert sum(bool(detection.ids) for detection in heard) == 385
    assert sum(detection.operator_latitude_deg is not None for detection in heard) == 385
    assert not any(detection.damaged or detection.flags for detection in heard)
    assert {detection.transmitter for detection in heard} == {"90:3a:e6:5b:c8:a8"}
    assert all(detection.rssi_dbm is not None and -66 < detection.rssi_dbm < -32 for detection in heard)
    assert words == "1 aircraft heard, 1140 frames, 0 damaged"


def test_a_replay_is_damaged_and_wifi_direct_is_nothing(shared_data: Path) -> None:
    frames, heard, words = played(shared_data / "remote_id" / "parrot_anafi4_spoofed.pcap")
    assert sum(b"\x50\x6f\x9a\x09" in frame.data for frame in frames if frame.data[:1] == b"\x80") == 412
    assert words == "1 aircraft heard, 26 frames, 26 damaged"
    assert {detection.ids for detection in heard} == {(SERIAL,)}
    assert all("pack_short" in detection.flags and detection.latitude_deg is not None for detection in heard)


def test_ids_of_type_none_are_bytes(shared_data: Path) -> None:
    _, heard, words = played(shared_data / "remote_id" / "odid_wifi_bcn_sample.pcap")
    assert {detection.ids for detection in heard} == {(UasId("none", b"MFG1A0123456789".hex() + "00" * 5),)}
    assert {detection.system_time_utc for detection in heard} == {None}
    assert words == "1 aircraft heard, 21 frames, 0 damaged"


def test_service_discovery_and_beacons_are_read_and_sync_beacons_are_not(shared_data: Path) -> None:
    frames, heard, _ = played(shared_data / "remote_id" / "odid_wifi_sample.pcap")
    assert Counter(detection.transport for detection in heard) == {"wifi_beacon": 21, "wifi_nan": 21}
    assert len(frames) == 63
    assert {detection.operator_id for detection in heard} == {"GBR-OP-123ABCD", None}
    assert all((detection.ssid is None) == (detection.transport == "wifi_nan") for detection in heard)
    assert [detection.sequence_number for detection in heard[:6]] == [101, 102, 104, 105, 107, 108]


def test_long_range_is_read_and_broken_frames_make_no_ghosts(shared_data: Path) -> None:
    frames, heard, words = played(shared_data / "remote_id" / "odid_bt5_lr_sample.pcapng")
    assert (len(frames), sum(not frame.intact for frame in frames)) == (274, 30)
    assert words == "1 aircraft heard, 244 frames, 0 damaged, 30 broken off the air"
    assert Counter("pack_empty" in detection.notes for detection in heard) == {False: 225, True: 19}
    assert {detection.ids for detection in heard} == {(), (UasId("serial_number", "SSEVTFG93700070"),)}
    assert {(detection.transport, detection.transmitter) for detection in heard} == {("ble_extended", "e0:7d:ea:eb:2f:1c")}


def test_every_dji_element_of_a_swarm_is_read(shared_data: Path) -> None:
    frames, heard, words = played(shared_data / "remote_id" / "mavic_multiple_spoofed.pcapng")
    assert words == "15 aircraft heard, 77 frames, 0 damaged"
    assert len({detection.ids for detection in heard}) == 15
    sent = [frame.data[frame.data.index(b"\x58\x62\x13\x10") + 4 :] for frame in frames if b"\x58\x62\x13\x10" in frame.data]
    for detection, data in zip(heard, sent, strict=True):
        longitude, latitude = (number * 1e-7 * 180 / math.pi for number in struct.unpack_from("<ii", data, 21))
        assert (detection.latitude_deg, detection.longitude_deg) == pytest.approx((latitude, longitude), abs=1e-6)
        assert detection.ids[0].value.encode() == data[5:21]
        assert detection.sequence_number is not None


def single_frames(shared_data: Path) -> dict[str, RemoteIdDetection]:
    """Each recorded frame's name, and what it says."""
    said = {}
    for line in (shared_data / "remote_id" / "real_frames.jsonl").read_text().splitlines():
        known = json.loads(line)
        (said[known["name"]],) = RemoteIdDetector().step(FRAMES[known["kind"]](bytes.fromhex(known["hex"])))
    return said


def test_single_real_frames_are_read(shared_data: Path) -> None:
    said = single_frames(shared_data)
    assert {name: detection.transport for name, detection in said.items()} == {
        "hci_bt5_lr_rx": "ble_extended",
        "hci_bt4_legacy_rx": "ble_legacy",
        "wifi_beacon_linux_tx": "wifi_beacon",
        "wifi_nan_lib": "wifi_nan",
        "dji_v1_beacon_esp8266": "dji_beacon",
        "dji_v2_flightreg_mavic": "dji_beacon",
        "dji_flight_purpose": "dji_beacon",
    }
    ids = (UasId("serial_number", "112624150A90E3AE1EC0"), UasId("caa_registration", "FD3454B778E565C24B70"))
    assert said["hci_bt5_lr_rx"].ids == said["wifi_beacon_linux_tx"].ids == ids
    assert (said["hci_bt5_lr_rx"].transmitter, said["hci_bt4_legacy_rx"].ids) == ("8b:6f:b4:54:e6:dd", ids[:1])
    beacon = said["wifi_beacon_linux_tx"]
    assert (beacon.ssid, beacon.tsf_us, beacon.beacon_interval_tu, beacon.sequence_number) == ("DroneIDTest", 8_602_136, 200, 39)
    assert (beacon.authentication, beacon.authentication_type) == ("present", "uas_id_signature")
    assert beacon.authentication_data == (b"12345678901234567" + b"12345678901234567890123" * 2).hex()
    mavic = said["dji_v2_flightreg_mavic"]
    assert (mavic.ids, mavic.latitude_deg, mavic.altitude_msl_m) == ((UasId("serial_number", "0K1CG6G3AH8V2M"),), None, None)
    assert (mavic.operator_latitude_deg, mavic.operator_longitude_deg) == pytest.approx((46.76255, 7.60051), abs=1e-5)
    assert (mavic.height_m, mavic.status, mavic.system_time_utc, mavic.flags) == (1.2, "airborne", "2020-12-03T12:43:09Z", ())


def _report(event: bytes) -> RadioFrame:
    """An H4 event that holds one LE Extended Advertising Report."""
    return RadioFrame(0, 0, 0, "ble_report", event[8:14] + event[29 : 29 + event[28]], extended=not event[5] & 0x10)


FRAMES = {"hci_h4_event": _report, "dot11": frames.heard, "dji_ie_payload": lambda data: frames.heard(frames.dji_beacon(data))}
