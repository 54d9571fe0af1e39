"""The H4 driver on pseudo-terminals, against a controller of another project."""

from __future__ import annotations

import errno
import json
import time
from pathlib import Path

import pytest
from bumble import hci

from drivers.ble_hci import BleHci
from drivers.serial_port import open_error
from drivers.source import SourceAbsent, SourceLost, SourceMisconfigured, SourceStalled
from tests.drivers.controllers import ADDRESS, ALL_FEATURES, Controlled, drone_on_the_air, extended, legacy, report
from tests.drivers.far_end import far_end, frames, take, until

MESSAGE = bytes.fromhex("0212") + b"1581F1234567890ABCDE" + bytes(3)
LEGACY_DATA = b"\x1e\x16\xfa\xff\x0d\x07" + MESSAGE
PACK_DATA = b"\xe9\x16\xfa\xff\x0d\x08\xf2\x19\x09" + MESSAGE * 9
ON_AIR = bytes(ADDRESS)
HARDWARE_ERROR = bytes.fromhex("04100142")
FRAGMENTS = extended(report(PACK_DATA[:229], more=True)) + extended(report(PACK_DATA[229:]))


def test_a_drone_on_an_independent_controllers_air(tmp_path: Path) -> None:
    port = tmp_path / "controller"
    with drone_on_the_air(port, LEGACY_DATA), BleHci(str(port)) as source:
        found = frames(source, 6)
        assert source.words() == f"Bluetooth 4, 5 and 5 long range on {port}"
    assert {frame.data for frame in found} == {ON_AIR + LEGACY_DATA}
    assert {(frame.medium, frame.rssi_dbm, frame.intact) for frame in found} == {("ble_report", -50, True)}
    assert [frame.sequence for frame in found] == list(range(6))


def test_scans_passively_on_both_phys_and_keeps_duplicates() -> None:
    controller = Controlled(air=extended(report(LEGACY_DATA)))
    with far_end(controller) as device, BleHci(device.port) as source:
        frames(source, 1)
    by_kind = {type(command): command for command in controller.commands}
    parameters = by_kind[hci.HCI_LE_Set_Extended_Scan_Parameters_Command]
    assert (parameters.scanning_phys, parameters.scan_types) == (0b101, [0, 0])
    assert all(window * 2 <= interval for window, interval in zip(parameters.scan_windows, parameters.scan_intervals, strict=True))
    enable = by_kind[hci.HCI_LE_Set_Extended_Scan_Enable_Command]
    assert (enable.enable, enable.filter_duplicates, enable.duration, enable.period) == (1, 0, 0, 0)
    assert {hci.HCI_Reset_Command, hci.HCI_Set_Event_Mask_Command, hci.HCI_LE_Set_Event_Mask_Command} <= by_kind.keys()


def test_a_long_pack_in_pieces_on_the_coded_phy() -> None:
    assert len(PACK_DATA) == 234
    with far_end(Controlled(air=FRAGMENTS * 21)) as device, BleHci(device.port) as source:
        found = frames(source, 21)
    assert {frame.data for frame in found} == {ON_AIR + PACK_DATA}
    assert {(frame.rssi_dbm, frame.coded_phy, frame.extended, frame.lost) for frame in found} == {(-87, True, True, 0)}


def test_advertising_of_either_kind_and_level() -> None:
    air = extended(report(LEGACY_DATA, kind=0x10, coded=False), report(PACK_DATA[:150], rssi=127)) + legacy(LEGACY_DATA)
    with far_end(Controlled(air=air)) as device, BleHci(device.port) as source:
        found = frames(source, 3)
    assert [(frame.extended, frame.coded_phy, frame.rssi_dbm) for frame in found] == [
        (False, False, -87),
        (True, True, None),
        (False, False, -60),
    ]
    assert [frame.data for frame in found] == [ON_AIR + LEGACY_DATA, ON_AIR + PACK_DATA[:150], ON_AIR + LEGACY_DATA]


