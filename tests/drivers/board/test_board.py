"""Facts of computers, out of trees that are made as theirs are."""

from __future__ import annotations

import os
import random
import time
from mmap import PAGESIZE
from pathlib import Path

import pytest

from drivers.board import Board, BoardFacts, ClockState, Disk, OverCurrent, UsbDevice
from drivers.board.files import text
from tests.drivers.board.trees import FIRMWARE, ORIN, PI_5, program, usb, write
from tests.small_disk import set_writable, small_disk

TRACKING = "7F7F0101,192.0.2.1,2,1764339000.1,0.000012,-0.000003,0.000020,-11.2,0.001,0.05,0.010000,0.002000,64.2,Normal"


def test_a_computer_that_says_nothing_has_facts_that_say_nothing(tmp_path: Path) -> None:
    assert Board(tmp_path).facts() == BoardFacts()


def test_a_list_of_the_kernel_is_read_to_its_end() -> None:
    """Under a service's many mounts, its own folder is in the second page of mountinfo."""
    assert len(text(Path("/proc/self/maps")) or "") > PAGESIZE


def test_a_raspberry_pi_that_is_well(tmp_path: Path) -> None:
    board = Board(write(tmp_path, PI_5))
    power = board.power()
    assert (power.under_voltage_now, power.under_voltage_seen, power.throttled_now, power.throttled_seen) == (False, False, False, False)
    assert (power.supply_ma, power.usb_limited) == (3000, True)
    assert (power.frequency_hz, power.most_hz) == (1.5e9, 2.4e9)
    assert board.model == "Raspberry Pi 5 Model B Rev 1.0"
    assert board.uptime_s == pytest.approx(86400.25)
    assert board.start().reason == "power_on"
    [zone] = board.temperatures()
    assert (zone.name, zone.celsius, zone.slows_c, zone.ends_c) == ("cpu-thermal", 61.35, 80.0, 110.0)
    assert board.clock() == ClockState(synchronised=True, source="timesyncd")
    memory = board.memory()
    assert (memory.total_bytes, memory.available_bytes, memory.killed) == (8254304 * 1024, 6000000 * 1024, 0)


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        (0x1, (True, False, False, False)),
        (0x10000, (False, True, False, False)),
        (0x50005, (True, True, True, True)),
        (0x80008, (False, False, True, True)),
    ],
)
def test_the_firmware_says_now_and_ever(tmp_path: Path, bits: int, expected: tuple[bool, ...]) -> None:
    power = Board(write(tmp_path, {**PI_5, FIRMWARE: f"{bits:x}"})).power()
    assert (power.under_voltage_now, power.under_voltage_seen, power.throttled_now, power.throttled_seen) == expected


def test_the_voltage_alarm_alone_says_it_now(tmp_path: Path) -> None:
    files = {"sys/class/hwmon/hwmon0/name": "rpi_volt", "sys/class/hwmon/hwmon0/in0_lcrit_alarm": "1"}
    power = Board(write(tmp_path, files)).power()
    assert (power.under_voltage_now, power.under_voltage_seen) == (True, None)


def test_what_programs_and_the_kernels_log_say_counts_unless_nobody_may_wait(tmp_path: Path) -> None:
    program(tmp_path, "vcgencmd", "throttled=0x50000")
    program(tmp_path, "dmesg", "[   12.3] hwmon hwmon1: Undervoltage detected!")
    power = Board(tmp_path).power()
    assert (power.under_voltage_now, power.under_voltage_seen, power.throttled_seen) == (False, True, True)
    assert Board(tmp_path, programs=False).power() == Board(tmp_path / "none").power()


def test_a_power_chip_tells_its_volts(tmp_path: Path) -> None:
    program(tmp_path, "vcgencmd", "EXT5V_V volt(24)=4.63210000V")
    assert Board(tmp_path).power().input_v == pytest.approx(4.6321)


def test_a_program_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    hanging = tmp_path / "usr/bin/chronyc"
    hanging.parent.mkdir(parents=True)
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    began_s = time.monotonic()
    assert Board(tmp_path).clock() == ClockState()
    assert time.monotonic() - began_s < 30


