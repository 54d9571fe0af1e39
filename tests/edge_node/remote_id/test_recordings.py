"""Real captures, read as a node reads them."""

from __future__ import annotations

from pathlib import Path

from drivers.blocks import RadioFrame
from drivers.recording import Recording
from edge_node.messages import RemoteIdDetection, UasId
from edge_node.remote_id.detector import RemoteIdDetector

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


def test_beacons_beside_other_carriers_are_read(shared_data: Path) -> None:
    _, heard, _ = played(shared_data / "remote_id" / "odid_wifi_sample.pcap")
    assert [detection.transport for detection in heard].count("wifi_beacon") == 21
