"""A real node and a reference C2 joined over loopback, in a folder of their own: what the demo and the benches play on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from edge_node.messages import NodeStatus
from edge_node.node import status
from edge_node.publish.keys import load_or_make
from tools.c2.station import Station

NAME = "demo-mast"
STOP_WITHIN_S = 8.0
NODE = """
[node]
name = "{name}"
state_dir = "state"
run_dir = "run"
moving = {moving}

[c2]
live = "{live}"
reliable = "{reliable}"
server_key = "{server_key}"
status_every_s = 1.0
"""


class Stage:
    """`c2` receives what the node says; nothing of it outlives the stage."""

    def __init__(self, folder: Path, moving: bool = False) -> None:
        self.folder = folder
        keys = load_or_make(folder / "c2")
        self.c2 = Station("tcp://127.0.0.1:0", keys, folder / "c2")
        self.c2.enrolment.enrol(NAME, load_or_make(folder / "state").public)
        self._toml = NODE.format(
            name=NAME, live=self.c2.endpoint, reliable=self.c2.reliable_endpoint, server_key=keys.public, moving=str(moving).lower()
        )
        self.log = folder / "node.log"

    @contextmanager
    def node(self, sensors: str) -> Iterator[subprocess.Popen[bytes]]:
        """`edge-node run` with these [[sensor]] tables; ended with the block."""
        config = self.folder / "node.toml"
        config.write_text(self._toml + sensors)
        with self.log.open("ab") as log:
            node = subprocess.Popen([sys.executable, "-m", "edge_node", "run", "-c", str(config)], stderr=log)
        try:
            yield node
        finally:
            node.terminate()
            try:
                node.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                node.kill()
                node.wait()

    def status(self) -> NodeStatus | None:
        """What the node says of itself on the spot."""
        return status.read(self.folder / "run")


@contextmanager
def stage(moving: bool = False) -> Iterator[Stage]:
    """An empty stage; its folder goes with it. `moving`: a vehicle carries the node."""
    with TemporaryDirectory(prefix="edge-node-") as folder:
        built = Stage(Path(folder), moving)
        try:
            yield built
        finally:
            built.c2.close()