def test_a_jetson_counts_its_sags_and_surges(tmp_path: Path) -> None:
    counted = {"sys/class/hwmon/hwmon3/oc1_event_cnt": "2", "sys/class/hwmon/hwmon3/oc3_event_cnt": "37"}
    board = Board(write(tmp_path, {**ORIN, **counted}))
    power = board.power()
    assert (power.input_v, power.under_voltage_seen, power.over_current_events) == (4.984, True, 37)
    assert board.start().reason == "power_on"


@pytest.mark.parametrize("state", ["0", "3"])
def test_a_cpu_that_the_kernel_cools_is_held_back(tmp_path: Path, state: str) -> None:
    board = Board(write(tmp_path, {**ORIN, "sys/class/thermal/cooling_device0/cur_state": state}))
    assert board.power().throttled_now is (state != "0")


@pytest.mark.parametrize(
    ("governor", "celsius", "expected"), [("performance", 85, True), ("performance", 50, False), ("ondemand", 85, None)]
)
def test_a_cpu_told_to_run_at_its_most_that_does_not_while_hot_is_held_back(
    tmp_path: Path, governor: str, celsius: int, expected: bool | None
) -> None:
    kept = {name: said for name, said in PI_5.items() if "cpufreq/" in name or "thermal_zone" in name}
    kept |= {
        "sys/devices/system/cpu/cpufreq/policy0/scaling_governor": governor,
        "sys/class/thermal/thermal_zone0/temp": str(celsius * 1000),
    }
    assert Board(write(tmp_path, kept)).power().throttled_now is expected


def test_chrony_says_how_wrong_the_clock_may_be(tmp_path: Path) -> None:
    program(tmp_path, "chronyc", TRACKING)
    clock = Board(tmp_path).clock()
    assert clock.error_s == pytest.approx(0.000012 + 0.002 + 0.005)
    assert (clock.synchronised, clock.source, clock.stratum, clock.server) == (True, "chrony", 2, "192.0.2.1")


@pytest.mark.parametrize("said", [TRACKING.replace("Normal", "Not synchronised"), TRACKING.replace(",2,", ",0,")])
def test_chrony_without_a_source_says_so(tmp_path: Path, said: str) -> None:
    program(tmp_path, "chronyc", said)
    assert Board(tmp_path).clock() == ClockState(synchronised=False, source="chrony")


def test_the_real_clock_is_asked_of_the_kernel() -> None:
    clock = Board(programs=False).clock()
    assert clock.source in ("kernel", "timesyncd")
    assert clock.error_s is None or 0 <= clock.error_s < 16


def test_why_it_started(tmp_path: Path) -> None:
    told = {"proc/device-tree/chosen/power/power_reset": (1 << 1).to_bytes(4, "big")}
    assert Board(write(tmp_path / "a", told)).start().reason == "under_voltage"
    assert Board(write(tmp_path / "b", {"sys/class/watchdog/watchdog0/bootstatus": "32"})).start().reason == "watchdog"
    crashed = Board(write(tmp_path / "c", {**PI_5, "sys/fs/pstore/dmesg-ramoops-0": "Oops"})).start()
    assert (crashed.reason, crashed.crashes) == ("panic", ("dmesg-ramoops-0",))


def test_what_is_plugged_in_and_what_drew_too_much(tmp_path: Path) -> None:
    usb(tmp_path, "1-1.2", idVendor="1e4e", idProduct="0100", serial="8003", product="PureThermal 2", speed="480", bMaxPower="500mA")
    usb(tmp_path, "usb1", idVendor="1d6b", idProduct="0002", product="xHCI Host Controller")
    usb(tmp_path, "2-1", idVendor="0bda", idProduct="2838", product="RTL\x1b[31m")
    write(tmp_path, {"sys/bus/usb/devices/1-1:1.0/1-1-port2/over_current_count": "3"})
    write(tmp_path, {"sys/bus/usb/devices/1-0:1.0/usb1-port4/over_current_count": "0"})
    camera, dongle = Board(tmp_path).usb_devices()
    assert camera == UsbDevice(port_path="1-1.2", usb_id="1e4e:0100", serial="8003", product="PureThermal 2", speed_mbps=480.0, most_ma=500)
    assert camera.words() == "PureThermal 2 (1e4e:0100, serial 8003, port 1-1.2)"
    assert dongle.product == "RTL?[31m"
    assert Board(tmp_path).over_currents() == (OverCurrent(port_path="1-1.2", count=3),)


