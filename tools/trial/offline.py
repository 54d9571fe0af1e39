"""A scene whose makers and nodes do not fit into real time: its signals go to files first, and are played from there."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec.structs import replace

from tools.faults.plan import not_here
from tools.simulate.world import World
from tools.trial import recorded, recording, truth
from tools.trial.jobs import Make, done
from tools.trial.making import MAKERS, NMEA, write_nmea
from tools.trial.outcome import TRUTH, Head, write_head, write_lines
from tools.trial.played import Played
from tools.trial.recorded import Recorded, RecordedNode
from tools.virtual_devices.catalog import names

BEGUN_UTC_MS = 1_782_043_200_000
"""2026-06-21 12:00 UTC, whenever it is played: what a drone says holds the time, and the same seed shall give the same signals."""
SIGNALS = "signals"


def play(told: Played, out: Path, *, keep: bool = False) -> Head:
    """Leave a trial in the folder `out`, with `keep` the signals too; raises SceneError, TrialError, OSError."""
    with nullcontext(str(out / SIGNALS)) if keep else TemporaryDirectory(prefix="en-") as name:
        folder = Path(name)
        folder.mkdir(exist_ok=True)
        write(told, folder)
        head = recording.play(folder, out, "offline")
    faults = told.world.scene.fault
    head = replace(head, faults=tuple(not_here(faults, told.seconds, told.world.scene.nodes)))
    write_head(out, head)
    return head


def write(told: Played, folder: Path) -> None:
    """Write all recordings of a scene, the truth, and what they are."""
    jobs = []
    for world in told.worlds:
        (folder / world.scene.node.name).mkdir(exist_ok=True)
        jobs += [_job(told, world, folder, device) for device in names(world.scene) if device in MAKERS]
    tables = done(jobs)
    nodes = []
    for world in told.worlds:
        name = world.scene.node.name
        write_nmea(world, folder / name / NMEA, told.seconds, BEGUN_UTC_MS * 1_000_000)
        own = [_placed(name, table) for job, table in zip(jobs, tables, strict=True) if job.node == name]
        nodes.append(_node(world, own))
    write_lines(folder / TRUTH, truth.rows(told.world, told.seconds))
    recorded.write(folder, Recorded(told.name, told.seconds, BEGUN_UTC_MS, tuple(nodes), told.world.seed))


def _job(told: Played, world: World, folder: Path, device: str) -> Make:
    name = world.scene.node.name
    return Make(str(told.scene), told.world.seed, name, device, str(folder / name), told.seconds, BEGUN_UTC_MS * 1_000_000)


def _placed(name: str, table: dict[str, Any]) -> dict[str, Any]:
    """A table whose paths go from the folder above that of the node."""
    files = {key: f"{name}/{table[key]}" for key in ("path", "camera") if key == "path" or str(table.get(key, "")).endswith(".toml")}
    return table | files


def _node(world: World, tables: list[dict[str, Any]]) -> RecordedNode:
    latitude, longitude, altitude = world.ground.to_geodetic(0.0, 0.0, world.scene.node.mast_m)
    name = world.scene.node.name
    return RecordedNode(name, latitude, longitude, altitude, tuple(tables), world.trip is not None, f"{name}/{NMEA}")
