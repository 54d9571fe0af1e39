"""Made trees of /sys, /proc and /run, as computers show them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """These files under root; root."""
    for name, said in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(said if isinstance(said, bytes) else f"{said}\n".encode())
    return root


def program(root: Path, name: str, prints: str) -> None:
    """A program of that computer that prints this."""
    path = root / "usr/bin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{prints}\nEND\n")
    path.chmod(0o755)


PI_5 = {
    "proc/device-tree/model": b"Raspberry Pi 5 Model B Rev 1.0\0",
    "proc/device-tree/chosen/power/max_current": (3000).to_bytes(4, "big"),
    "proc/device-tree/chosen/power/usb_max_current_enable": bytes(4),
    "proc/device-tree/chosen/bootloader/rsts": (0x1000).to_bytes(4, "big"),
    "sys/class/hwmon/hwmon2/name": "rpi_volt",
    "sys/class/hwmon/hwmon2/in0_lcrit_alarm": "0",
    "sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled": "0",
    "sys/class/thermal/thermal_zone0/type": "cpu-thermal",
    "sys/class/thermal/thermal_zone0/temp": "61350",
    "sys/class/thermal/thermal_zone0/trip_point_0_type": "critical",
    "sys/class/thermal/thermal_zone0/trip_point_0_temp": "110000",
    "sys/class/thermal/thermal_zone0/trip_point_1_type": "passive",
    "sys/class/thermal/thermal_zone0/trip_point_1_temp": "80000",
    "sys/class/thermal/cooling_device0/type": "cpufreq-cpu0",
    "sys/class/thermal/cooling_device0/cur_state": "0",
    "sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq": "1500000",
    "sys/devices/system/cpu/cpufreq/policy0/cpuinfo_max_freq": "2400000",
    "sys/devices/system/cpu/cpufreq/policy0/scaling_governor": "ondemand",
    "proc/uptime": "86400.25 300000.00",
    "proc/meminfo": "MemTotal:        8254304 kB\nMemFree:          100000 kB\nMemAvailable:    6000000 kB",
    "proc/vmstat": "nr_free_pages 1234\noom_kill 0",
    "run/systemd/timesync/synchronized": "",
}
FIRMWARE = "sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled"

ORIN = {
    "proc/device-tree/model": b"NVIDIA Jetson Orin Nano Developer Kit\0",
    "sys/class/hwmon/hwmon1/name": "ina3221",
    "sys/class/hwmon/hwmon1/in1_label": "VDD_IN",
    "sys/class/hwmon/hwmon1/in1_input": "4984",
    "sys/class/hwmon/hwmon3/name": "soctherm_oc",
    "sys/class/hwmon/hwmon3/oc1_event_cnt": "0",
    "sys/class/hwmon/hwmon3/oc2_event_cnt": "0",
    "sys/class/hwmon/hwmon3/oc3_event_cnt": "0",
    "sys/class/thermal/cooling_device0/type": "thermal-cpufreq-0",
    "sys/class/thermal/cooling_device0/cur_state": "0",
    "sys/devices/platform/bus@0/c360000.pmc/reset_reason": "TEGRA_POWER_ON_RESET",
}


def usb(root: Path, port: str, **said: str) -> Path:
    """A device plugged in there."""
    return write(root, {f"sys/bus/usb/devices/{port}/{name}": text for name, text in said.items()})