def mounted(root: Path, path: Path, there: str, whole: str) -> Path:
    """A card with one partition, mounted at path."""
    card = root / "sys/devices/mmc_host/mmc0/mmc0:0001"
    write(card, {"life_time": "0x02 0x05", "pre_eol_info": "0x01", "block/mmcblk0/mmcblk0p2/partition": "2"})
    (card / "block/mmcblk0/device").symlink_to(card)
    (root / "sys/dev/block").mkdir(parents=True)
    (root / "sys/dev/block/179:2").symlink_to(card / "block/mmcblk0/mmcblk0p2")
    point = str(path).replace(" ", r"\040")
    told = f"20 1 0:5 / / ro - tmpfs none ro\n27 1 179:2 / {point} {there},relatime shared:1 - ext4 /dev/root {whole},errors=remount-ro"
    return write(root, {"proc/self/mountinfo": told, "sys/fs/ext4/mmcblk0p2/errors_count": "4"})


def test_a_card_tells_its_wear_and_a_file_system_its_errors(tmp_path: Path) -> None:
    state = tmp_path / "with space" / "state"
    state.mkdir(parents=True)
    disk = Board(mounted(tmp_path / "root", state.parent, "rw", "rw")).disk(state)
    assert (disk.device, disk.kind, disk.errors, disk.life_used_percent, disk.spares) == ("/dev/root", "ext4", 4, 50, "normal")
    assert (disk.read_only, disk.fell_read_only) == (False, False)
    assert disk.free_bytes is not None
    assert disk.total_bytes is not None
    assert 0 < disk.free_bytes <= disk.total_bytes


@pytest.mark.parametrize(("there", "whole", "fell"), [("rw", "ro", True), ("ro", "ro", False), ("ro", "rw", False)])
def test_a_disk_that_fell_read_only_is_told_from_one_mounted_so(tmp_path: Path, there: str, whole: str, fell: bool) -> None:
    disk = Board(mounted(tmp_path / "root", tmp_path, there, whole)).disk(tmp_path)
    assert (disk.read_only, disk.fell_read_only) == (True, fell)


def test_a_real_small_disk_is_told_full_and_read_only(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1) as folder:
        (folder / "ballast").write_bytes(bytes(1 << 19))
        disk = Board().disk(folder / "not" / "there" / "yet")
        assert (disk.kind, disk.total_bytes, disk.read_only) == ("tmpfs", 1 << 20, False)
        assert disk.free_bytes == 1 << 19
        set_writable(folder, writable=False)
        assert Board().disk(folder).read_only is True


def test_the_facts_of_this_computer_can_be_had(tmp_path: Path) -> None:
    facts = Board().facts([tmp_path])
    assert facts.start.uptime_s is not None
    assert facts.memory.total_bytes is not None
    assert [disk.path for disk in facts.disks] == [tmp_path]


@pytest.mark.parametrize("seed", range(20))
def test_nothing_that_files_say_raises(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    mounted(tmp_path, tmp_path, "rw", "rw")
    usb(tmp_path, "1-1", idVendor="1e4e", idProduct="0100", speed="480", bMaxPower="500mA")
    write(tmp_path, {**PI_5, **ORIN, "sys/class/watchdog/watchdog0/bootstatus": "1"})
    program(tmp_path, "chronyc", TRACKING)
    for path in sorted(tmp_path.rglob("*")):
        if path.is_file() and not path.is_symlink() and "bin" not in path.parts:
            path.write_bytes(
                chance.choice([b"", b"\0\xff\xfe", chance.randbytes(4), b"nan", b"-1", b"9" * 5000, b" - - -", path.read_bytes()])
            )
    assert isinstance(Board(tmp_path).facts([tmp_path]), BoardFacts)


def test_a_file_that_is_a_pipe_or_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "sys/class/thermal/thermal_zone0/temp").mkdir(parents=True)
    (tmp_path / "proc").mkdir()
    os.mkfifo(tmp_path / "proc" / "uptime")
    assert Board(tmp_path).facts() == BoardFacts()
    assert Board(tmp_path).disk(Path("relative")) != Disk(path=Path("relative"))
