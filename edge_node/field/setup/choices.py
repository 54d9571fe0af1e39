"""What was decided about a node, from a terminal or a file, and the node.toml that says it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from edge_node.config_file import ConfigError, load
from edge_node.field.setup import node_toml, swap
from edge_node.field.setup.claims import Table

SYSTEM = Path("/etc/edge-node")
SYSTEM_FOLDERS = {"state_dir": "/var/lib/edge-node", "run_dir": "/run/edge-node"}
"""Of a node that is a service: systemd tells it, and nobody tells the commands that ask it."""

MOST_BYTES = 1_000_000
PLACE = ("latitude_deg", "longitude_deg", "altitude_wgs84_m", "moving")
Kind = Literal["fixed", "gnss", "moving"]


class Place(Struct, frozen=True):
    """Where the node is: at these coordinates, wherever its GNSS receiver says, or on a vehicle."""

    kind: Kind
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_wgs84_m: float | None = None

    @property
    def words(self) -> str:
        """For a summary."""
        if self.kind != "fixed":
            return {"gnss": "as its GNSS receiver says", "moving": "on a vehicle"}[self.kind]
        height = "" if self.altitude_wgs84_m is None else f", {self.altitude_wgs84_m:.10g} m"
        return f"{self.latitude_deg:.10g}, {self.longitude_deg:.10g}{height}"


class Choices(Struct, frozen=True, kw_only=True):
    """`sensors` are all tables, whole; `notes` are comments above them, by name; without a `token` nothing changes about C2."""

    name: str
    place: Place
    sensors: tuple[Table, ...]
    notes: dict[str, tuple[str, ...]] = {}
    token: str | None = None


class Former(Struct, frozen=True):
    """The node.toml that is there: its text, what it says, and what is wrong with it; all empty where there is none."""

    text: str = ""
    tables: dict[str, Any] = {}
    problem: str = ""

    @property
    def node(self) -> Table:
        """Its [node]."""
        found = self.tables.get("node")
        return found if isinstance(found, dict) else {}

    @property
    def sensors(self) -> tuple[Table, ...]:
        """Its [[sensor]] tables."""
        found = self.tables.get("sensor")
        return tuple(one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()

    @property
    def place(self) -> Place | None:
        """Where it says that the node is; None where it says nothing."""
        latitude_deg, longitude_deg, altitude_m = (self.node.get(key) for key in PLACE[:3])
        if self.node.get("moving") is True:
            return Place("moving")
        if isinstance(latitude_deg, (int, float)) and isinstance(longitude_deg, (int, float)):
            return Place("fixed", latitude_deg, longitude_deg, altitude_m if isinstance(altitude_m, (int, float)) else None)
        return Place("gnss") if any(one.get("driver") == "gnss" for one in self.sensors) else None


def former(path: Path) -> Former:
    """What node.toml says now; one that cannot be read is told in `problem` and begun anew."""
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES).decode("utf-8")
        return Former(text, tomllib.loads(text))
    except FileNotFoundError:
        return Former()
    except (OSError, ValueError, RecursionError) as error:
        return Former(problem=f"{path} cannot be read: {getattr(error, 'strerror', None) or error}")


def wanted(old: Former, chosen: Choices, path: Path) -> dict[str, Any]:
    """The tables of the new node.toml: all of the old one's that nobody was asked about, and what was chosen."""
    folders = SYSTEM_FOLDERS if path.resolve().parent == SYSTEM else {}
    rest = {key: said for key, said in old.node.items() if key not in ("name", *PLACE)}
    place = chosen.place
    where: Table = {}
    if place.kind == "moving":
        where = {"moving": True}
    elif place.kind == "fixed":
        told = zip(PLACE[:3], (place.latitude_deg, place.longitude_deg, place.altitude_wgs84_m), strict=True)
        where = {key: value for key, value in told if value is not None}
    tables = {**old.tables, "node": {"name": chosen.name, **folders, **rest, **where}}
    tables.pop("sensor", None)
    return {"node": tables.pop("node"), **tables, **({"sensor": list(chosen.sensors)} if chosen.sensors else {})}


class NotAcceptedError(Exception):
    """The node would not run with it, so node.toml was left as it was; the text says why."""


def write(path: Path, old: Former, chosen: Choices) -> Path | None:
    """Make node.toml say what was chosen; the backup of the old one. Raises NotAcceptedError, NotTomlError and OSError."""
    text = node_toml.written(old.text, wanted(old, chosen, path), chosen.notes)
    before = _problems(path)
    return swap.swap(path, text, lambda fresh: _require(fresh, before, path))


def _problems(path: Path) -> frozenset[str]:
    """What is wrong with sensors already."""
    try:
        return frozenset(problem.text for problem in load(path, c2=False).problems)
    except ConfigError:
        return frozenset()


def _require(fresh: Path, before: frozenset[str], path: Path) -> None:
    """The node reads it, and no sensor of it is wrong that was not wrong before."""
    try:
        after = load(fresh, c2=False)
    except ConfigError as error:
        raise NotAcceptedError(str(error).replace(str(fresh), path.name)) from error
    wrong = [f"{problem.sensor}: {problem.text}" for problem in after.problems if problem.text not in before]
    if wrong:
        raise NotAcceptedError("; ".join(wrong))
