"""A scene as written in TOML: frozen structs, strict about every key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from drivers import microphone_arrays
from tools.simulate.aircraft import Aircraft, Claims, Copies, Drone, DroneSound, Operator, RadioLink, RemoteId, Transport
from tools.simulate.bounds import Positive
from tools.simulate.bystanders import Other
from tools.simulate.faults import Fault
from tools.simulate.formation import expanded
from tools.simulate.outdoors import Eye, Ground, Sky, Traffic
from tools.simulate.paths import Circle, Drift, Flight, Hover, Point, Waypoints
from tools.simulate.radios import Emitter, Ghost, Radio, Replay, Spoofer, Swarm, Teleport
from tools.simulate.stations import Drive, Errors, Microphones, NodePose, Post, Receiver, Turned, as_told

__all__ = [
    "Aircraft", "Circle", "Claims", "Copies", "Drift", "Drive", "Drone", "DroneSound", "Emitter", "Errors", "Eye", "Fault", "Flight",
    "Ghost", "Ground", "Hover", "Microphones", "NodePose", "Operator", "Other", "Point", "Post", "Radio", "RadioLink",
    "Receiver", "RemoteId", "Replay", "Scene", "SceneError", "Sky", "Spoofer", "Swarm", "Teleport", "Traffic", "Transport",
    "Turned", "Waypoints", "Weather", "load",
]  # fmt: skip


class SceneError(Exception):
    """A scene cannot be used; the text names the key."""


class Weather(Struct, frozen=True, forbid_unknown_fields=True):
    """The air, the wind at the microphones, the noise of the place from all sides, and the ground (Pa s/m2; grass 2e5, asphalt 2e7)."""

    temperature_c: Annotated[float, Meta(ge=-40, le=60)] = 15.0
    humidity_percent: Annotated[float, Meta(ge=1, le=100)] = 60.0
    wind_mps: Annotated[float, Meta(ge=0, le=40)] = 2.0
    ambience_db_spl: float = 42.0
    ground_flow_resistivity: Positive | None = 2e5


class Scene(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole scene."""

    name: str
    node: NodePose
    drone: tuple[Drone, ...] = ()
    spoofer: tuple[Spoofer, ...] = ()
    emitter: tuple[Emitter, ...] = ()
    microphones: Microphones | None = None
    camera: Eye | None = None
    receiver: Receiver | None = None
    sky: Sky = Sky()
    ground: Ground = Ground()
    traffic: Traffic = Traffic()
    weather: Weather = Weather()
    other: tuple[Other, ...] = ()
    post: tuple[Post, ...] = ()
    errors: Errors = Errors()
    fault: tuple[Fault, ...] = ()
    seconds: Positive = 60.0

    @property
    def nodes(self) -> tuple[str, ...]:
        """The first node's name and those of the posts."""
        return self.node.name, *(post.name for post in self.post)

    @property
    def movers(self) -> tuple[Drone | Other, ...]:
        """All that has a path: the drones, then the others."""
        return self.drone + self.other

    def configured(self) -> Scene:
        """The same with sensors mounted as the first node's configuration says, which has errors."""
        ears, eye = self.microphones, self.camera
        return replace(
            self,
            microphones=ears and as_told(ears, self.errors.microphones),
            camera=eye and as_told(eye, self.errors.camera),
        )


def load(path: Path) -> Scene:
    """Read a scene; raises SceneError for no file, bad TOML, an unknown key, a value out of bounds, names that clash or mean nobody."""
    try:
        scene = msgspec.toml.decode(path.read_bytes(), type=Scene)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SceneError(f"{path}: {error}") from error
    scene = replace(scene, drone=expanded(scene.drone))
    for wrong in _wrong(scene):
        raise SceneError(f"{path}: {wrong}")
    return scene


def _wrong(scene: Scene) -> Iterator[str]:
    """What the types cannot say."""
    heard = {drone.name: drone.remote_id for drone in scene.drone if drone.remote_id}
    yield from _twice(scene, [rid.mac for rid in heard.values()])
    for spoofer in scene.spoofer:
        if isinstance(spoofer, Replay) and spoofer.of not in heard:
            yield f"{spoofer.name} replays {spoofer.of!r}, which is no drone with Remote ID"
    for drone in scene.drone:
        if drone.sound and drone.sound.rpm and drone.sound.blade_pass_hz:
            yield f"{drone.name}: its sound has rpm or blade_pass_hz, not both"
    yield from _of_nodes(scene)


def _twice(scene: Scene, macs: list[str]) -> Iterator[str]:
    for what, values in (
        ("name", [one.name for one in scene.movers]),
        ("mac", macs),
        ("name", [spoofer.name for spoofer in scene.spoofer]),
        ("name", list(scene.nodes)),
    ):
        if len(set(values)) < len(values):
            yield f"two of one scene have the same {what}"


def _of_nodes(scene: Scene) -> Iterator[str]:
    for told in (scene.microphones, *(post.microphones for post in scene.post)):
        if told and told.array not in microphone_arrays.known():
            yield f"there is no array {told.array!r}; {', '.join(microphone_arrays.known())} are there"
    for fault in scene.fault:
        if fault.node and fault.node not in scene.nodes:
            yield f"a fault strikes the node {fault.node!r}; there are {', '.join(scene.nodes)}"
    if scene.node.trip and (scene.camera or scene.post):
        yield "a node with a trip has neither a camera nor posts beside it"
