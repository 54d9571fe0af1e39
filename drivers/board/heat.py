"""Thermometers of a computer: its thermal zones with the temperatures at which the kernel acts, and chips that are none of these."""

from __future__ import annotations

from pathlib import Path

from drivers.board.facts import Temperature
from drivers.board.files import exists, found, number, text

LEAST_C, MOST_C = -60.0, 150.0
MOST_THERMOMETERS = 64


def temperatures(root: Path) -> tuple[Temperature, ...]:
    """All that say something that can be; a zone that sleeps says nothing."""
    zones = [_zone(path) for path in found(root, "sys/class/thermal/thermal_zone*")]
    chips = [_chip(path) for path in found(root, "sys/class/hwmon/hwmon*/temp1_input")]
    known = [one for one in zones + chips if one is not None and LEAST_C <= one.celsius <= MOST_C]
    return tuple({one.name: one for one in reversed(known)}.values())[::-1][:MOST_THERMOMETERS]


def _zone(path: Path) -> Temperature | None:
    celsius = _degrees(path / "temp")
    if celsius is None:
        return None
    slows, ends = _trips(path, "passive"), _trips(path, "critical")
    return Temperature(name=text(path / "type") or path.name, celsius=celsius, slows_c=slows, ends_c=ends)


def _trips(zone: Path, kind: str) -> float | None:
    """The lowest trip of that kind; 0 and below are trips that are off."""
    of_kind = [path for path in found(zone, "trip_point_*_type") if text(path) == kind]
    degrees = [_degrees(zone / path.name.replace("_type", "_temp")) for path in of_kind]
    return min((one for one in degrees if one is not None and one > 0), default=None)


def _chip(path: Path) -> Temperature | None:
    folder, celsius = path.parent, _degrees(path)
    name = text(folder / "name")
    if celsius is None or name is None or exists(folder / "device" / "trip_point_0_temp"):
        return None
    return Temperature(name=name, celsius=celsius, slows_c=_degrees(folder / "temp1_max"), ends_c=_degrees(folder / "temp1_crit"))


def _degrees(path: Path) -> float | None:
    thousandths = number(path)
    return None if thousandths is None else thousandths / 1e3
