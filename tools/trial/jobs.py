"""Heavy work of a trial that is not played in real time, each piece in a process of its own, as many at once as there are cores."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from tools.simulate.scene import SceneError
from tools.simulate.world import World
from tools.trial.outcome import TrialError
from tools.virtual_devices.bench import ONE_THREAD


class Make(Struct, frozen=True, tag=True):
    """Write what one device of a node records of a scene."""

    scene: str
    seed: int
    node: str
    device: str
    folder: str
    seconds: float
    begun_utc_ns: int

    def run(self) -> Any:
        """The recording's table."""
        from tools.trial.making import make  # noqa: PLC0415 -- makers are heavy, and a job needs one half of this file

        world = World.load(Path(self.scene), self.seed).of_post(self.node)
        return make(self.device, world, Path(self.folder), self.seconds, self.begun_utc_ns)


class Detect(Struct, frozen=True, tag=True):
    """Write what the node's pipeline finds in the n-th recording of a node."""

    folder: str
    node: int
    sensor: int
    out: str

    def run(self) -> Any:
        """The sensor's words."""
        from tools.trial import recorded  # noqa: PLC0415 -- as above
        from tools.trial.detecting import detect  # noqa: PLC0415

        told = recorded.read(Path(self.folder))
        take = recorded.takes(Path(self.folder), told.node[self.node])[self.sensor]
        return detect(take, told.begun_utc_ms * 1_000_000, told.seconds, Path(self.out))


Job = Make | Detect


def done(jobs: Sequence[Job]) -> list[Any]:
    """The result of each; raises TrialError with the words of one that failed."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(_done, jobs))


def _done(job: Job) -> Any:
    command = [sys.executable, "-m", "tools.trial.jobs", msgspec.json.encode(job).decode()]
    told = subprocess.run(command, check=False, capture_output=True, env=os.environ | ONE_THREAD)
    if told.returncode:
        raise TrialError(told.stderr.decode(errors="replace").strip().rpartition("\n")[2] or f"{job} failed")
    return msgspec.json.decode(told.stdout.rpartition(b"\n")[2])


def main() -> int:
    """One job in JSON as argument, its result in JSON as the last line; exit code 1 and the reason where it cannot be done."""
    job = msgspec.json.decode(sys.argv[1], type=Job)
    try:
        result = job.run()
    except (TrialError, SceneError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.buffer.write(b"\n" + msgspec.json.encode(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
