"""gateway.toml read again by SIGHUP while a gateway runs: other nodes, other keys, other peers; and what it says to systemd."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from edge_node.gateway.run import Reload
from edge_node.gateway.settings import LiveTable, NodeTable, Settings
from edge_node.notify import Listener
from edge_node.publish.keys import KeyPair, load_or_make
from tests.edge_node.gateway.loops import in_a_loop
from tests.edge_node.gateway.peers import Peer, until
from tests.edge_node.gateway.stage import free_port, new_keys, node

COMMAND = (sys.executable, "-m", "edge_node", "gateway", "-c")
TRACK = b"a-u-A-M-H-Q"


class Running:
    """A gateway as a process, and its file."""

    def __init__(self, folder: Path) -> None:
        self.file, self.port = folder / "gateway.toml", free_port()
        self.server_key = load_or_make(folder / "state").public
        self.said: list[dict[str, str]] = []

    def write(self, keys: KeyPair, *peers: Peer, next_key: str = "") -> None:
        """One node, and these TAK servers."""
        rows = [f"[[sink]]\nkind = 'cot'\nto = 'tcp://127.0.0.1:{peer.port}'\nrate_hz = 10\n" for peer in peers]
        live = f"[live]\nbind = 'tcp://127.0.0.1:{self.port}'\nstate_dir = 'state'\n"
        key = f"[[node]]\nname = 'roof'\nkey = '{keys.public}'\n" + (f"next_key = '{next_key}'\n" if next_key else "")
        self.file.write_text(live + key + "".join(rows), encoding="utf-8")

    @property
    def address(self) -> str:
        """Where nodes dial."""
        return f"tcp://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def up(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """It runs, is ready, and ends well."""
        with tempfile.TemporaryDirectory() as short:
            self.listener = Listener(Path(short) / "notify")
            environment = os.environ | {"NOTIFY_SOCKET": str(self.listener.path)}
            process = await asyncio.create_subprocess_exec(*COMMAND, str(self.file), stderr=asyncio.subprocess.DEVNULL, env=environment)
            try:
                await until(lambda: any("READY" in one for one in self.heard()))
                yield process
                process.terminate()
                assert await process.wait() == os.EX_OK
                self.heard()
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
                self.listener.close()

    def heard(self) -> list[dict[str, str]]:
        """All that systemd would have heard."""
        self.said += self.listener.heard()
        return self.said

    def is_alive(self) -> bool:
        """Whether it fed its watchdog, and said how its sinks are."""
        return any(one.get("WATCHDOG") == "1" and "connected" in one.get("STATUS", "") for one in self.heard())


def test_peers_come_and_go_without_a_restart(tmp_path: Path) -> None:
    async def scene() -> None:
        keys, first, second, running = new_keys(), Peer(), Peer(), Running(tmp_path)
        running.write(keys, first)
        async with first.up(), second.up(), running.up() as process:
            with node(running.address, running.server_key, keys):
                await until(lambda: TRACK in first.heard)
                running.write(keys, second)
                process.send_signal(signal.SIGHUP)
                await until(lambda: TRACK in second.heard)
                first.heard.clear()
                second.heard.clear()
                await until(lambda: TRACK in second.heard)
                assert first.heard == b""
                running.file.write_text("[live]\nbnd = 1\n", encoding="utf-8")
                process.send_signal(signal.SIGHUP)
                second.heard.clear()
                await until(lambda: second.heard.count(TRACK) > 5)
                await until(running.is_alive)
        assert running.said[-1] == {"STOPPING": "1"}

    in_a_loop(scene())


def test_a_node_s_next_key_is_let_in_and_the_one_before_is_not_after_that(tmp_path: Path) -> None:
    async def scene() -> None:
        old, new, peer, running = new_keys(), new_keys(), Peer(), Running(tmp_path)
        running.write(old, peer)
        async with peer.up(), running.up() as process:
            with node(running.address, running.server_key, old):
                await until(lambda: TRACK in peer.heard)
            running.write(old, peer, next_key=new.public)
            process.send_signal(signal.SIGHUP)
            peer.heard.clear()
            with node(running.address, running.server_key, new):
                await until(lambda: TRACK in peer.heard)
            while TRACK in peer.heard:  # a track is told on for a while after its last word
                peer.heard.clear()
                await asyncio.sleep(1.0)
            with node(running.address, running.server_key, old):
                await asyncio.sleep(1.5)
            assert TRACK not in peer.heard

    in_a_loop(scene())


def test_what_is_wrong_in_the_file_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    settings = Settings(LiveTable("tcp://127.0.0.1:1"), (NodeTable("roof", new_keys().public),), ())
    reload = Reload(file, settings)
    assert reload() is None
    reload.ask()
    assert reload() is None
