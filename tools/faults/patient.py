"""What a fault may strike of one node."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from tools.bench.black_hole import BlackHole
from tools.bench.small_disk import SmallDisk
from tools.virtual_devices.bench import VirtualDevices


class Patient(Protocol):
    """A node that runs, with what it hangs on; what is not there cannot be struck."""

    name: str
    devices: VirtualDevices
    lines: tuple[BlackHole, ...]
    disk: SmallDisk | None
    time_file: Path | None
    clock_s: float

    def pid(self, process: str) -> int | None:
        """Of a sensor's process, of the hub, or of the node's first process by the name "node"; None where it does not run."""


def send(pid: int | None, number: int) -> bool:
    """Send a signal; whether somebody was there to get it."""
    try:
        if pid is not None:
            os.kill(pid, number)
    except ProcessLookupError:
        return False
    return pid is not None