@pytest.mark.parametrize(
    ("features", "refused", "scan", "reason"),
    [
        (hci.LeFeatureMask.LE_EXTENDED_ADVERTISING, {}, "Bluetooth 4 and 5, no long range", "no coded PHY"),
        (0, {}, "Bluetooth 4 only", "no extended advertising"),
        (ALL_FEATURES, {hci.HCI_LE_SET_EXTENDED_SCAN_PARAMETERS_COMMAND: 1}, "Bluetooth 4 only", "error 0x01 to command 0x2041"),
        (ALL_FEATURES, {hci.HCI_LE_SET_EXTENDED_SCAN_ENABLE_COMMAND: 0x12}, "Bluetooth 4 only", "error 0x12 to command 0x2042"),
        (ALL_FEATURES, {hci.HCI_LE_READ_LOCAL_SUPPORTED_FEATURES_COMMAND: 1}, "Bluetooth 4 only", "no extended advertising"),
        (ALL_FEATURES, {hci.HCI_LE_SET_EVENT_MASK_COMMAND: 1}, "Bluetooth 4, 5 and 5 long range", ""),
    ],
)
def test_falls_back_step_by_step_and_says_so(features: int, refused: dict[int, int], scan: str, reason: str) -> None:
    with far_end(Controlled(features, refused, legacy(LEGACY_DATA))) as device, BleHci(device.port) as source:
        assert frames(source, 1)[0].data == ON_AIR + LEGACY_DATA
        assert source.words().startswith(f"{scan} on {device.port}")
        assert reason in source.words()


def test_a_controller_that_refuses_all_is_misconfigured() -> None:
    refusing = Controlled(0, {hci.HCI_LE_SET_SCAN_PARAMETERS_COMMAND: 1})
    with far_end(refusing) as device, pytest.raises(SourceMisconfigured, match=r"refuses every scan: .*error 0x01 to command 0x200b"):
        BleHci(device.port).open()


def test_a_port_without_a_controller_is_absent() -> None:
    with far_end() as device, pytest.raises(SourceAbsent, match="no Bluetooth controller answers"):
        BleHci(device.port, answer_within_s=0.1).open()


def test_a_port_that_babbles_is_absent() -> None:
    with far_end(lambda _: b"\x04\x3e\xff\x0d" * 90) as device, pytest.raises(SourceAbsent, match="no Bluetooth controller answers"):
        BleHci(device.port, answer_within_s=0.1).open()


def test_garbage_is_skipped_and_counted() -> None:
    air = (
        FRAGMENTS + b"\x04\x0e\x00\xff\x04\x3e\xff\x0d\x01" + FRAGMENTS + extended(report(PACK_DATA[:229], more=True)) + b"\x00" + FRAGMENTS
    )
    with far_end(Controlled(air=air)) as device, BleHci(device.port) as source:
        found = frames(source, 3)
        assert source.words().endswith("2 times garbled")
    assert [frame.data for frame in found] == [ON_AIR + PACK_DATA] * 3
    assert [frame.lost for frame in found] == [0, 1, 2]


def test_half_an_event_is_given_up_when_the_line_falls_silent() -> None:
    controller = Controlled()
    with far_end(controller) as device, BleHci(device.port) as source:
        blocks = source.blocks()
        device.say(b"\x04\x3e\xff\x0d\x01" + legacy(LEGACY_DATA))
        assert take(blocks, 1)[0].lost == 1


def test_silence_yields_none_within_a_second_and_starts_the_scan_anew() -> None:
    controller = Controlled()
    with far_end(controller) as device, BleHci(device.port, rearm_after_s=0.3) as source:
        blocks = source.blocks()
        begun_s = time.monotonic()
        assert next(blocks) is None
        assert time.monotonic() - begun_s < 1.0
        until(blocks, lambda: controller.scanning >= 3)
        device.say(legacy(LEGACY_DATA))
        assert take(blocks, 1)[0].data == ON_AIR + LEGACY_DATA
        assert "scan started anew" in source.words()


