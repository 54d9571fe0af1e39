"""What chaos plays on: a C2, a pump and a whole node, each in processes of its own, started again when they end."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import msgspec

from edge_node.node import status
from edge_node.publish.keys import load_or_make
from tools.bench import chaos_pump
from tools.bench.black_hole import BlackHole
from tools.bench.flood import NODE
from tools.bench.kept_process import KeptProcess
from tools.bench.served import free_ports
from tools.bench.small_disk import SmallDisk, small_disk
from tools.c2.enrolment import Enrolment
from tools.simulate import remote_id
from tools.simulate.scene import Scene, Swarm
from tools.simulate.world import World
from tools.trial.spent import nursery

MAST = "mast"
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108
NODE_TOML = f"""
[node]
name = "{MAST}"
state_dir = "edge/mast"
run_dir = "run"
[c2]
live = "tcp://127.0.0.1:{{live}}"
reliable = "tcp://127.0.0.1:{{reliable}}"
server_key = "{{server_key}}"
history_hz = 5.0
[[sensor]]
name = "wifi"
driver = "recording"
path = "air.pcap"
pace = "live"
"""


class ChaosStage:
    """Everything that faults strike. `disks` are those that can be filled, `time_file` is where the node's clock is stepped."""

    def __init__(self, folder: Path, disks: dict[str, SmallDisk], rate_hz: float) -> None:
        self.folder, self.disks = folder, disks
        self.c2_dir, self.edge_dir, self.pump_log = folder / "c2", folder / "edge", folder / "pump.json"
        self.time_file = folder / "time"
        self.time_file.write_text("+0\n")
        self.struck: Counter[str] = Counter()
        self._darkness = 0
        self._c2_ports = free_ports(2)
        self.holes = [BlackHole(port) for port in self._c2_ports]
        server_key = load_or_make(self.c2_dir).public
        for name in (chaos_pump.NAME, MAST):
            Enrolment(self.c2_dir).enrol(name, load_or_make(self.edge_dir / name).public)
        live, reliable = (hole.port for hole in self.holes)
        (folder / "node.toml").write_text(NODE_TOML.format(live=live, reliable=reliable, server_key=server_key))
        order = chaos_pump.Order(
            state_dir=str(self.edge_dir / chaos_pump.NAME),
            log=str(self.pump_log),
            reliable=f"tcp://127.0.0.1:{reliable}",
            server_key=server_key,
            run=0,
            rate_hz=rate_hz,
        )

        def pump(start: int) -> list[str]:
            return ["tools.bench.chaos_pump", msgspec.json.encode(msgspec.structs.replace(order, run=start)).decode()]

        self.can_step = bool(fake := faked_clock(self.time_file))
        self.parts = {
            "c2": KeptProcess("c2", folder / "c2.log", self._serve, {}),
            "pump": KeptProcess("pump", folder / "pump.log", pump, fake),
            "node": KeptProcess("node", folder / "node.log", lambda _: ["edge_node", "run", "-c", str(folder / "node.toml")], fake),
        }

    def _serve(self, _: int) -> list[str]:
        live, reliable = self._c2_ports
        bind = ["--bind", f"tcp://127.0.0.1:{live}", "--reliable-bind", f"tcp://127.0.0.1:{reliable}"]
        return ["tools.c2", "serve", "--json", "--state", str(self.c2_dir), *bind]

    def keep(self) -> None:
        """One look at every process."""
        for part in self.parts.values():
            part.keep(time.monotonic())

    def keep_c2(self) -> None:
        """One look at C2 alone."""
        self.parts["c2"].keep(time.monotonic())

    def darken(self, more: int) -> bool:
        """One more cause, or one less, for the links to be black holes."""
        self._darkness += more
        for hole in self.holes:
            hole.swallow(self._darkness > 0)
        return True

    def kill_hub(self) -> bool:
        """End the node's hub by SIGKILL; whether it ran."""
        now = status.read(self.folder / "run")
        return _killed(now.hub.pid if now else None)

    def kill_nursery(self) -> bool:
        """The same of the process from which the hub is forked."""
        node = self.parts["node"].pid
        return _killed(nursery(node) if node else None)

    def close(self) -> None:
        """End whatever still runs."""
        for part in self.parts.values():
            part.end()
        for hole in self.holes:
            hole.close()


def _killed(pid: int | None) -> bool:
    """Whether one was there to be killed."""
    if pid is None:
        return False
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def chaos_stage(seed: int, seconds: float, rate_hz: float) -> Iterator[ChaosStage]:
    """All of it in a folder of its own, which goes with it; the air is full of invented aircraft."""
    megabytes = 64 + round(2 * seconds)
    with TemporaryDirectory(prefix="edge-node-") as name, ExitStack() as open_:
        folder = Path(name)
        mounted = {disk: open_.enter_context(small_disk(folder / disk, megabytes)) for disk in ("c2", "edge")}
        stage = ChaosStage(folder, {disk: found for disk, found in mounted.items() if found}, rate_hz)
        open_.enter_context(swept(SHARED_MEMORY))
        open_.callback(stage.close)
        open_.enter_context(_air(folder / "air.pcap", seed))
        yield stage


@contextmanager
def swept(folder: Path) -> Iterator[None]:
    """Take away what libfaketime leaves there of each process that was killed; its name ends with the process id."""
    before = set(folder.glob("*faketime_*"))
    yield
    for left in set(folder.glob("*faketime_*")) - before:
        if not Path("/proc", left.name.rpartition("_")[2]).exists():
            left.unlink(missing_ok=True)


@contextmanager
def _air(pipe: Path, seed: int) -> Iterator[None]:
    os.mkfifo(pipe)
    swarm = Swarm(name="swarm", east_m=-60.0, north_m=30.0, count=40, rate_hz=3.0, spread_m=2_000.0, from_s=0.0)
    world = World(Scene(name="chaos", node=NODE, spoofer=(swarm,)), seed)
    stop = Event()
    player = Thread(target=lambda: remote_id.play(world, pipe, 86_400.0, stop))
    player.start()
    try:
        yield
    finally:
        stop.set()
        player.join()


def faked_clock(time_file: Path) -> dict[str, str]:
    """What gives a process a wall clock that can be stepped (libfaketime); empty where that is absent. Monotonic time stays true."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        return {}
    # Waits on conditions must stay real too: else a thread that waits for Python's lock spins.
    real = {"DONT_FAKE_MONOTONIC": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0", "NO_FAKE_STAT": "1"}
    return {"LD_PRELOAD": str(found[0]), "FAKETIME_TIMESTAMP_FILE": str(time_file), "FAKETIME_CACHE_DURATION": "1", **real}
