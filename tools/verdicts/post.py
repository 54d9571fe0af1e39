"""A running node with virtual devices whose disk, clock, computer, libraries and C2 are made for it, so that each can fail."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from edge_node.messages import Finding, NodeStatus, SensorStatus
from edge_node.node import status
from edge_node.publish.keys import load_or_make
from tools.bench.chaos_stage import SHARED_MEMORY, faked_clock, swept
from tools.bench.small_disk import SmallDisk, small_disk
from tools.faults.patient import send
from tools.simulate.world import World
from tools.stage import STOP_WITHIN_S
from tools.verdicts.heard_c2 import HeardC2
from tools.virtual_devices.bench import VirtualDevices, virtual_devices
from tools.virtual_devices.device import Begun

ALL_KINDS, LIGHT = (Path(__file__).with_name(f"{name}.toml") for name in ("post", "light"))
SEED = 2026
NAME = "struck-mast"
NODE = """
[node]
name = "{name}"
state_dir = "disk/state"
run_dir = "run"

[c2]
live = "{live}"
reliable = "{reliable}"
server_key = "{server_key}"
status_every_s = 1.0

[health]
system_root = "tree"
"""
FIRMWARE = "sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled"
MOUNTS = "proc/self/mountinfo"
TREE = {
    "proc/device-tree/model": "Raspberry Pi 5 Model B Rev 1.0",
    "sys/class/hwmon/hwmon2/name": "rpi_volt",
    "sys/class/hwmon/hwmon2/in0_lcrit_alarm": "0",
    "sys/class/thermal/thermal_zone0/type": "cpu-thermal",
    "sys/class/thermal/thermal_zone0/temp": "61350",
    "proc/uptime": "86400.25 300000.00",
    "proc/meminfo": "MemTotal:        8254304 kB\nMemFree:          100000 kB\nMemAvailable:    6000000 kB",
    FIRMWARE: "0",
}
DISK_MB = 48
COUNTED = re.compile(r"\b\d+ blocks, (\d+)/s")
PORTAUDIO = "libportaudio.so.2"
WAIT_S = 0.02


class Post:
    """The node, and what can be done to it and to what it hangs on."""

    def __init__(self, folder: Path, devices: VirtualDevices, disk: SmallDisk | None, c2: HeardC2, *, steps: bool) -> None:
        self.folder, self.devices, self.disk, self.c2 = folder, devices, disk, c2
        self.config, self.run_dir, self.log = folder / "node.toml", folder / "run", folder / "node.log"
        self._libraries = folder / "lib"
        self._libraries.mkdir()
        for name, said in TREE.items():
            self.says(name, said)
        self.time_file = folder / "time"
        self._clock = faked_clock(self.time_file) if steps else {}
        self.set_clock(0.0)
        self.toml = NODE.format(name=NAME, live=c2.live, reliable=c2.reliable, server_key=c2.keys.public) + devices.tables
        self.config.write_text(self.toml)
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "edge_node", "run", "-c", str(self.config)]
            self._process = subprocess.Popen(command, stderr=log, env=self._environment())

    def _environment(self) -> dict[str, str]:
        return os.environ | self.devices.environment | self._clock | {"LD_LIBRARY_PATH": str(self._libraries)}

    @property
    def can_step(self) -> bool:
        """Whether its clock can be set."""
        return bool(self._clock)

    def says(self, name: str, text: str) -> None:
        """Have a file of the computer's say something else; it is never half written."""
        path = self.folder / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}")
        fresh.write_text(f"{text}\n")
        fresh.replace(path)

    def set_clock(self, off_s: float) -> None:
        """Let the node's clock be so far off."""
        self.time_file.write_text(f"{off_s:+f}\n")

    def write(self, toml: str) -> None:
        """Another node.toml, which nobody has told the node of."""
        fresh = self.config.with_suffix(".new")
        fresh.write_text(toml)
        fresh.replace(self.config)

    def reload(self, toml: str) -> None:
        """Another node.toml, and SIGHUP."""
        self.write(toml)
        self._process.send_signal(signal.SIGHUP)

    def fill_disk(self) -> None:
        """To the last block."""
        if self.disk:
            self.disk.fill()

    def free_disk(self) -> None:
        """Give the room back."""
        if self.disk:
            self.disk.free()

    def seal_disk(self, sealed: bool) -> None:
        """Let whoever opens something on its disk from now on find it read-only, or find it as it was."""
        disk = str(self.folder / "disk")
        if not sealed:
            subprocess.run(["umount", "--lazy", disk], check=True)
            return
        subprocess.run(["mount", "--bind", disk, disk], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", disk], check=True)

    def break_library(self, name: str = PORTAUDIO) -> None:
        """Have the loader find a file that is no library, as after a broken upgrade."""
        (self._libraries / name).write_text("cut off\n")

    def mend_library(self, name: str = PORTAUDIO) -> None:
        """Let the loader find the system's own."""
        (self._libraries / name).unlink(missing_ok=True)

    def status(self) -> NodeStatus | None:
        """What it says now; raises RuntimeError where it has ended."""
        if self._process.poll() is not None:
            raise RuntimeError(f"the node ended: {self.log.read_text(errors='replace')[-2000:]}")
        return status.read(self.run_dir)

    def part(self, name: str) -> SensorStatus | None:
        """What it says of one process."""
        now = self.status()
        return next((one for one in (*now.sensors, now.hub) if one.name == name), None) if now else None

    def signal(self, name: str, number: signal.Signals) -> None:
        """To a sensor's process, or to the hub."""
        part = self.part(name)
        send(part.pid if part else None, number)

    def end(self) -> None:
        """SIGTERM, whatever was done to its processes."""
        now = status.read(self.run_dir)
        for part in (*now.sensors, now.hub) if now else ():
            send(part.pid, signal.SIGCONT)
        self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def named(now: NodeStatus, about: str, names: frozenset[str]) -> Finding | None:
    """The first finding of that sort."""
    return next((one for one in now.findings if one.about == about and one.name in names), None)


def flows(part: SensorStatus) -> bool:
    """Whether a process runs, and hands over data where it says how much."""
    counted = COUNTED.search(part.sentence)
    return part.state == "running" and (part.name == "hub" or (counted is not None and int(counted[1]) > 0))


@contextmanager
def post(scene: Path = ALL_KINDS, *, steps: bool = False) -> Iterator[Post]:
    """A node that runs with the devices of a scene, enrolled at its C2; raises SceneError.

    Of one that `steps` the clock can be set, where libfaketime is there. It is a node apart: under libfaketime a short sleep may fail.
    """
    with TemporaryDirectory(prefix="en-") as name, ExitStack() as open_:
        folder = Path(name)
        disk = open_.enter_context(small_disk(folder / "disk", DISK_MB))
        c2 = HeardC2(folder / "c2")
        open_.callback(c2.stop)
        c2.enrol(NAME, load_or_make(folder / "disk/state").public)
        world = World.load(scene, SEED)
        devices = open_.enter_context(virtual_devices(scene, world, folder, world.scene.seconds))
        open_.enter_context(swept(SHARED_MEMORY))
        built = Post(folder, devices, disk, c2, steps=steps)
        open_.callback(built.end)
        devices.begin(Begun(time.monotonic() + 1.0, time.time_ns() + 1_000_000_000))
        yield built
