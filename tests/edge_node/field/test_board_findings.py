"""Findings of a computer: each of them, of facts that make it, with its figure and what to touch."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from drivers.board import Board, BoardFacts, ClockState, Disk, Memory, OverCurrent, Power, Start, Temperature
from edge_node.field import board_findings
from edge_node.field.board_findings import of_board
from tests.drivers.board.trees import FIRMWARE, PI_5, write

HERE = Path("/var/lib/edge-node")
CARD = Disk(
    path=HERE, device="/dev/mmcblk0p2", kind="ext4", free_bytes=20 << 30, total_bytes=30 << 30, read_only=False, fell_read_only=False
)
ZONE = Temperature(name="cpu-thermal", celsius=61, slows_c=80, ends_c=110)
WELL = BoardFacts(
    power=Power(under_voltage_now=False, under_voltage_seen=False, throttled_now=False, throttled_seen=False, input_v=5.12),
    temperatures=(ZONE,),
    disks=(CARD,),
    clock=ClockState(synchronised=True, source="chrony", error_s=0.007),
)


def with_power(**said: bool | float) -> BoardFacts:
    return replace(WELL, power=replace(WELL.power, **said))


def with_disk(**said: object) -> BoardFacts:
    return replace(WELL, disks=(replace(CARD, **said),))


CASES = {
    "under_voltage": ("fail", with_power(under_voltage_now=True, input_v=4.63), "4.63 V, under-voltage now"),
    "under_voltage_seen": ("warn", with_power(under_voltage_seen=True), "under-voltage since the start"),
    "supply_weak": ("warn", with_power(supply_ma=3000, usb_limited=True), "the supply says 3 A"),
    "usb_over_current": (
        "warn",
        replace(WELL, over_currents=(OverCurrent(port_path="1-1.2", count=3),)),
        "port 1-1.2 drew too much and was turned off 3 times",
    ),
    "over_current": ("warn", with_power(over_current_events=37), "37 times"),
    "restarted_by_under_voltage": ("warn", replace(WELL, start=Start(uptime_s=7200, reason="under_voltage")), "2.0 h ago"),
    "restarted_by_watchdog": ("warn", replace(WELL, start=Start(uptime_s=7200, reason="watchdog")), "2.0 h ago"),
    "restarted_by_heat": ("warn", replace(WELL, start=Start(uptime_s=7200, reason="over_temperature")), "2.0 h ago"),
    "kernel_crashed": ("warn", replace(WELL, start=Start(uptime_s=7200, reason="panic", crashes=("dmesg-ramoops-0",))), "dmesg-ramoops-0"),
    "temperature_high": (
        "warn",
        replace(WELL, temperatures=(replace(ZONE, celsius=83),)),
        "83 °C (cpu-thermal); slowed down from 80 °C on",
    ),
    "temperature_critical": ("fail", replace(WELL, temperatures=(replace(ZONE, celsius=106),)), "106 °C"),
    "cpu_throttled": ("warn", with_power(throttled_now=True, frequency_hz=1.5e9, most_hz=2.4e9), "1.5 of 2.4 GHz"),
    "cpu_throttled_seen": ("warn", with_power(throttled_seen=True), "since the start"),
    "disk_fell_read_only": ("fail", with_disk(read_only=True, fell_read_only=True), "/dev/mmcblk0p2"),
    "disk_read_only": ("fail", with_disk(read_only=True), "read-only"),
    "disk_errors": ("warn", with_disk(errors=4), "4 errors"),
    "disk_full": ("fail", with_disk(free_bytes=1 << 20), "1.0 MiB of 30 GiB free"),
    "disk_low": ("warn", with_disk(free_bytes=100 << 20), "100 MiB of 30 GiB free"),
    "disk_out_of_files": ("warn", with_disk(free_files=12), "12 more files"),
    "disk_worn": ("warn", with_disk(life_used_percent=90), "90 %"),
    "disk_worn_out": ("fail", with_disk(spares="urgent"), "used up"),
    "memory_ran_out": ("warn", replace(WELL, memory=Memory(killed=2)), "ended 2 processes"),
    "memory_low": ("warn", replace(WELL, memory=Memory(total_bytes=1 << 30, available_bytes=32 << 20)), "32 MiB of 1.0 GiB"),
    "clock_unsynchronised": ("warn", replace(WELL, clock=ClockState(synchronised=False, source="kernel")), "nothing keeps"),
    "clock_loose": ("warn", replace(WELL, clock=ClockState(synchronised=True, source="chrony", error_s=1.7)), "within 1.7 s"),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_each_fault_is_one_finding_with_its_figure_and_what_to_touch(name: str) -> None:
    grade, facts, figure = CASES[name]
    [wrong] = [one for one in of_board(facts) if one.grade != "ok"]
    assert (wrong.name, wrong.grade) == (name, grade)
    assert figure in wrong.words
    assert wrong.touch


def test_a_computer_that_is_well_has_a_line_of_each() -> None:
    assert [(one.about, one.name, one.words) for one in of_board(WELL)] == [
        ("power", "power_ok", "5.12 V, no under-voltage since the start"),
        ("temperature", "temperature_ok", "61 °C (cpu-thermal)"),
        ("storage", "storage_ok", "/var/lib/edge-node: 20 GiB of 30 GiB free"),
        ("time", "clock_ok", "the clock is kept by chrony, within 7.0 ms"),
    ]


def test_what_a_computer_does_not_tell_is_no_fault() -> None:
    found = of_board(BoardFacts(disks=(Disk(path=HERE),)))
    assert {one.grade for one in found} == {"ok"}
    assert "does not tell" in found[0].words


def test_a_clock_that_was_never_set() -> None:
    assert of_board(WELL, now_utc_s=0.0)[-1].name == "clock_never_set"
    assert of_board(WELL, now_utc_s=1.8e9)[-1].name == "clock_ok"


def test_two_folders_of_one_disk_are_one_line() -> None:
    facts = replace(WELL, disks=(CARD, replace(CARD, path=Path("/etc"))))
    assert [one.name for one in of_board(facts)].count("storage_ok") == 1


def test_volts_that_are_too_few_are_under_voltage_whoever_says_so() -> None:
    unsaid = replace(WELL, power=Power(input_v=4.4))
    assert [(one.name, one.words) for one in of_board(unsaid) if one.grade != "ok"] == [("under_voltage", "4.40 V, under-voltage now")]
    for input_v in (4.9, 12.1, 19.0, 0.0):
        assert {one.grade for one in of_board(replace(WELL, power=Power(input_v=input_v)))} == {"ok"}


def test_a_start_long_ago_is_no_news() -> None:
    assert {one.grade for one in of_board(replace(WELL, start=Start(uptime_s=1e6, reason="watchdog")))} == {"ok"}


def test_a_small_partition_is_low_at_a_share_of_it() -> None:
    assert board_findings.of_disk(replace(CARD, free_bytes=7 << 20, total_bytes=8 << 20))[0].name == "storage_ok"
    assert board_findings.of_disk(replace(CARD, free_bytes=1 << 19, total_bytes=8 << 20))[0].name == "disk_low"


def test_a_made_raspberry_pi_with_a_weak_supply(tmp_path: Path) -> None:
    board = Board(write(tmp_path, {**PI_5, FIRMWARE: "50005"}), programs=False)
    assert [one.name for one in of_board(board.facts()) if one.grade != "ok"] == ["under_voltage", "supply_weak", "cpu_throttled"]
