"""Reading node.toml: all of its problems at once, each with its line, key and the nearest right one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from edge_node import enrolment_file
from edge_node.config import (
    BlackBoxTable,
    C2Table,
    CameraTable,
    Config,
    GatewayTable,
    HealthTable,
    LampTable,
    NodeTable,
    PageTable,
    ProtectTable,
    RemoteIdTable,
    SensorTable,
    SupervisionTable,
    TrackingTable,
)
from edge_node.sensor_options import OPTIONS
from edge_node.strict_toml import Problem, StructT, line_of, nearest, placed, read_table


class ConfigError(Exception):
    """A configuration that cannot be run at all; one line a problem."""

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        super().__init__("\n".join(f"{path} {problem}" for problem in problems))
        self.problems = tuple(problems)


LONGEST_RUN_DIR = 107 - len("/" + "n" * 32 + ".notify")  # unix(7): sun_path
TABLES: dict[str, type[Struct]] = {
    "node": NodeTable,
    "c2": C2Table,
    "tracking": TrackingTable,
    "remote_id": RemoteIdTable,
    "camera": CameraTable,
    "supervision": SupervisionTable,
    "health": HealthTable,
    "lamp": LampTable,
    "page": PageTable,
    "black_box": BlackBoxTable,
}
LISTS = ("sensor", "protect", "gateway")
MOST_PROTECTED = 32
MOST_GATEWAYS = 4


def load(path: Path, c2: bool = True) -> Config:
    """Read node.toml; relative paths in it start at its own folder; raises ConfigError unless only [[sensor]] tables are wrong.

    What [c2] leaves unsaid is what the node learned when it enrolled; without `c2` that table is left alone, be it as it may.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(path, [Problem(f"cannot be read: {getattr(error, 'strerror', None) or error}")]) from error
    if not c2:
        tables["c2"] = {}
    problems = [
        Problem(f"unknown table or key {key!r}: {nearest(key, [*TABLES, *LISTS])}", line_of(text, (key,)))
        for key in tables
        if key not in (*TABLES, *LISTS)
    ]
    folder = path.resolve().parent
    node = _absolute(read_table(tables.get("node", {}), NodeTable, ("node",), text, problems), folder)
    enrolled = _enrolled(tables.get("c2", {}), node) if c2 else {}
    if enrolled:
        tables["c2"] = {**tables.get("c2", {}), **enrolled}
    others = {name: kind for name, kind in TABLES.items() if name != "node"}
    read = {name: _absolute(read_table(tables.get(name, {}), kind, (name,), text, problems), folder) for name, kind in others.items()}
    protect = _read_protect(tables.get("protect", []), text, problems)
    gateways = _read_gateways(tables.get("gateway", []), text, problems)
    problems += _across(tables, node, text)
    page = read["page"]
    if isinstance(page, PageTable) and page.wrong:
        problems.append(Problem(page.wrong, line_of(text, ("page", "listen"))))
    if problems:
        raise ConfigError(path, problems)
    sensors, problems = _read_sensors(tables.get("sensor", []), folder, text)
    whole = {
        **read,
        "node": node,
        "sensor": sensors,
        "protect": protect,
        "gateway": gateways,
        "problems": problems,
        "enrolled": tuple(enrolled),
    }
    return msgspec.convert(whole, Config, from_attributes=True)


def _enrolled(stated: Any, node: NodeTable | None) -> dict[str, str]:
    """What the node's enrolment adds to [c2]; raises ConfigError where its file is broken."""
    if not isinstance(stated, dict) or node is None:
        return {}
    try:
        return enrolment_file.unsaid(stated, node.state_dir)
    except enrolment_file.EnrolmentFileError as error:
        raise ConfigError(node.state_dir / enrolment_file.FILE, [Problem(str(error))]) from error


def _across(tables: dict[str, Any], node: Struct | None, text: str) -> list[Problem]:
    """What no single key can be blamed for."""
    problems = []
    c2 = tables.get("c2")
    plane = next((name for name in ("live", "reliable") if isinstance(c2, dict) and name in c2), None)
    if isinstance(c2, dict) and plane and "server_key" not in c2:
        problems.append(Problem(f"c2.{plane} needs c2.server_key: C2 shows its key with its 'key' command", line_of(text, ("c2", plane))))
    remote_id = tables.get("remote_id")
    if isinstance(remote_id, dict) and "known_aircraft" in remote_id and "known_aircraft_key" not in remote_id:
        said = "needs remote_id.known_aircraft_key: the public key of who signs the list, or 'unsigned' where nobody does"
        problems.append(Problem(f"remote_id.known_aircraft {said}", line_of(text, ("remote_id", "known_aircraft"))))
    camera = tables.get("camera")
    if isinstance(camera, dict) and ("model" in camera) != ("labels" in camera):
        problems.append(Problem("camera.model and camera.labels go together", line_of(text, ("camera",))))
    problems += _of_black_box(tables.get("black_box"), text)
    problems += [
        Problem(f"{name} must be a list of tables, each written as [[{name}]]", line_of(text, (name,)))
        for name in LISTS
        if not isinstance(tables.get(name, []), list)
    ]
    if isinstance(node, NodeTable) and len(str(node.run_dir)) > LONGEST_RUN_DIR:
        problems.append(Problem(f"node.run_dir is too long for the sockets in it: {LONGEST_RUN_DIR} characters at most"))
    if isinstance(node, NodeTable) and (node.latitude_deg is None) != (node.longitude_deg is None):
        problems.append(Problem("node.latitude_deg and node.longitude_deg go together", line_of(text, ("node",))))
    if isinstance(node, NodeTable) and node.moving and node.latitude_deg is not None:
        said = "node.moving and a fixed node.latitude_deg contradict: leave the place out and give the node a gnss sensor"
        problems.append(Problem(said, line_of(text, ("node", "moving"))))
    return problems


