"""A file of answers, for a fleet or a first boot: read strictly, and made into what a conversation would have decided."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from edge_node.field.setup import radios, takes
from edge_node.field.setup.ask_sensors import Chosen
from edge_node.field.setup.choices import Choices, Former, Place
from edge_node.field.setup.claims import Table
from edge_node.field.setup.suggestion import Adapter, Advice, Suggestion, remarks, settled
from edge_node.sensor_options import Degrees90, Degrees180
from edge_node.strict_toml import Problem, nearest, read_table

MOST_BYTES = 65_536
MOST_SENSORS = 64
USED = "used"
"""What stands in place of a token that was taken out of the file."""

TABLES = ("node", "sensors", "c2", "service")
KINDS = ("array", "camera", "sdr")
TELLING = ("driver", *KINDS, "serial", "port_path")
"""Keys of a [[sensor]] that say which device is meant; `name` does so where there is none of these."""


class AnswersError(Exception):
    """The file cannot be followed; one line a problem, and nothing was done."""


class NodeAnswers(Struct, frozen=True, forbid_unknown_fields=True):
    """[node]; "kept" is as node.toml says, or by the coordinates where there are some."""

    name: Annotated[str, Meta(min_length=1, max_length=takes.MOST_NAME, description="a name of 1 to 32 letters")] | None = None
    place: Literal["kept", "fixed", "gnss", "moving"] = "kept"
    latitude_deg: Degrees90 | None = None
    longitude_deg: Degrees180 | None = None
    altitude_wgs84_m: float | None = None


class SensorsAnswers(Struct, frozen=True, forbid_unknown_fields=True):
    """[sensors]: "found" takes all that is plugged in and known, "listed" only the [[sensor]] tables of this file, "kept" changes none."""

    take: Literal["found", "listed", "kept"] = "found"
    region: Literal["europe", "americas"] = "europe"


class C2Answers(Struct, frozen=True, forbid_unknown_fields=True):
    """[c2]: the token of an invitation."""

    token: Annotated[str, Meta(max_length=4_000)] | None = None


class ServiceAnswers(Struct, frozen=True, forbid_unknown_fields=True):
    """[service]: whether the node is started, now and at every boot."""

    start: bool = True


class Answers(Struct, frozen=True):
    """A whole file; `sensor` are its [[sensor]] tables, as they stand."""

    node: NodeAnswers = NodeAnswers()
    sensors: SensorsAnswers = SensorsAnswers()
    c2: C2Answers = C2Answers()
    service: ServiceAnswers = ServiceAnswers()
    sensor: tuple[Table, ...] = ()

    @property
    def token(self) -> str | None:
        """The token that is still to be used."""
        told = (self.c2.token or "").strip()
        return told if told and told != USED else None


def read(path: Path) -> Answers:
    """The file; raises AnswersError that names every mistake with its line."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise AnswersError(f"{path.name} cannot be read: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise AnswersError(f"{path.name} has more than {MOST_BYTES} bytes: that is no file of answers")
    return parse(data, path.name)


def parse(data: bytes, called: str) -> Answers:
    """What a file of these bytes says; raises AnswersError. Notepad's byte order mark and line ends are as good as any."""
    try:
        text = data.decode("utf-8-sig")
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise AnswersError(f"{called} is no TOML: {error}") from error
    problems = [Problem(f"unknown table {key!r}: {nearest(key, [*TABLES, 'sensor'])}") for key in tables if key not in (*TABLES, "sensor")]
    node = read_table(tables.get("node", {}), NodeAnswers, ("node",), text, problems)
    sensors = read_table(tables.get("sensors", {}), SensorsAnswers, ("sensors",), text, problems)
    c2 = read_table(tables.get("c2", {}), C2Answers, ("c2",), text, problems)
    service = read_table(tables.get("service", {}), ServiceAnswers, ("service",), text, problems)
    listed = _listed(tables.get("sensor", []), problems)
    if node and (node.latitude_deg is None) != (node.longitude_deg is None):
        problems.append(Problem("node.latitude_deg and node.longitude_deg go together"))
    if node and node.place == "fixed" and node.latitude_deg is None:
        problems.append(Problem('node.place = "fixed" needs latitude_deg and longitude_deg'))
    if problems or node is None or sensors is None or c2 is None or service is None:
        raise AnswersError("\n".join(f"{called} {problem}" for problem in problems))
    return Answers(node, sensors, c2, service, listed)


