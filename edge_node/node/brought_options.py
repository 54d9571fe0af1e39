"""The options of a driver that another package brings, read as strictly as the node's own.

Reading them runs that package's code: a sensor's own process does it, and who checks a configuration, but never the supervisor.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from drivers import plugins
from edge_node.config import SensorTable
from edge_node.sensor_options import OPTIONS
from edge_node.strict_toml import Problem, placed, read_table

ENTRY_POINT_GROUP = "edge_node.options"


class OptionsError(ValueError):
    """Options that do not fit; the text names each."""


def arguments(sensor: SensorTable) -> dict[str, Any]:
    """What the driver's constructor takes; raises OptionsError, and PluginError where the package is broken."""
    if sensor.driver in OPTIONS:
        return sensor.arguments()
    kind = plugins.load(ENTRY_POINT_GROUP, sensor.driver)
    if kind is None:
        return sensor.arguments()
    if not (isinstance(kind, type) and issubclass(kind, Struct)):
        raise plugins.PluginError(f"{sensor.driver!r} of {ENTRY_POINT_GROUP} is no msgspec.Struct but {kind!r:.100}")
    return _read(sensor, kind)


def _read(sensor: SensorTable, kind: type[Struct]) -> dict[str, Any]:
    problems: list[Problem] = []
    read = read_table(sensor.options, kind, ("sensor",), "", problems)
    if read is None:
        raise OptionsError("; ".join(map(str, problems)))
    said = msgspec.structs.asdict(read)
    return {name: placed(value, sensor.folder) for name, value in said.items()} if sensor.folder else said