def test_a_controller_that_answers_no_more_is_stalled() -> None:
    with (
        far_end(Controlled(most_resets=1)) as device,
        BleHci(device.port, rearm_after_s=0.1, answer_within_s=0.1) as source,
        pytest.raises(SourceStalled, match="scans no more: no answer to command 0x0c03"),
    ):
        frames(source, 1)


def test_a_controller_that_hangs_after_steady_reports_is_asked_at_once_and_not_after_half_a_minute() -> None:
    controller = Controlled(most_resets=1)
    with far_end(controller) as device, BleHci(device.port, answer_within_s=0.1) as source:
        blocks = source.blocks()
        for _ in range(40):
            device.say(legacy(LEGACY_DATA))
            take(blocks, 1)
        with pytest.raises(SourceStalled, match="scans no more: no answer to command 0x0c03"):
            take(blocks, 1)


def test_a_fault_of_the_controller_starts_the_scan_anew_at_once() -> None:
    controller = Controlled(air=legacy(LEGACY_DATA))
    with far_end(controller) as device, BleHci(device.port) as source:
        blocks = source.blocks()
        take(blocks, 1)
        device.say(HARDWARE_ERROR)
        take(blocks, 1)
    assert controller.scanning == 2


def test_faults_without_end_are_a_stall() -> None:
    controller = Controlled(air=HARDWARE_ERROR)
    with far_end(controller) as device, BleHci(device.port) as source, pytest.raises(SourceStalled, match="a fault of its hardware"):
        frames(source, 1)
    assert controller.scanning <= 4


def test_an_unplugged_dongle_is_lost() -> None:
    with far_end(Controlled(air=legacy(LEGACY_DATA))) as device, BleHci(device.port) as source:
        blocks = source.blocks()
        take(blocks, 1)
        device.unplug()
        with pytest.raises(SourceLost, match="is gone"):
            take(blocks, 1)


def test_ports_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(SourceAbsent, match="is it plugged in"):
        BleHci(str(tmp_path / "ttyACM7")).open()
    with pytest.raises(SourceMisconfigured, match="is no serial port"):
        BleHci("/dev/null").open()
    with far_end(Controlled()) as device, BleHci(device.port), pytest.raises(SourceAbsent, match="another program holds"):
        BleHci(device.port).open()
    assert isinstance(open_error("/dev/ttyACM0", errno.EACCES), SourceMisconfigured)
    assert "dialout" in str(open_error("/dev/ttyACM0", errno.EACCES))


def test_reopens_and_closes_twice() -> None:
    with far_end(Controlled(air=legacy(LEGACY_DATA))) as device:
        source = BleHci(device.port)
        for _ in range(2):
            with source:
                assert frames(source, 1)[0].sequence == 0
            source.close()
        assert list(source.blocks()) == []
        assert source.words() == ""


def test_recorded_events_of_real_controllers(shared_data: Path) -> None:
    lines = (shared_data / "remote_id" / "real_frames.jsonl").read_text(encoding="utf-8").splitlines()
    recorded = [row for row in map(json.loads, lines) if row["kind"] == "hci_h4_event"]
    air = b"".join(bytes.fromhex(row["hex"]) for row in recorded)
    with far_end(Controlled(air=air)) as device, BleHci(device.port) as source:
        found = {row["name"]: frame for row, frame in zip(recorded, frames(source, len(recorded)), strict=True)}
    coded, plain = found["hci_bt5_lr_rx"], found["hci_bt4_legacy_rx"]
    assert (coded.coded_phy, coded.extended, coded.rssi_dbm, coded.data[8:12]) == (True, True, -57, b"\xfa\xff\x0d\x08")
    assert (plain.coded_phy, plain.extended, plain.rssi_dbm, plain.data[8:12]) == (False, False, -36, b"\xfa\xff\x0d\x00")
