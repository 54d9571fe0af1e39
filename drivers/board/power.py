"""How a computer is fed: what a Raspberry Pi's firmware and a Jetson's monitors say of it, and whether the CPU is held back."""

from __future__ import annotations

from pathlib import Path

from drivers.board.facts import Power
from drivers.board.files import Ask, cell, found, number, text

UNDER_VOLTAGE, CAPPED, THROTTLED, SOFT_LIMIT = 1 << 0, 1 << 1, 1 << 2, 1 << 3
SEEN = 16
"""The firmware's get_throttled: a bit says now, the same bit 16 places up says ever since the start (Raspberry Pi documentation)."""
HELD_BACK = CAPPED | THROTTLED | SOFT_LIMIT
JETSON_UNDER_VOLTAGE = "oc1"
"""Of a Jetson Orin's soctherm_oc: OC1 counts under-voltage, OC2 and OC3 average and instantaneous over-current."""
SAGGED = ("undervoltage detected", "under-voltage detected")
"""As kernels from 6.1 on and before have it (raspberrypi-hwmon)."""
INPUTS = ("VDD_IN", "VIN_SYS_5V0", "POM_5V_IN")
"""What the monitors of Jetsons call the board's input."""
FREE_FROM = 0.9
"""A CPU told to run at its most that runs slower than this share of it is held back; clocks are told to a few percent."""


def power(root: Path, ask: Ask) -> Power:
    """What is known of supply and throttling."""
    bits = _firmware_bits(root, ask)
    sags, overs = _jetson_events(root)
    chosen = root / "proc/device-tree/chosen/power"
    enabled = cell(chosen / "usb_max_current_enable")
    frequency_hz, most_hz = _frequency(root)
    return Power(
        under_voltage_now=_any(_bit(bits, UNDER_VOLTAGE), _hwmon_alarm(root)),
        under_voltage_seen=_any(_bit(bits, UNDER_VOLTAGE << SEEN), _said(ask), None if sags is None else sags > 0),
        throttled_now=_any(_bit(bits, HELD_BACK), _cooled(root), _slowed(root)),
        throttled_seen=_any(_bit(bits, HELD_BACK << SEEN), _counted(root)),
        input_v=_input_v(root, ask),
        supply_ma=cell(chosen / "max_current"),
        usb_limited=None if enabled is None else enabled == 0,
        over_current_events=overs,
        frequency_hz=frequency_hz,
        most_hz=most_hz,
    )


def _any(*said: bool | None) -> bool | None:
    """True where one says so, None where nobody says anything."""
    known = [one for one in said if one is not None]
    return any(known) if known else None


def _bit(bits: int | None, mask: int) -> bool | None:
    return None if bits is None else bool(bits & mask)


def _firmware_bits(root: Path, ask: Ask) -> int | None:
    """get_throttled, by its file or by vcgencmd."""
    for pattern in ("sys/devices/platform/*/*firmware*/get_throttled", "sys/devices/platform/*firmware*/get_throttled"):
        for path in found(root, pattern):
            bits = number(path, 16)
            if bits is not None:
                return bits
    said = ask("vcgencmd", "get_throttled")
    try:
        return int(said.partition("throttled=")[2].strip(), 16)
    except ValueError:
        return None


def _named(root: Path, *names: str) -> list[Path]:
    """The folders of hwmon whose chip has one of these names."""
    return [path for path in found(root, "sys/class/hwmon/hwmon*") if text(path / "name") in names]


def _hwmon_alarm(root: Path) -> bool | None:
    """Under-voltage within the last seconds, as raspberrypi-hwmon asks the firmware."""
    alarms = [number(path / "in0_lcrit_alarm") for path in _named(root, "rpi_volt")]
    return _any(*(None if alarm is None else alarm != 0 for alarm in alarms))


def _said(ask: Ask) -> bool | None:
    """Whether the kernel said it since it started, where its log may be read; silence proves nothing, as the log is short."""
    log = ask("dmesg").casefold()
    return True if any(words in log for words in SAGGED) else None


def _jetson_events(root: Path) -> tuple[int | None, int | None]:
    """How often a Jetson's input sagged, and how often it drew too much, since the start."""
    sags: list[int] = []
    overs: list[int] = []
    for folder in _named(root, "soctherm_oc", "soctherm-oc"):
        for path in [*found(folder, "oc*_event_cnt"), *found(folder, "oc*_throt_cnt")]:
            count = number(path)
            if count is not None:
                (sags if path.name.startswith(JETSON_UNDER_VOLTAGE) else overs).append(count)
    return (sum(sags) if sags else None), (sum(overs) if overs else None)


def _input_v(root: Path, ask: Ask) -> float | None:
    """Volts at the input: a Jetson's ina3221 by its label, a Raspberry Pi 5's power chip by vcgencmd."""
    for folder in _named(root, "ina3221"):
        for label in found(folder, "in*_label"):
            millivolts = number(folder / label.name.replace("_label", "_input"))
            if (text(label) or "").upper() in INPUTS and millivolts is not None:
                return millivolts / 1e3
    said = ask("vcgencmd", "pmic_read_adc", "EXT5V_V")
    try:
        return float(said.partition("=")[2].strip().rstrip("V"))
    except ValueError:
        return None


def _cooled(root: Path) -> bool | None:
    """Whether the kernel holds the CPU back against heat now."""
    states = [
        number(path / "cur_state")
        for path in found(root, "sys/class/thermal/cooling_device*")
        if "cpufreq" in (text(path / "type") or "") or text(path / "type") == "Processor"
    ]
    return _any(*(None if state is None else state > 0 for state in states))


def _frequency(root: Path) -> tuple[float | None, float | None]:
    """How fast the fastest CPU runs and could run, in hertz."""
    policies = found(root, "sys/devices/system/cpu/cpufreq/policy*")
    now = [khz for path in policies if (khz := number(path / "scaling_cur_freq")) is not None]
    most = [khz for path in policies if (khz := number(path / "cpuinfo_max_freq")) is not None]
    return (max(now) * 1e3 if now else None), (max(most) * 1e3 if most else None)


def _slowed(root: Path) -> bool | None:
    """Whether a CPU that is told to run at its most, at the temperature where it is held back, runs slower; None of any other governor."""
    told = [
        (number(path / "scaling_cur_freq"), number(path / "cpuinfo_max_freq"))
        for path in found(root, "sys/devices/system/cpu/cpufreq/policy*")
        if text(path / "scaling_governor") == "performance"
    ]
    slow = [now < FREE_FROM * most for now, most in told if now is not None and most is not None]
    return any(slow) and _is_hot(root) if slow else None


def _is_hot(root: Path) -> bool:
    """Whether a zone has reached a passive trip."""
    for zone in found(root, "sys/class/thermal/thermal_zone*"):
        now = number(zone / "temp")
        for kind in found(zone, "trip_point_*_type"):
            trip = number(zone / kind.name.replace("_type", "_temp"))
            if text(kind) == "passive" and None not in (now, trip) and (now or 0) >= (trip or 0) > 0:
                return True
    return False


def _counted(root: Path) -> bool | None:
    """Whether an x86's own counters say that it was throttled since the start."""
    counts = [number(path) for path in found(root, "sys/devices/system/cpu/cpu0/thermal_throttle/*_throttle_count")]
    return _any(*(None if count is None else count > 0 for count in counts))
