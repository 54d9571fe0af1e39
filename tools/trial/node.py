"""A real node of a trial: `edge-node run` on its virtual devices, enrolled at the trial's C2, kept alive as a service manager does."""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from edge_node.messages import NodeStatus
from edge_node.node import status
from edge_node.publish.keys import load_or_make
from tools.bench.black_hole import BlackHole
from tools.bench.chaos_stage import SHARED_MEMORY, faked_clock, swept
from tools.bench.kept_process import KeptProcess
from tools.bench.small_disk import SmallDisk, small_disk
from tools.c2.station import Station
from tools.faults.kinds import ON_LINES
from tools.faults.patient import send
from tools.simulate.world import World
from tools.stage import NODE
from tools.trial.played import Played
from tools.trial.spent import Spending, nursery
from tools.virtual_devices.bench import VirtualDevices, virtual_devices

DISK_MB = 48
RECORD_S, RECORD_AGAIN_S, ORDER_AGAIN_S = 120.0, 110.0, 3.0
LOOK_EVERY_S = 1.0
MOST_LOGGED = 600


class TrialNode:
    """`devices` play for it; it starts with `start` and is looked after by `keep`."""

    def __init__(self, folder: Path, world: World, devices: VirtualDevices, disk: SmallDisk | None, lines: tuple[BlackHole, ...]) -> None:
        self.name, self.devices, self.disk, self.lines = world.scene.node.name, devices, disk, lines
        self.folder, self._world = folder, world
        self.run_dir, self.state_dir = folder / "run", (disk.path if disk else folder) / "state"
        self.spending = Spending(self.name)
        self.clock_s = world.scene.errors.clock_s
        self.time_file = self._clock()
        self.process: KeptProcess | None = None
        self._ordered_s, self._look_at_s = -RECORD_S, 0.0

    def _clock(self) -> Path | None:
        """Where the node's clock is set, if it is to be off or to step and can."""
        steps = any(fault.kind == "clock_step" for fault in self._world.faults)
        path = self.folder / "time"
        if not (steps or self.clock_s) or not faked_clock(path):
            return None
        path.write_text(f"{self.clock_s:+f}\n")
        return path

    def start(self, c2: Station, server_key: str) -> None:
        """Enrol it and run it."""
        keys = load_or_make(self.state_dir)
        c2.enrolment.enrol(self.name, keys.public)
        live, reliable = self._addresses(c2)
        moving = str(self._world.trip is not None).lower()
        told = NODE.format(name=self.name, live=live, reliable=reliable, server_key=server_key, moving=moving)
        config = self.folder / "node.toml"
        config.write_text(told.replace('state_dir = "state"', f'state_dir = "{self.state_dir}"') + self.devices.tables)
        environment = self.devices.environment | (faked_clock(self.time_file) if self.time_file else {})
        self.process = KeptProcess(self.name, self.folder / "node.log", lambda _: ["edge_node", "run", "-c", str(config)], environment)
        self.process.keep(time.monotonic())

    def _addresses(self, c2: Station) -> list[str]:
        """Of both planes, past what can be cut."""
        if self.lines:
            return [f"tcp://127.0.0.1:{line.port}" for line in self.lines]
        return [c2.endpoint, c2.reliable_endpoint]

    def status(self) -> NodeStatus | None:
        """What it says of itself on the spot."""
        return status.read(self.run_dir)

    def pid(self, process: str) -> int | None:
        """Of one of its processes."""
        return self.pids().get(process)

    def pids(self) -> dict[str, int]:
        """Of its first process by the name "node", the nursery, the hub and each sensor's, as far as they run."""
        first = self.process.pid if self.process else None
        now = self.status()
        children = {part.name: part.pid for part in (*now.sensors, now.hub) if part.pid} if now and first else {}
        forks = nursery(first) if first else None
        return ({"node": first} if first else {}) | ({"nursery": forks} if forks else {}) | children

    def why_not_ready(self) -> str:
        """Which of its sensors do not run and why, or the last that it logged where it says nothing of itself; empty where all run."""
        now = self.status()
        if now is None:
            return (self.folder / "node.log").read_text(errors="replace").strip()[-MOST_LOGGED:] or "it has not said a word yet"
        return "; ".join(f"{one.name} is {one.state}: {one.sentence}" for one in (*now.sensors, now.hub) if one.state != "running")

    def keep(self, c2: Station) -> None:
        """Start it again where it ended, have it record what it detects, and note what it spends."""
        now_s = time.monotonic()
        if self.process:
            self.process.keep(now_s)
        if now_s < self._look_at_s:
            return
        self._look_at_s = now_s + LOOK_EVERY_S
        self.spending.look(self.pids())
        now = self.status()
        if now is not None and now.hub.state == "running" and self._should_record(now.hub.sentence, now_s):
            self._ordered_s = now_s
            c2.store.order(secrets.token_hex(8), self.name, "record", {"seconds": RECORD_S}, ORDER_AGAIN_S)

    def _should_record(self, hub_says: str, now_s: float) -> bool:
        """Whether it is time for a new order: before the last runs out, or when a hub that died or a full disk ended it."""
        ago_s = now_s - self._ordered_s
        return ago_s >= RECORD_AGAIN_S or (ago_s >= ORDER_AGAIN_S and "records detections" not in hub_says)

    def stop(self) -> None:
        """End it, whatever was done to its processes."""
        for pid in self.pids().values():
            send(pid, signal.SIGCONT)
        if self.process:
            self.process.end()

    def gather(self, path: Path) -> int:
        """Write all that it recorded of its detections to one file, line by whole line; how many messages."""
        files = sorted((self.state_dir / "recordings").glob("*.jsonl"), key=lambda file: file.stat().st_mtime_ns)
        count = 0
        with path.open("wb") as out:
            for file in files:
                for line in file.read_bytes().splitlines(keepends=True):
                    if line.endswith(b"\n"):
                        count += out.write(line) > 0
        return count


@contextmanager
def trial_node(parent: Path, told: Played, world: World, c2: Station, server_key: str) -> Iterator[TrialNode]:
    """Its devices plugged in and the node started; raises SceneError. What can be struck is there where a fault of its is to strike it."""
    kinds = {fault.kind for fault in world.faults}
    folder = parent / world.scene.node.name
    folder.mkdir()
    with ExitStack() as open_:
        disk = open_.enter_context(small_disk(folder / "disk", DISK_MB)) if "disk_full" in kinds else None
        lines = tuple(BlackHole(port_of(address)) for address in (c2.endpoint, c2.reliable_endpoint)) if kinds & ON_LINES else ()
        for line in lines:
            open_.callback(line.close)
        devices = open_.enter_context(virtual_devices(told.scene, world, folder, told.seconds))
        open_.enter_context(swept(SHARED_MEMORY))
        node = TrialNode(folder, world, devices, disk, lines)
        open_.callback(node.stop)
        node.start(c2, server_key)
        yield node


def port_of(address: str) -> int:
    """Of an address such as tcp://127.0.0.1:5571."""
    return int(address.rpartition(":")[2])
