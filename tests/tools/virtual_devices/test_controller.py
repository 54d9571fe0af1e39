"""The virtual Bluetooth controller, as the real driver hears it."""

from __future__ import annotations

from pathlib import Path

from bumble import hci

from drivers.ble_hci import BleHci
from drivers.hci_scan import SCANS
from tests.drivers.far_end import take
from tools.simulate.nordic_ble import extended, extended_pointer, legacy, service_data, sniffed
from tools.virtual_devices.controller import Controller, reports
from tools.virtual_devices.port import Port

ADDRESS = bytes.fromhex("c643dc10ea1f")
MESSAGE = bytes(range(25))


def heard(pdu: bytes, *, coded: bool = False) -> bytes:
    return reports(sniffed(pdu, packet=1, t_us=0, channel=37, rssi_dbm=-71, coded=coded))


def test_the_driver_scans_by_its_best_way_and_hears_both_kinds_of_advertising(tmp_path: Path) -> None:
    controller = Controller()
    port = Port(tmp_path / "bluetooth", controller.answer)
    load = service_data(5, bytes(230))
    try:
        with BleHci(str(port.path)) as driver:
            assert SCANS[0].name in driver.words()
            port.say(heard(legacy(ADDRESS, service_data(7, MESSAGE))))
            port.say(heard(extended_pointer(3, 11), coded=True))
            port.say(heard(extended(ADDRESS, 3, load), coded=True))
            first, second = take(driver.blocks(), 2)
    finally:
        port.close()
    assert (first.data, first.rssi_dbm, first.extended, first.coded_phy) == (ADDRESS[::-1] + service_data(7, MESSAGE), -71, False, False)
    assert (second.data, second.extended, second.coded_phy) == (ADDRESS[::-1] + load, True, True)


def test_another_projects_codec_reads_the_same_report() -> None:
    event = hci.HCI_Packet.from_bytes(heard(extended(ADDRESS, 3, service_data(5, MESSAGE)), coded=True))
    assert isinstance(event, hci.HCI_LE_Extended_Advertising_Report_Event)
    (report,) = event.reports
    assert (bytes(report.address), report.data, report.rssi) == (ADDRESS[::-1], service_data(5, MESSAGE), -71)
    assert (report.primary_phy, report.secondary_phy, report.tx_power) == (hci.Phy.LE_CODED, hci.Phy.LE_CODED, 127)


def test_commands_may_come_in_pieces_and_with_noise_between() -> None:
    controller = Controller()
    enable = bytes.fromhex("014220060100000000 00".replace(" ", ""))
    assert controller.answer(b"\xff" + enable[:3]) == b""
    assert controller.answer(enable[3:]) == bytes.fromhex("040e0401422000")
    assert controller.scanning


def test_what_is_no_advertising_is_not_reported() -> None:
    assert reports(b"") == reports(bytes(40)) == b""
