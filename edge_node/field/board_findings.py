"""What is well and not well with the computer under a node: facts in, findings out, each with its figure and what to touch."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.board import BoardFacts, ClockState, Disk, Memory, OverCurrent, Power, Start, Temperature
from edge_node.messages import Finding, Grade

SUPPLY = "use the supply that the computer's maker names (Raspberry Pi 5: 27 W) and a cable under 1 m; unplug what draws much"
COOL = "shade the box, let air through it, clean or fit the fan"
OFF_V, LEAST_V = 3.0, 4.63
"""Of an input that is meant to be 5 V: no computer runs below the one, and a Raspberry Pi calls it under-voltage below the other."""
ENOUGH_MA = 5_000
"""A Raspberry Pi 5 gives its USB ports their full 1.6 A only of a supply that says it has 5 A."""
NEAR_C = 5.0
HOT_C, TOO_HOT_C = 80.0, 95.0
"""Where a thermometer says no limit of its own: a Raspberry Pi slows down at 80 to 85, chips are made for 95 to 105 degrees."""
LOW_BYTES, LOW_SHARE = 512 << 20, 0.1
FULL_BYTES, FULL_SHARE = 32 << 20, 0.01
"""Whichever is less: a small partition is low at a tenth of it, a big one at half a gibibyte."""
FEW_FILES = 1_000
WORN_PERCENT, WORN_OUT_PERCENT = 80, 100
SLACK_S = 0.5
"""A drone of 20 m/s has flown 10 m by then: nodes whose clocks differ by more see two drones."""
FIRST_UTC_S = 1_735_689_600
"""2025-01-01: no node was built before."""
LITTLE_BYTES = 64 << 20
RECENT_S = 86_400.0


def of_board(facts: BoardFacts, now_utc_s: float | None = None) -> tuple[Finding, ...]:
    """All of them, in the order of the page; `now_utc_s` is what the clock says, to tell one that was never set."""
    return (
        *of_power(facts.power, facts.over_currents, facts.start),
        *of_temperatures(facts.temperatures, facts.power),
        *of_disks(facts.disks),
        *of_memory(facts.memory),
        *of_clock(facts.clock, now_utc_s),
    )


def of_power(power: Power, over_currents: tuple[OverCurrent, ...], start: Start) -> tuple[Finding, ...]:
    """Supply, USB ports, and why the computer started; one that is ok where nothing is wrong."""
    wrong = (*_fed(power), *_ports(power, over_currents), *_started(start))
    return wrong or (_finding("power", "power_ok", "ok", _well_fed(power)),)


def _volts(power: Power) -> str:
    return "" if power.input_v is None else f"{power.input_v:.2f} V, "


def _is_low(input_v: float | None) -> bool:
    return input_v is not None and OFF_V < input_v < LEAST_V


def _well_fed(power: Power) -> str:
    if power.under_voltage_now is None and power.under_voltage_seen is None:
        return f"{_volts(power)}this computer does not tell of under-voltage"
    since = "since the start" if power.under_voltage_seen is False else "now"
    return f"{_volts(power)}no under-voltage {since}"


def _fed(power: Power) -> Iterator[Finding]:
    if power.under_voltage_now or _is_low(power.input_v):
        yield _finding("power", "under_voltage", "fail", f"{_volts(power)}under-voltage now", SUPPLY)
    elif power.under_voltage_seen:
        yield _finding("power", "under_voltage_seen", "warn", f"{_volts(power)}under-voltage since the start", SUPPLY)
    if power.supply_ma is not None and power.supply_ma < ENOUGH_MA and power.usb_limited:
        said = f"the supply says {power.supply_ma / 1e3:g} A, so all USB ports share 0.6 A"
        yield _finding("power", "supply_weak", "warn", said, "use a 5 A supply (27 W USB-C PD), or a powered hub for the sensors")


def _ports(power: Power, over_currents: tuple[OverCurrent, ...]) -> Iterator[Finding]:
    for port in over_currents:
        touch = "put what is plugged in there on a powered hub; look for a bent contact or a chafed cable"
        said = f"USB port {port.port_path} drew too much and was turned off {_times(port.count)}"
        yield _finding("power", "usb_over_current", "warn", said, touch)
    if power.over_current_events:
        said = f"the computer drew too much and was slowed down {_times(power.over_current_events)}"
        yield _finding("power", "over_current", "warn", said, "choose a lower power mode (nvpmodel -m) or a stronger supply")


def _started(start: Start) -> Iterator[Finding]:
    """A start that nobody wished, as long as it is news."""
    if start.uptime_s is None or start.uptime_s > RECENT_S:
        return
    since = f"{start.uptime_s / 3600:.1f} h ago"
    match start.reason:
        case "under_voltage":
            yield _finding("power", "restarted_by_under_voltage", "warn", f"under-voltage restarted the computer {since}", SUPPLY)
        case "watchdog":
            touch = "look at the log before it: journalctl -b -1 -e"
            yield _finding("power", "restarted_by_watchdog", "warn", f"the watchdog restarted the computer {since}", touch)
        case "over_temperature":
            yield _finding("power", "restarted_by_heat", "warn", f"heat turned the computer off; it started again {since}", COOL)
        case "panic":
            touch = "send the files of /sys/fs/pstore to whoever looks after the system, then delete them"
            yield _finding(
                "power", "kernel_crashed", "warn", f"the kernel died before it started {since} ({', '.join(start.crashes)})", touch
            )


def of_temperatures(temperatures: tuple[Temperature, ...], power: Power) -> tuple[Finding, ...]:
    """The hottest against its own limits, and whether the CPU is held back."""
    wrong = (*_hot(temperatures), *_held_back(power))
    if wrong:
        return wrong
    hottest = max(temperatures, key=lambda one: one.celsius, default=None)
    said = "this computer tells no temperature" if hottest is None else f"{hottest.celsius:.0f} °C ({hottest.name})"
    return (_finding("temperature", "temperature_ok", "ok", said),)


def _hot(temperatures: tuple[Temperature, ...]) -> Iterator[Finding]:
    """At most one: of the thermometer that is nearest to its limit."""
    left = {one: _limit_c(one) - one.celsius for one in temperatures}
    worst = min(left, key=lambda one: left[one], default=None)
    if worst is None or left[worst] > NEAR_C:
        return
    said = f"{worst.celsius:.0f} °C ({worst.name}); slowed down from {_limit_c(worst):.0f} °C on"
    ends = TOO_HOT_C if worst.ends_c is None else worst.ends_c
    too_hot = worst.celsius >= ends - NEAR_C
    yield _finding("temperature", "temperature_critical" if too_hot else "temperature_high", "fail" if too_hot else "warn", said, COOL)


def _limit_c(one: Temperature) -> float:
    if one.slows_c is not None:
        return one.slows_c
    return HOT_C if one.ends_c is None else min(HOT_C, one.ends_c - NEAR_C)


def _held_back(power: Power) -> Iterator[Finding]:
    runs = (
        "" if power.frequency_hz is None or power.most_hz is None else f": {power.frequency_hz / 1e9:.1f} of {power.most_hz / 1e9:.1f} GHz"
    )
    touch = f"{COOL}; if it is cool, the supply is weak: {SUPPLY}"
    if power.throttled_now:
        yield _finding("temperature", "cpu_throttled", "warn", f"the CPU is held back now{runs}", touch)
    elif power.throttled_seen:
        yield _finding("temperature", "cpu_throttled_seen", "warn", "the CPU was held back since the start", touch)


def of_disks(disks: tuple[Disk, ...]) -> tuple[Finding, ...]:
    """Each file system once."""
    once = {disk.device or str(disk.path): disk for disk in reversed(disks)}
    return tuple(finding for disk in reversed(once.values()) for finding in of_disk(disk))


def of_disk(disk: Disk) -> tuple[Finding, ...]:
    """Writable, roomy, sound and fresh; one that is ok where nothing is wrong."""
    wrong = (*_unwritable(disk), *_filled(disk), *_worn(disk))
    if wrong:
        return wrong
    room = "its room is not known" if disk.free_bytes is None else f"{_bytes(disk.free_bytes)} of {_bytes(disk.total_bytes or 0)} free"
    life = "" if disk.life_used_percent is None else f", up to {disk.life_used_percent} % of its life used"
    return (_finding("storage", "storage_ok", "ok", f"{disk.path}: {room}{life}"),)


def _unwritable(disk: Disk) -> Iterator[Finding]:
    if disk.fell_read_only:
        said = f"{disk.path}: the kernel stopped writing to {disk.device} after an error"
        yield _finding("storage", "disk_fell_read_only", "fail", said, "save what matters, then put in a new card; fsck helps for a while")
    elif disk.read_only:
        said = f"{disk.path} is mounted read-only"
        yield _finding(
            "storage", "disk_read_only", "fail", said, "mount it for writing (fstab, overlayfs), or choose another node.state_dir"
        )
    if disk.errors:
        said = f"{disk.path}: the file system found {disk.errors} errors"
        yield _finding("storage", "disk_errors", "warn", said, "let fsck repair it at the next start, and have a new card at hand")


def _filled(disk: Disk) -> Iterator[Finding]:
    touch = "delete old recordings and logs (journalctl --vacuum-size=100M), or make c2.spool_mb smaller"
    if disk.free_bytes is not None and disk.total_bytes:
        said = f"{disk.path}: {_bytes(disk.free_bytes)} of {_bytes(disk.total_bytes)} free"
        if disk.free_bytes < min(FULL_BYTES, FULL_SHARE * disk.total_bytes):
            yield _finding("storage", "disk_full", "fail", said, touch)
        elif disk.free_bytes < min(LOW_BYTES, LOW_SHARE * disk.total_bytes):
            yield _finding("storage", "disk_low", "warn", said, touch)
    if disk.free_files is not None and disk.free_files < FEW_FILES:
        said = f"{disk.path}: room for {disk.free_files} more files"
        yield _finding("storage", "disk_out_of_files", "warn", said, "delete the folder that holds very many small files")


def _worn(disk: Disk) -> Iterator[Finding]:
    used, touch = disk.life_used_percent or 0, "copy the card to a new one of an endurance kind"
    if disk.spares == "urgent" or used > WORN_OUT_PERCENT:
        yield _finding("storage", "disk_worn_out", "fail", f"{disk.device}: its life is used up", touch)
    elif disk.spares == "warning" or used >= WORN_PERCENT:
        spares = ", few spare blocks left" if disk.spares == "warning" else ""
        yield _finding("storage", "disk_worn", "warn", f"{disk.device}: up to {used} % of its life used{spares}", touch)


def of_memory(memory: Memory) -> tuple[Finding, ...]:
    """Findings only of what is wrong."""
    return tuple(_short_of_memory(memory))


def _short_of_memory(memory: Memory) -> Iterator[Finding]:
    touch = "stop what else runs there, or take a computer with more memory"
    if memory.killed:
        said = f"the kernel ended {memory.killed} processes for want of memory since the start"
        yield _finding("memory", "memory_ran_out", "warn", said, touch)
    if memory.available_bytes is not None and memory.available_bytes < LITTLE_BYTES:
        said = f"{_bytes(memory.available_bytes)} of {_bytes(memory.total_bytes or 0)} available"
        yield _finding("memory", "memory_low", "warn", said, touch)


def of_clock(clock: ClockState, now_utc_s: float | None = None) -> tuple[Finding, ...]:
    """One: never set, kept by nobody, kept loosely, kept, or not known."""
    by = f" by {clock.source}" if clock.source else ""
    if now_utc_s is not None and now_utc_s < FIRST_UTC_S:
        touch = "set it (timedatectl set-time), or connect the network; fit an RTC battery"
        return (_finding("time", "clock_never_set", "fail", "the clock was never set: it stands before 2025", touch),)
    if clock.synchronised is None:
        return (_finding("time", "clock_unknown", "ok", "this computer does not tell who keeps its clock"),)
    if not clock.synchronised:
        touch = "connect the network (timedatectl set-ntp true), or add a GNSS receiver with its pulse"
        return (_finding("time", "clock_unsynchronised", "warn", "nothing keeps the clock", touch),)
    wrong = "" if clock.error_s is None else f", within {_seconds(clock.error_s)}"
    if clock.error_s is not None and clock.error_s > SLACK_S:
        touch = "reach a nearer time server (chronyc sources), or add a GNSS receiver with its pulse"
        return (_finding("time", "clock_loose", "warn", f"the clock is kept{by}{wrong}", touch),)
    return (_finding("time", "clock_ok", "ok", f"the clock is kept{by}{wrong}"),)


def _finding(about: str, name: str, grade: Grade, words: str, touch: str = "") -> Finding:
    return Finding(about=about, name=name, grade=grade, words=words, touch=touch)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _bytes(size: int) -> str:
    for unit, scale in (("GiB", 1 << 30), ("MiB", 1 << 20)):
        if size >= scale:
            return f"{size / scale:.1f} {unit}" if size < 10 * scale else f"{size / scale:.0f} {unit}"
    return f"{size / 1024:.0f} KiB"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"
