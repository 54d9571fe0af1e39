"""A real node holds the page's door: nothing runs behind it until somebody knocks, and nothing stays when all have gone."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives import serialization

from edge_node.config import Config, NodeTable, PageTable, SensorTable, to_json
from edge_node.node.page_door import PageDoor, listening
from tests.running import RunningNode, running_node, wait_for
from tests.tools.c2.web.helpers import certificate

IMPATIENT = """
import sys
from edge_node import cli
from edge_node.page import serving
serving.IDLE_S = float(sys.argv.pop())
raise SystemExit(cli.main())
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def ask(port: int, path: str = "/status.json") -> tuple[int, bytes]:
    """Status and body; the connection is closed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def pages(node: RunningNode) -> list[int]:
    """Processes of the page among the node's children."""
    pid = node.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if b"\0page\0" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_a_node_with_a_page_runs_nothing_for_it_until_somebody_knocks(tmp_path: Path) -> None:
    port = free_port()
    with running_node(tmp_path, f'page.listen = "127.0.0.1:{port}"') as node:
        node.wait_running("hub")
        assert pages(node) == []
        status, body = wait_for(lambda: ask(port), 20, "the page answers")
        said = json.loads(body)
        assert (status, said["node"]["name"]) == (200, "test")
        assert len(pages(node)) == 1
        assert ask(port)[0] == 200
        assert len(pages(node)) == 1
        os.kill(pages(node)[0], 9)
        assert ask(port)[0] == 200, "whoever knocks after it was killed has another one"
        (page,) = pages(node)
        node.write("")
        node.reload("")
        wait_for(lambda: not pages(node), 10, "without [page] it ends")
        wait_for(lambda: _refused(port), 10, "and the door is shut")
        assert not Path(f"/proc/{page}").exists()


def test_it_ends_with_a_supervisor_that_was_killed_though_somebody_looks(tmp_path: Path) -> None:
    port = free_port()
    with running_node(tmp_path, f'page.listen = "127.0.0.1:{port}"') as node:
        node.wait_running("hub")
        stream = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        stream.request("GET", "/events")
        answer = stream.getresponse()
        (page,) = pages(node)
        node.process.kill()
        node.process.wait()
        wait_for(lambda: not Path(f"/proc/{page}").exists() or _is_dead(page), 10, "the page has ended")
        wait_for(lambda: _refused(port), 10, "and its address is free")
        answer.close()
        stream.close()