def _of_black_box(table: Any, text: str) -> list[Problem]:
    if not isinstance(table, dict) or not isinstance(on := table.get("on", []), list):
        return []
    problems = []
    if "button" in on and "button" not in table:
        said = "black_box.on names a button: say black_box.button, its device in /dev/input/by-path"
        problems.append(Problem(said, line_of(text, ("black_box", "on"))))
    times = [table.get(name, getattr(BlackBoxTable(), name)) for name in ("seconds_after", "longest_s")]
    if all(isinstance(one, int | float) for one in times) and times[0] > times[1]:
        said = f"black_box.seconds_after = {times[0]} is more than black_box.longest_s = {times[1]}"
        problems.append(Problem(said, line_of(text, ("black_box", "seconds_after"))))
    return problems


def _absolute(table: StructT | None, folder: Path) -> StructT | None:
    if table is None:
        return None
    return msgspec.structs.replace(table, **{key: placed(value, folder) for key, value in msgspec.structs.asdict(table).items()})


def _read_protect(tables: Any, text: str, problems: list[Problem]) -> list[ProtectTable]:
    """The places that nothing should come near; what is wrong with them is appended to `problems`."""
    good: list[ProtectTable] = []
    if not isinstance(tables, list):
        return good
    if len(tables) > MOST_PROTECTED:
        problems.append(Problem(f"{len(tables)} tables of protect, and a node watches {MOST_PROTECTED} places at most"))
    for number, table in enumerate(tables[:MOST_PROTECTED]):
        place = read_table(table, ProtectTable, ("protect", number), text, problems)
        if place and any(place.name == other.name for other in good):
            problems.append(Problem(f"two places of protect have the name {place.name!r}", line_of(text, ("protect", number, "name"))))
        elif place:
            good.append(place)
    return good


def _read_gateways(tables: Any, text: str, problems: list[Problem]) -> list[GatewayTable]:
    """Who hears the live plane beside C2; what is wrong with them is appended to `problems`."""
    rows = tables if isinstance(tables, list) else []
    if len(rows) > MOST_GATEWAYS:
        problems.append(Problem(f"{len(rows)} tables of gateway, and a node has {MOST_GATEWAYS} at most"))
    found = (read_table(row, GatewayTable, ("gateway", number), text, problems) for number, row in enumerate(rows[:MOST_GATEWAYS]))
    return [one for one in found if one is not None]


def _read_sensors(tables: list[Any], folder: Path, text: str) -> tuple[list[SensorTable], list[Problem]]:
    good: list[SensorTable] = []
    problems: list[Problem] = []
    for number, table in enumerate(tables):
        wrong: list[Problem] = []
        sensor = _read_sensor(table, number, folder, text, wrong)
        if sensor and any(sensor.name == other.name for other in good):
            wrong.append(Problem(f"two sensors have the name {sensor.name!r}", line_of(text, ("sensor", number, "name"))))
        if sensor and sensor.name == "hub":
            wrong.append(Problem("the name 'hub' is the node's own", line_of(text, ("sensor", number, "name"))))
        if sensor and not wrong:
            good.append(sensor)
        name = table.get("name") if isinstance(table, dict) else None
        called = name if isinstance(name, str) else f"sensor {number + 1}"
        problems += [msgspec.structs.replace(problem, sensor=called) for problem in wrong]
    return good, problems


def _read_sensor(table: Any, number: int, folder: Path, text: str, wrong: list[Problem]) -> SensorTable | None:
    where = ("sensor", number)
    own = {key: table[key] for key in ("name", "driver") if key in table}
    sensor = read_table(own, SensorTable, where, text, wrong)
    if sensor is None:
        return None
    rest = {key: value for key, value in table.items() if key not in own}
    if sensor.driver in OPTIONS:
        options = _absolute(read_table(rest, OPTIONS[sensor.driver], where, text, wrong), folder)
        if options is None:
            return None
        return msgspec.structs.replace(sensor, options=msgspec.json.decode(msgspec.json.encode(options, enc_hook=str)))
    problem = _unknown(sensor.driver)
    if problem:
        wrong.append(Problem(problem, line_of(text, (*where, "driver"))))
        return None
    return msgspec.structs.replace(sensor, options=rest, folder=folder)


def _unknown(driver: str) -> str:
    """Why no other package brings this driver; empty where one does."""
    from drivers import catalog  # noqa: PLC0415 -- looking for plugins costs; built-in drivers need none
    from drivers.plugins import PluginError  # noqa: PLC0415 -- looking for plugins costs

    try:
        return "" if driver in catalog.plugins() else f"unknown driver {driver!r}: {nearest(driver, catalog.names())}"
    except PluginError as error:
        return f"unknown driver {driver!r}: {error}"
