"""When and why a computer started, what it is called, and its memory."""

from __future__ import annotations

from math import isfinite
from pathlib import Path

from drivers.board.facts import Memory, Start, StartReason
from drivers.board.files import cell, found, number, text

RSTS_POWER_ON = 0x1000
"""HADPOR of PM_RSTS: the first start after the power came (BCM2835; in the device tree of a Raspberry Pi's loader)."""
PMIC_RESET: dict[int, StartReason] = {1 << 1: "under_voltage", 1 << 2: "over_temperature", 1 << 4: "watchdog"}
"""power_reset of a Raspberry Pi 5: why its power chip restarted it (Raspberry Pi documentation, chosen/power)."""
WATCHDOG: dict[int, StartReason] = {0x20: "watchdog", 0x10: "under_voltage", 0x01: "over_temperature"}
"""bootstatus of a watchdog: WDIOF_CARDRESET, WDIOF_POWERUNDER, WDIOF_OVERHEAT (linux/watchdog.h)."""
JETSON: dict[str, StartReason] = {"power": "power_on", "watchdog": "watchdog", "soft": "restart", "software": "restart"}
MOST_CRASHES = 8


def start(root: Path) -> Start:
    """Since when, and why where somebody says it."""
    crashes = tuple(path.name for path in found(root, "sys/fs/pstore/dmesg-*")[:MOST_CRASHES])
    return Start(uptime_s=uptime_s(root), reason="panic" if crashes else _reason(root), crashes=crashes)


def uptime_s(root: Path) -> float | None:
    """Seconds since the kernel started."""
    try:
        seconds = float((text(root / "proc/uptime") or "").split(" ")[0])
    except ValueError:
        return None
    return seconds if isfinite(seconds) else None


def model(root: Path) -> str | None:
    """Such as "Raspberry Pi 5 Model B Rev 1.0"."""
    return text(root / "proc/device-tree/model") or text(root / "sys/class/dmi/id/product_name")


def memory(root: Path) -> Memory:
    """/proc/meminfo, and the kernel's count of processes that it ended for want of memory."""
    sizes = dict(_sizes(text(root / "proc/meminfo") or "", scale=1024))
    counts = dict(_sizes(text(root / "proc/vmstat") or "", scale=1))
    return Memory(total_bytes=sizes.get("MemTotal"), available_bytes=sizes.get("MemAvailable"), killed=counts.get("oom_kill"))


def _sizes(told: str, scale: int) -> list[tuple[str, int]]:
    rows = [line.replace(":", " ").split() for line in told.splitlines()]
    return [(row[0], int(row[1]) * scale) for row in rows if len(row) >= 2 and row[1].isascii() and row[1].isdigit()]


def _reason(root: Path) -> StartReason | None:
    """The first that says something: power chip, watchdog, a Jetson's PMC, the loader's register."""
    chosen = root / "proc/device-tree/chosen"
    of_power = _of_bits(cell(chosen / "power/power_reset") or 0, PMIC_RESET)
    watched = next(
        (why for path in found(root, "sys/class/watchdog/watchdog*/bootstatus") if (why := _of_bits(number(path) or 0, WATCHDOG))), None
    )
    register = cell(chosen / "bootloader/rsts")
    loader: StartReason | None = None if register is None else "power_on" if register & RSTS_POWER_ON else "restart"
    return of_power or watched or _of_jetson(root) or loader


def _of_bits(bits: int, meanings: dict[int, StartReason]) -> StartReason | None:
    return next((why for bit, why in meanings.items() if bits & bit), None)


def _of_jetson(root: Path) -> StartReason | None:
    """Such as TEGRA_POWER_ON_RESET or WATCHDOG."""
    for path in [*found(root, "sys/devices/platform/*pmc/reset_reason"), *found(root, "sys/devices/platform/*/*pmc/reset_reason")]:
        said = (text(path) or "").casefold()
        for word, why in JETSON.items():
            if word in said:
                return why
    return None
