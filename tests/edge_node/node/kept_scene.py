"""What the black box of a simulated node would keep of a scene: its signals as blocks in a real folder, and what a hub told meanwhile."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from msgspec.structs import asdict

from drivers.blocks import AnyBlock
from drivers.nmea import Nmea
from drivers.recording import Recording
from edge_node.config import Config, NodeTable, SensorTable
from edge_node.messages import BusMessage, Finding, NodeStatus, SensorStatus
from edge_node.node.gate.admission import Admission
from edge_node.node.pipeline import Pipeline
from edge_node.node.saying import lasts_ns
from edge_node.node.tracking import Tracking
from edge_node.record import head as heads
from edge_node.record import kept, spine
from edge_node.record.head import Head, Place, SensorHead, Trigger
from edge_node.record.part import PartFile, SensorPart, SpinePart, Target
from edge_node.timebase import Clock, Timebase
from tools.simulate.world import World
from tools.trial import offline, recorded
from tools.trial.detecting import _LINE, _in_time
from tools.trial.played import Played
from tools.trial.recorded import MONO_BEGIN_NS

SERIAL, OPERATOR, SELF_ID, ADDRESS = "TST0CKEPT00000001", "BELtest00000090a", "Roof of the hall", "02:82:b7:0e:ee:01"
WORDS = "asked by J. Doe at the gate"
OPERATOR_PLACE_M = 35.0, -60.0
SECONDS = 4.0
SCENE = f"""
name = "A yard that is kept"
seconds = {SECONDS}
[node]
latitude_deg = 50.85
longitude_deg = 4.35
ground_wgs84_m = 65.0
mast_m = 6.0
name = "mast-one"
[microphones]
array = "respeaker_usb_4"
rate_hz = 16000
[camera]
width = 160
height = 120
hfov_deg = 50.0
azimuth_deg = 38.0
tilt_deg = 35.0
rate_hz = 5.0
dead_share = 0.0
[receiver]
center_hz = 866.1625e6
rate_hz = 1.1e6
noise_dbfs = -70.0
[[drone]]
name = "near"
path = {{ kind = "circle", east_m = 20.0, north_m = 25.0, height_m = 25.0, radius_m = 10.0, speed_mps = 5.0 }}
operator = {{ east_m = {OPERATOR_PLACE_M[0]}, north_m = {OPERATOR_PLACE_M[1]}, id = "{OPERATOR}" }}
sound = {{ aircraft = "mid_quad" }}
[drone.remote_id]
mac = "{ADDRESS}"
ssid = "RID-{SERIAL}"
serial = "{SERIAL}"
self_id = "{SELF_ID}"
transports = ["wifi_beacon", "ble_legacy"]
beacon_interval_tu = 100
[[drone.link]]
name = "crossfire_eu_150"
[[spoofer]]
kind = "swarm"
name = "road"
east_m = -90.0
north_m = 60.0
from_s = 0.2
count = 3
spread_m = 800.0
"""
DRIVEN = """
name = "A car that is kept"
seconds = 5
[node]
latitude_deg = 59.44
longitude_deg = 24.75
ground_wgs84_m = 30.0
mast_m = 2.0
name = "patrol"
trip = { speed_mps = 6.0, heading_deg = 20.0, straight_s = 1.0, turn_deg = 90.0, turn_s = 3.0 }
[[drone]]
name = "follower"
path = { kind = "circle", east_m = 30.0, north_m = 15.0, height_m = 25.0, radius_m = 10.0, speed_mps = 5.0 }
operator = { east_m = 80.0, north_m = 20.0 }
sound = { aircraft = "hexa", level_db_spl_1m = 92.0 }
[microphones]
array = "respeaker_usb_4"
rate_hz = 16000
[weather]
wind_mps = 1.0
ambience_db_spl = 46.0
"""
GNSS, NAME = "gnss", "20260621T120003Z-kept"
TICK_NS, LOOK_NS, TOLD_NS = 200_000_000, 1_000_000_000, 200_000_000
LATE_NS = {"microphones": 40_000_000, "camera": 60_000_000, "links": 90_000_000}
"""How long detectors of a live node think; all others a millisecond."""


def signals(folder: Path, scene: str = SCENE, seconds: float = SECONDS) -> Path:
    """What the scene's devices would have recorded."""
    path = folder / "scene.toml"
    path.write_text(scene)
    (folder / "signals").mkdir()
    offline.write(Played(path, "kept", World.load(path, 7), seconds), folder / "signals")
    return folder / "signals"