def _is_dead(pid: int) -> bool:
    """Ended, and nobody has asked yet how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def _refused(port: int) -> bool:
    try:
        ask(port)
    except ConnectionError as error:
        return isinstance(error, ConnectionRefusedError)
    return False


def test_it_ends_by_itself_when_nobody_looks_any_more(tmp_path: Path) -> None:
    page = PageTable(listen="127.0.0.1:0")
    config = Config(node=NodeTable(name="test", run_dir=tmp_path, state_dir=tmp_path), page=page)
    with listening(page) as door:
        port = door.getsockname()[1]
        command = [sys.executable, "-c", IMPATIENT, "page", "-c", "-", "--door", str(door.fileno()), "0.6"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[door.fileno()]) as process:
            assert process.stdin is not None
            process.stdin.write(to_json(config))
            process.stdin.close()
            stream = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            stream.request("GET", "/events")
            answer = stream.getresponse()
            heard_s = time.monotonic()
            while time.monotonic() - heard_s < 2.0:
                assert answer.readline()
            assert process.poll() is None, "an open page is somebody"
            answer.close()
            stream.close()
            assert process.wait(20) == 0


def test_an_address_that_somebody_has_is_said_and_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = Config(node=NodeTable(run_dir=tmp_path, state_dir=tmp_path), page=PageTable(listen=f"127.0.0.1:{port}"))
        door = PageDoor(config)
        for now_s in range(100, 160):
            door.tick(float(now_s))
    assert caplog.text.count("cannot be served") == 1
    door.tick(200.0)
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        door.close()


def test_a_page_that_reads_nothing_holds_no_supervisor_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = tmp_path / "deaf"
    deaf.write_text("#!/bin/sh\nexec sleep 60\n")
    deaf.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(deaf))
    port = free_port()
    sensors = tuple(SensorTable(f"sensor-{k}", "recording", options={"path": "x" * 200}) for k in range(1000))
    config = Config(node=NodeTable(run_dir=tmp_path, state_dir=tmp_path), page=PageTable(listen=f"127.0.0.1:{port}"), sensor=sensors)
    door = PageDoor(config)
    door.tick(1.0)
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        ticking = Thread(target=door.tick, args=(2.0,))
        ticking.start()
        ticking.join(20)
        held_up = ticking.is_alive()
        if held_up and door._process is not None:
            door._process.kill()
            ticking.join()
    door.close()
    assert not held_up


def test_a_key_with_a_password_is_refused_and_nobody_asked_for_it(tmp_path: Path) -> None:
    pem, key = certificate(tmp_path)
    locked = serialization.load_pem_private_key(key.read_bytes(), None).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"a password")
    )
    key.write_bytes(locked)
    page = f'listen = "127.0.0.1:{free_port()}"\ncertificate = "{pem}"\nkey = "{key}"'
    (tmp_path / "node.toml").write_text(f'node.run_dir = "run"\nnode.state_dir = "state"\n[page]\n{page}\n')
    command = [sys.executable, "-m", "edge_node", "page", "-c", str(tmp_path / "node.toml")]
    done = subprocess.run(command, input="a password\n", capture_output=True, text=True, timeout=60, start_new_session=True, check=False)
    assert (done.returncode, "page.key cannot be used" in done.stderr) == (os.EX_UNAVAILABLE, True)


def test_without_a_listen_there_is_no_door(tmp_path: Path) -> None:
    door = PageDoor(Config(node=NodeTable(run_dir=tmp_path, state_dir=tmp_path)))
    door.tick(1.0)
    assert door._socket is None
    door.close()


@pytest.mark.parametrize("said", ['listen = "0.0.0.0:8088"', 'listen = "[::]:8088"', 'listen = "node.local:80"', 'certificate = "a.pem"'])
def test_other_machines_are_not_served_without_tls(tmp_path: Path, said: str) -> None:
    path = tmp_path / "node.toml"
    path.write_text(f"[page]\n{said}\n")
    command = [sys.executable, "-m", "edge_node", "check-config", "-c", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == os.EX_CONFIG
    assert "page" in done.stderr
    assert "TLS" in done.stderr or "go together" in done.stderr


def test_where_the_way_is_encrypted_a_token_is_asked_for_all_the_same() -> None:
    table = PageTable(listen="192.0.2.1:8088", plain=True)
    assert (table.wrong, table.asks_for_token, table.place) == ("", True, ("192.0.2.1", 8088))
    assert PageTable(listen="[::1]:99999").wrong
    assert not PageTable(listen="127.0.0.1:8088").asks_for_token
    assert PageTable(listen="127.0.0.1:8088", token=True).asks_for_token


def test_by_hand_it_says_where_it_is_with_its_token(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "node.toml").write_text(
        f'node.run_dir = "run"\nnode.state_dir = "state"\n[page]\nlisten = "127.0.0.1:{port}"\ntoken = true\n'
    )
    command = [sys.executable, "-m", "edge_node", "page", "-c", str(tmp_path / "node.toml")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            url = process.stderr.readline().strip()
            assert url == f"http://127.0.0.1:{port}/login#{(tmp_path / 'state' / 'web-token').read_text().strip()}"
            assert ask(port)[0] == 401
            second = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
            assert (second.returncode, "may be served there already" in second.stderr) == (os.EX_UNAVAILABLE, True)
        finally:
            process.terminate()
        assert process.wait(10) == 0