def followed(answers: Answers, old: Former, advice: Advice) -> tuple[Choices, Chosen, tuple[str, ...]]:
    """What the file decides on this computer, and which of its sensors are not plugged in, in words."""
    chosen, missing = _sensors(answers, old, advice)
    name = answers.node.name or old.node.get("name") or os.uname().nodename[: takes.MOST_NAME]
    made = Choices(name=str(name), place=_place(answers.node, old), sensors=chosen.tables, notes=chosen.notes, token=answers.token)
    return made, chosen, missing


def _listed(said: Any, problems: list[Problem]) -> tuple[Table, ...]:
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        problems.append(Problem("sensor must be a list of tables, each written as [[sensor]]"))
        return ()
    if len(said) > MOST_SENSORS:
        problems.append(Problem(f"{len(said)} tables of sensor: {MOST_SENSORS} at most"))
        return ()
    return tuple(said)


def _place(node: NodeAnswers, old: Former) -> Place:
    if node.place in ("gnss", "moving"):
        return Place("moving" if node.place == "moving" else "gnss")
    if node.latitude_deg is not None:
        return Place("fixed", node.latitude_deg, node.longitude_deg, node.altitude_wgs84_m)
    return old.place or Place("gnss")


class _Gathering:
    """The tables of a new node.toml, with what belongs to each."""

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self._notes: dict[str, tuple[str, ...]] = {}
        self._adapters: dict[str, Adapter] = {}

    def take(self, one: Suggestion, table: Table) -> None:
        """A device that is plugged in."""
        self.tables.append(table)
        if not one.configured:
            self._notes[str(table["name"])] = remarks(replace(one, options=table))
        if one.adapter and table.get("interface") == one.options["interface"]:
            self._adapters[str(table["interface"])] = one.adapter

    def chosen(self) -> Chosen:
        """All of it."""
        return Chosen(tuple(self.tables), self._notes, self._adapters)


def _sensors(answers: Answers, old: Former, advice: Advice) -> tuple[Chosen, tuple[str, ...]]:
    """The [[sensor]] tables: of what is plugged in and in node.toml, each with what the file says of it; and what fits nothing."""
    if answers.sensors.take == "kept":
        return Chosen(old.sensors, {}, {}), ()
    gathered, missing, offered = _Gathering(), [], list(advice.suggestions)
    for said in answers.sensor:
        one = next((one for one in offered if fits(said, one)), None)
        if one is not None:
            offered.remove(one)
            told = next((str(said[key]) for key in KINDS if said.get(key) in one.may_be), None)
            one = one if told is None else settled(one, told)
            gathered.take(one, {**one.table, "name": said.get("name", one.name), **said})
        elif "name" in said and "driver" in said:
            gathered.tables.append(said)
        else:
            missing.append(f"no device fits the [[sensor]] with {', '.join(f'{key} = {value}' for key, value in said.items())[:200]}")
    if answers.sensors.take == "found":
        _found(gathered, offered, answers.sensors.region)
        there = {one.name for one in advice.suggestions} | {str(table.get("name")) for table in gathered.tables}
        gathered.tables += [table for table in old.sensors if str(table.get("name")) not in there]
    return gathered.chosen(), tuple(missing)


def _found(gathered: _Gathering, offered: Sequence[Suggestion], region: str) -> None:
    """What the file says nothing of, but for what nobody can be sure of."""
    for one in offered:
        table = dict(one.table)
        if not one.configured and table.get("center_hz") in radios.SUB_GHZ_HZ.values():
            table["center_hz"] = radios.SUB_GHZ_HZ[region]
        if one.configured or one.sure:
            gathered.take(one, table)


def fits(said: Table, one: Suggestion) -> bool:
    """Whether a [[sensor]] of the file means this device: by what tells devices apart, else by its name."""
    telling = {key: said[key] for key in TELLING if key in said}
    if not telling:
        return said.get("name") == one.name
    kinds = (*(one.options.get(key) for key in KINDS), *one.may_be)
    return all(value == one.table.get(key) or (key in KINDS and value in kinds) for key, value in telling.items())
