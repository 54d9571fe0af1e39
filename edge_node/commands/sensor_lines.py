"""Numbers of one [[sensor]] table changed in node.toml itself: its comments stay, and nothing else changes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge_node.config_file import ConfigError, load
from edge_node.field.setup.swap import swap

_HEADER = re.compile(r"^\s*\[\[?\s*[\w.\"'-]+\s*\]\]?\s*(#.*)?$")
_SENSOR = re.compile(r"^\s*\[\[\s*sensor\s*\]\]\s*(#.*)?$")
_NUMBER = r"^(\s*{key}\s*=\s*)([-+0-9._eE]+)(\s*(?:#.*)?)$"
_PLAIN = re.compile(r"^(\s*)(name|driver)\s*=\s*(\"[^\"\\]*\"|'[^']*')\s*(#.*)?$")


class EditError(Exception):
    """The file was left as it is; the text says why."""


def number(value: float) -> str:
    """As TOML has it, to a hundredth."""
    return f"{round(value, 2) + 0.0:g}"


def edited(text: str, sensor: str, values: Mapping[str, float]) -> str:
    """The same with these numbers in the table of a sensor; raises EditError where that is not what would come out."""
    before = tomllib.loads(text)
    tables = before.get("sensor", [])
    places = [place for place, table in enumerate(tables) if isinstance(table, dict) and table.get("name") == sensor]
    if len(places) != 1:
        raise EditError(f"it has {len(places)} sensors called {sensor!r}")
    lines = text.split("\n")
    begin, end = _table(lines, places[0])
    own = lines[begin:end]
    for key, value in values.items():
        _put(own, key, number(value))
    after = "\n".join([*lines[:begin], *own, *lines[end:]])
    wanted: dict[str, Any] = {**tables[places[0]], **{key: float(number(value)) for key, value in values.items()}}
    _require(after, {**before, "sensor": [*tables[: places[0]], wanted, *tables[places[0] + 1 :]]})
    return after


def write(path: Path, changes: Mapping[str, Mapping[str, float]]) -> Path:
    """Change the file in one step, once the node could read it as it will be; the backup's path. Raises EditError, OSError."""
    path = path.resolve()
    text = path.read_bytes().decode("utf-8")
    for sensor, values in changes.items():
        text = edited(text, sensor, values)
    backup = swap(path, text, lambda fresh: _reads(fresh, path, changes))
    if backup is None:
        raise EditError("it went away while it was changed")
    return backup


def _table(lines: list[str], place: int) -> tuple[int, int]:
    """Where the table at this place of all [[sensor]] begins, and where the next of any name does."""
    begins = [number for number, line in enumerate(lines) if _SENSOR.match(line)]
    if place >= len(begins):
        raise EditError("its [[sensor]] tables are written in another way than a line [[sensor]] each")
    begin = begins[place]
    end = next((number for number in range(begin + 1, len(lines)) if _HEADER.match(lines[number])), len(lines))
    return begin, end


def _put(own: list[str], key: str, value: str) -> None:
    """Into the lines of one table: in place of the number that is there, else beneath name or driver."""
    pattern = re.compile(_NUMBER.format(key=key))
    for place, line in enumerate(own):
        ending = "\r" if line.endswith("\r") else ""
        if found := pattern.match(line.removesuffix("\r")):
            own[place] = f"{found[1]}{value}{found[3]}{ending}"
            return
    after = max((place for place, line in enumerate(own) if _PLAIN.match(line.removesuffix("\r"))), default=0)
    ending = "\r" if own[after].endswith("\r") else ""
    indent = found[1] if (found := _PLAIN.match(own[after].removesuffix("\r"))) else ""
    own.insert(after + 1, f"{indent}{key} = {value}{ending}")


def _require(text: str, wanted: dict[str, Any]) -> None:
    try:
        right = tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        right = False
    if not right:
        raise EditError("it is written in a way that this cannot change safely: put the lines in by hand")


def _reads(fresh: Path, path: Path, changes: Mapping[str, Mapping[str, float]]) -> None:
    """The node reads it, with these numbers, and finds nothing wrong that was not wrong before."""
    try:
        before, after = load(path, c2=False), load(fresh, c2=False)
    except ConfigError as error:
        raise EditError(str(error)) from error
    options = {sensor.name: sensor.options for sensor in after.sensor}
    for sensor, values in changes.items():
        for key, value in values.items():
            if options.get(sensor, {}).get(key) != float(number(value)):
                raise EditError(f"{sensor} would not have {key} = {number(value)}: {'; '.join(map(str, after.problems))}")
    if len(after.problems) > len(before.problems):
        raise EditError("; ".join(map(str, after.problems)))
