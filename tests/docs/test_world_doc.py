"""docs/world.md has every key of a scene with its default, every scene with its length, and every fault with its usual value."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from tools.simulate import aircraft, bystanders, faults, outdoors, paths, radios, scene, stations
from tools.world_picture import drawn

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "world.md").read_text(encoding="utf-8")
PICTURE = ROOT / "docs" / "images" / "world-thermal.png"
MOST_BYTES = 60_000
OF_HEADING: dict[str, type[msgspec.Struct]] = {
    "`[node]`": stations.NodePose,
    "`[node.trip]`": stations.Drive,
    "`[[post]]`": stations.Post,
    "`[[drone]]`": aircraft.Drone,
    "`drone.operator`": aircraft.Operator,
    "`[drone.remote_id]`": aircraft.RemoteId,
    "`[drone.remote_id.claims]`": aircraft.Claims,
    "`[drone.sound]`": aircraft.DroneSound,
    "`[[drone.link]]`": aircraft.RadioLink,
    "`drone.copies`": aircraft.Copies,
    "`[[other]]`": bystanders.Other,
    "`hover`": paths.Hover,
    "`circle`": paths.Circle,
    "`waypoints`": paths.Waypoints,
    "`points` of these": paths.Point,
    "`drift`": paths.Drift,
    "`[[spoofer]]`, each kind": radios.Radio,
    '`[[spoofer]]` of `kind = "swarm"`': radios.Swarm,
    '`[[spoofer]]` of `kind = "replay"`': radios.Replay,
    '`[[spoofer]]` of `kind = "teleport"`': radios.Teleport,
    '`[[spoofer]]` of `kind = "ghost"`': radios.Ghost,
    "`[[emitter]]`": radios.Emitter,
    "`[microphones]`": stations.Microphones,
    "`[camera]`": outdoors.Eye,
    "`[receiver]`": stations.Receiver,
    "`[errors]`": stations.Errors,
    "`errors.microphones`, `errors.camera`": stations.Turned,
    "`[weather]`": scene.Weather,
    "`[sky]`": outdoors.Sky,
    "`[ground]`": outdoors.Ground,
    "`[traffic]`": outdoors.Traffic,
    "`[[fault]]`": faults.Fault,
}


def said() -> dict[str, dict[str, str]]:
    """Keys and their defaults by heading."""
    parts = re.split(r"^### (.+)$", TEXT, flags=re.MULTILINE)[1:]
    return {
        head: dict(re.findall(r"^\| `(\w+)` \| (.+?) \| ", body.split("| kind |")[0], re.MULTILINE))
        for head, body in zip(parts[::2], parts[1::2], strict=True)
    }


@pytest.mark.parametrize("head", OF_HEADING)
def test_every_key_is_there_with_its_default(head: str) -> None:
    fields = {one.name: one.default for one in msgspec.structs.fields(OF_HEADING[head])}
    if issubclass(OF_HEADING[head], radios.Radio) and OF_HEADING[head] is not radios.Radio:
        fields = {name: fields[name] for name in fields if name not in radios.Radio.__struct_fields__}
    told = said()[head]
    assert told.keys() == fields.keys()
    for name, default in fields.items():
        assert told[name] == words(default), name


def words(default: object) -> str:
    """A default as the page has it."""
    if default is msgspec.NODEFAULT:
        return "required"
    if isinstance(default, msgspec.Struct):
        return "its defaults"
    if isinstance(default, tuple):
        return ", ".join(default) or "none"
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, int | float) else "none" if default is None else str(default) or "empty"


def test_every_table_of_a_scene_has_its_heading() -> None:
    assert said().keys() - OF_HEADING.keys() == {"The file itself", "Paths"}
    assert said()["The file itself"] == {"name": "required", "seconds": "60"}


def test_every_scene_is_listed_with_its_length() -> None:
    listed = {name: float(seconds) for name, seconds in re.findall(r"^\| `([\w-]+)` \| (\d+) \| .+ \|$", TEXT, re.MULTILINE)}
    files = sorted((ROOT / "tools/simulate/scenes").glob("*.toml"))
    assert {path.stem: scene.load(path).seconds for path in files} == {name: listed[name] for name in (path.stem for path in files)}


def test_every_fault_of_signals_is_there_with_its_usual_value() -> None:
    table = dict(re.findall(r"^\| `(\w+)` \| ([\d.-]+) \| .+ \|$", TEXT.split("| kind | usual value | |")[1], re.MULTILINE))
    assert table == {kind: f"{faults.USUAL[kind]:g}" if kind in faults.USUAL else "-" for kind in faults.OF_SIGNALS}


def test_the_picture_is_small_and_shows_bodies_in_boxes() -> None:
    assert PICTURE.read_bytes().startswith(b"\x89PNG\r\n")
    assert PICTURE.stat().st_size < MOST_BYTES
    made = drawn()
    assert made.shape == (256, 646)
    assert (made == 255).sum() > 1_000
