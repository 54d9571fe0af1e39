"""A real node in a process of its own, and waiting for what it says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

from edge_node.messages import Finding, NodeStatus, SensorStatus
from edge_node.node import status

T = TypeVar("T")
PROGRAM = ("-m", "edge_node")


def wait_for(what: Callable[[], T | None], seconds: float, why: str) -> T:
    """Poll until `what` gives something true; fails with `why` when it never does."""
    deadline = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {why}"
        time.sleep(0.02)


@contextmanager
def again_and_again(do: Callable[[int], object], every_s: float) -> Iterator[None]:
    """`do(0)`, `do(1)`, ... beside the test until it is over, whether anybody looks or not."""
    stop = Event()

    def work() -> None:
        k = 0
        while not stop.wait(every_s):
            do(k)
            k += 1

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class RunningNode:
    """`edge-node run` with a node.toml of the test's own."""

    def __init__(self, folder: Path, toml: str, program: Sequence[str] = PROGRAM) -> None:
        self.config = folder / "node.toml"
        self.run_dir, self.state_dir = folder / "run", folder / "state"
        self.write(toml)
        command = [sys.executable, *program, "run", "-c", str(self.config)]
        self.log = folder / "node.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stderr=log)

    def write(self, toml: str) -> None:
        """Replace node.toml; run_dir and state_dir are the test's own."""
        fresh = self.config.with_suffix(".new")
        fresh.write_text(f'node.run_dir = "run"\nnode.state_dir = "state"\nnode.name = "test"\n{toml}')
        fresh.replace(self.config)

    def reload(self, toml: str) -> None:
        """A new node.toml and SIGHUP."""
        self.write(toml)
        self.process.send_signal(signal.SIGHUP)

    def status(self) -> NodeStatus | None:
        """What the node says now."""
        assert self.process.poll() is None, self.log.read_text()
        return status.read(self.run_dir)

    def part(self, name: str) -> SensorStatus | None:
        """What the node says of one process."""
        now = self.status()
        return next((part for part in (*now.sensors, now.hub) if part.name == name), None) if now else None

    def wait_for(self, name: str, holds: Callable[[SensorStatus], bool], seconds: float, why: str) -> SensorStatus:
        """The status of one process, as soon as `holds`."""

        def look() -> SensorStatus | None:
            part = self.part(name)
            return part if part is not None and holds(part) else None

        try:
            return wait_for(look, seconds, why)
        except AssertionError as error:
            raise AssertionError(f"{error}; it says {self.part(name)}; log:\n{self.log.read_text()[-3000:]}") from None

    def findings(self, about: str) -> dict[str, Finding]:
        """What is not well with one sensor, or with power, storage, time, link..., by name."""
        now = self.status()
        return {one.name: one for one in (now.findings if now else ()) if one.about == about}

    def wait_found(self, about: str, name: str, seconds: float) -> Finding:
        """A finding, as soon as it is there."""
        return wait_for(lambda: self.findings(about).get(name), seconds, f"{about} {name} is found; {self._says()}")

    def wait_well(self, about: str, *names: str, seconds: float = 10) -> None:
        """Until none of these, or nothing at all, is found of it."""

        def well() -> bool:
            found = self.findings(about) if self.status() else {"": None}
            return not (found.keys() & set(names) if names else found)

        wait_for(well, seconds, f"{about} is well; {self._says()}")

    def _says(self) -> str:
        now = self.status()
        return f"{now.verdict}: {now.sentence}" if now else "it says nothing"

    def wait_running(self, *names: str, seconds: float = 20) -> None:
        """Until each of these runs."""
        for name in names:
            self.wait_for(name, lambda part: part.state == "running", seconds, f"{name} runs")

    def kill(self, name: str, number: int) -> int:
        """Send a signal to one of its processes; its pid."""
        part = self.wait_for(name, lambda part: part.pid is not None, 10, f"{name} has a process")
        assert part.pid is not None
        os.kill(part.pid, number)
        return part.pid

    def stop(self, seconds: float = 10) -> int:
        """SIGTERM, and its exit code."""
        self.process.terminate()
        return self.process.wait(seconds)


@contextmanager
def running_node(folder: Path, toml: str, program: Sequence[str] = PROGRAM) -> Iterator[RunningNode]:
    """A node that ends with the block, whatever happens in it."""
    node = RunningNode(folder, toml, program)
    try:
        yield node
    finally:
        if node.process.poll() is None:
            node.stop()
