"""`edge-node gateway` as a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge_node.publish.keys import load_or_make
from tests.edge_node.gateway.loops import in_a_loop
from tests.edge_node.gateway.peers import FusionNode, until
from tests.edge_node.gateway.stage import free_port, new_keys, node

COMMAND = (sys.executable, "-m", "edge_node", "gateway", "-c")


def test_it_says_goodbye_when_it_is_told_to_stop(tmp_path: Path) -> None:
    keys, port, peer = new_keys(), free_port(), FusionNode()
    file = tmp_path / "gateway.toml"
    file.write_text(
        f"[live]\nbind = 'tcp://127.0.0.1:{port}'\nstate_dir = 'state'\n[[node]]\nname = 'roof'\nkey = '{keys.public}'\n"
        f"[[sink]]\nkind = 'sapient'\nto = 'tcp://127.0.0.1:{peer.port}'\nrate_hz = 5\n",
        encoding="utf-8",
    )

    async def scene() -> int:
        server = load_or_make(tmp_path / "state").public
        process = await asyncio.create_subprocess_exec(*COMMAND, str(file), stderr=asyncio.subprocess.DEVNULL)
        try:
            async with peer.up():
                with node(f"tcp://127.0.0.1:{port}", server, keys):
                    await until(lambda: peer.of("detection_report"))
                    process.send_signal(signal.SIGTERM)
                    await until(lambda: peer.of("status_report")[-1].system == 5)
                return await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    assert in_a_loop(scene()) == os.EX_OK


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("[live]\nbnd = 1\n", os.EX_CONFIG, "did you mean 'bind'?"),
        (None, os.EX_CONFIG, "gateway.toml"),
    ],
)
def test_what_is_wrong_is_said_and_the_exit_code_tells(tmp_path: Path, text: str | None, code: int, words: str) -> None:
    file = tmp_path / "gateway.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    done = subprocess.run([*COMMAND, file], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code
    assert words in done.stderr
