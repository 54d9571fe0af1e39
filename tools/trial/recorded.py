"""Recordings of one time at one or several nodes: `recording.toml` in a folder says which, and where the nodes stood."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from edge_node.sensor_options import RecordingOptions
from edge_node.strict_toml import as_path
from tools.trial.outcome import NodeStood, TrialError
from tools.virtual_devices.device import toml

FILE = "recording.toml"
MONO_BEGIN_NS = 1_000_000_000_000
"""What a recording's begin is on the clock of who plays it: some time that is not 0."""
SENSES = {
    ".pcap": "remote_id",
    ".pcapng": "remote_id",
    ".btsnoop": "remote_id",
    ".wav": "microphones",
    ".flac": "microphones",
    ".mkv": "camera",
    ".mp4": "camera",
    ".avi": "camera",
}
RADIO = "radio"
FILES, NAMED_BY_PATH = ("path", "calibration"), ("camera", "array")
"""Options that are files, and those that may be."""


class RecordedNode(Struct, frozen=True, forbid_unknown_fields=True):
    """One node: where it stood or set out, what its GNSS receiver said (lines of "seconds sentence"), and its sensors' recordings.

    A sensor's table is that of the driver "recording", with its `name`; paths go from the folder on.
    """

    name: str
    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float
    sensor: tuple[dict[str, Any], ...]
    moving: bool = False
    nmea: str | None = None

    @property
    def stood(self) -> NodeStood:
        """For a trial's head."""
        return NodeStood(self.name, self.latitude_deg, self.longitude_deg, self.altitude_wgs84_m, MONO_BEGIN_NS, self.moving)


class Recorded(Struct, frozen=True, forbid_unknown_fields=True):
    """All of a folder; sound, pictures and IQ begin at `begun_utc_ms`, captures and NMEA have their own times."""

    scene: str
    seconds: float
    begun_utc_ms: int
    node: tuple[RecordedNode, ...]
    seed: int = 0


class Take(Struct, frozen=True):
    """One sensor's recording."""

    node: str
    name: str
    options: RecordingOptions

    @property
    def sense(self) -> str:
        """By the kind of its file."""
        return SENSES.get(self.options.path.suffix, RADIO)


def read(folder: Path) -> Recorded:
    """Raises TrialError that says what is wrong with the folder."""
    path = folder / FILE
    try:
        return msgspec.convert(tomllib.loads(path.read_text()), Recorded, strict=False)
    except (OSError, ValueError) as error:
        raise TrialError(f"{path}: {error}; docs/trial.md says what it holds") from error


def write(folder: Path, recorded: Recorded) -> None:
    """Write what `read` reads."""
    rows = [f"{name} = {toml(getattr(recorded, name))}" for name in ("scene", "seed", "seconds", "begun_utc_ms")]
    for node in recorded.node:
        told = msgspec.structs.asdict(node)
        sensors = told.pop("sensor")
        rows += ["", "[[node]]", *_pairs(told)]
        for sensor in sensors:
            rows += ["", "[[node.sensor]]", *_pairs(sensor)]
    (folder / FILE).write_text("\n".join((*rows, "")))


def _pairs(told: dict[str, Any]) -> list[str]:
    return [f"{key} = {toml(value)}" for key, value in told.items() if value is not None]


def takes(folder: Path, node: RecordedNode) -> list[Take]:
    """The recordings of one node; raises TrialError for a table that is none."""
    found = []
    for table in node.sensor:
        told = {key: _placed(folder, key, value) for key, value in table.items() if key != "name"}
        try:
            options = msgspec.convert(told, RecordingOptions, dec_hook=as_path, strict=False)
        except msgspec.ValidationError as error:
            raise TrialError(f"{folder / FILE}: {node.name}, sensor {table.get('name')!r}: {error}") from error
        if not options.path.exists():
            raise TrialError(f"{folder / FILE}: {node.name} has no {options.path}")
        found.append(Take(node.name, str(table.get("name", options.path.stem)), options))
    return found


def _placed(folder: Path, key: str, value: Any) -> Any:
    """What is the name of a file, from the folder on."""
    is_file = key in FILES or (key in NAMED_BY_PATH and str(value).endswith(".toml"))
    return str((folder / str(value)).absolute()) if is_file else value