class KeptScene:
    """The blocks of a folder of signals, by sensor."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.told = folder, recorded.read(folder)
        self.node = self.told.node[0]
        self._takes = {take.name: take for take in recorded.takes(folder, self.node)}
        self.names = (*self._takes, GNSS)

    def blocks(self, name: str) -> Iterator[AnyBlock]:
        """Of one sensor, on the node's monotonic clock, until the scene ends."""
        end_ns = MONO_BEGIN_NS + round(self.told.seconds * 1e9)
        yield from (
            block for block in self._blocks(name) if block.t_mono_ns >= MONO_BEGIN_NS and block.t_mono_ns + lasts_ns(block) <= end_ns
        )

    def _blocks(self, name: str) -> Iterator[AnyBlock]:
        if name == GNSS:
            nmea = Nmea()
            for line in (self._folder / str(self.node.nmea)).read_bytes().splitlines():
                if said := _LINE.fullmatch(line):
                    yield from nmea.feed(said[2] + b"\r\n", MONO_BEGIN_NS + round(float(said[1]) * 1e9))
            return
        options = {key: value for key, value in asdict(self._takes[name].options).items() if key not in ("pace", "loop")}
        with Recording(pace="fast", **options) as recording:
            yield from _in_time(recording, self.told.begun_utc_ms * 1_000_000)

    def head(self, unkept: tuple[str, ...] = ()) -> Head:
        """As the node would have written it."""
        node = self.node
        return Head(
            id="kept",
            node=node.name,
            version="0.0.1",
            triggers=(Trigger(cause="command", t_mono_ns=MONO_BEGIN_NS + 3_000_000_000, words=WORDS),),
            from_mono_ns=MONO_BEGIN_NS,
            until_mono_ns=MONO_BEGIN_NS + round(self.told.seconds * 1e9),
            clock=Timebase(self.told.begun_utc_ms * 1_000_000 - MONO_BEGIN_NS, "gnss", 0.15),
            place=Place(
                source="gnss", latitude_deg=node.latitude_deg, longitude_deg=node.longitude_deg, altitude_wgs84_m=node.altitude_wgs84_m
            ),
            moving=node.moving,
            sensors=tuple(SensorHead(name=name, driver="recording", kept=name not in unkept) for name in self.names),
            finished=True,
        )

    def lived(self, seed: int = 1) -> list[tuple[int, Any]]:
        """What a hub told: its workers take time to think, now more, now less, and its ticks fall anywhere."""
        rng, head = Random(seed), self.head()
        sensors = tuple(SensorTable(name, "recording") for name in self.names)
        tracking = Tracking(
            Config(node=NodeTable(name=head.node, moving=head.moving), sensor=sensors), Clock(lambda: head.clock), MONO_BEGIN_NS
        )
        batches = heapq.merge(*(self._said(name, Random(f"{seed} {name}")) for name in self.names), key=lambda one: one[0])
        told: list[tuple[int, Any]] = []
        tick_ns = look_ns = MONO_BEGIN_NS + rng.randrange(TICK_NS)
        for t_ns, messages in (*batches, (head.until_mono_ns, ())):
            while tick_ns <= t_ns:
                told += [(tick_ns, event) for event in tracking.advance(tick_ns)]
                told += [(tick_ns, track) for track in tracking.tracks(tick_ns)]
                if tick_ns >= look_ns:
                    tracking.look(tick_ns)
                    look_ns = tick_ns + LOOK_NS
                tick_ns += TICK_NS
            heard = tracking.hear(messages, t_ns)
            told += [(t_ns, one) for one in (*heard.messages, *heard.events)]
        return [*told, (head.until_mono_ns - 1, _status(head))]

    def _said(self, name: str, rng: Random) -> Iterator[tuple[int, tuple[BusMessage, ...]]]:
        pipeline, admission, before_ns = Pipeline(name), Admission(), 0
        for block in self.blocks(name):
            late_ns = LATE_NS.get(name, 1_000_000)
            before_ns = max(before_ns, block.t_mono_ns + lasts_ns(block) + late_ns // 2 + rng.randrange(late_ns))
            yield before_ns, tuple(admission.admit(pipeline.step(block)))

    def keep(self, folder: Path, told: list[tuple[int, Any]], unkept: tuple[str, ...] = (), key: str | None = None) -> Path:
        """Write the recording as the processes of a node do, sealed where there is a public key."""
        folder.mkdir()
        head = msgspec.structs.replace(self.head(unkept), sealed_to=key)
        target = Target(folder, head.id, head.clock.offset_ns, key)
        for number, name in enumerate(self.names, start=1):
            if name in unkept:
                continue
            part = SensorPart(target, name, number)
            for block in self.blocks(name):
                part.write(kept.kept(block))
            part.close()
        hub = SpinePart(target, "hub", 0)
        for t_mono_ns, message in told:
            hub.say(spine.topic_of(message), t_mono_ns, spine.encode({"t_mono_ns": t_mono_ns, "message": message}))
        hub.close()
        if key:
            sealed = PartFile(target, heads.FILE)
            sealed.write(msgspec.json.encode(head, enc_hook=str))
            sealed.close()
            head = msgspec.structs.replace(head, node="", triggers=(), sensors=(), place=None)
        (folder / heads.FILE).write_bytes(msgspec.json.encode(head, enc_hook=str))
        return folder


def kept_folder(base: Path) -> Path:
    """The scene above as it was kept, made once below `base`."""
    folder = base / "kept-scene"
    if not folder.exists():
        folder.mkdir()
        scene = KeptScene(signals(folder))
        scene.keep(folder / NAME, scene.lived())
    return folder / NAME


def _status(head: Head) -> NodeStatus:
    part = SensorStatus(name="hub", driver="hub", state="running", sentence="", since_mono_ns=0, restarts=0, pid=None)
    return NodeStatus(
        name=head.node,
        verdict="amber",
        sentence="all sensors run, the spool fills",
        sensors=(),
        hub=part,
        t_mono_ns=head.until_mono_ns,
        findings=(Finding(about="link", name="c2_unreached", grade="warn", words="C2 at tcp://10.0.0.7:5571 is not reached"),),
    )
