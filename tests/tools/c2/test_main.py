from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import zmq

from tests.tools.c2.helpers import new_keys, publishing, turn, until
from tools.c2.__main__ import main

NODE = new_keys()


def test_key_enrol_nodes_revoke(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = ["--state", str(tmp_path)]
    assert main(["key", *state]) == 0
    key = capsys.readouterr().out.strip()
    assert main(["key", *state]) == 0
    assert capsys.readouterr().out.strip() == key
    assert main(["enrol", *state, "roof", NODE.public]) == 0
    assert main(["enrol", *state, "roof", new_keys().public]) == 1
    assert main(["revoke", *state, "roof"]) == 0
    assert "revoke it first" in capsys.readouterr().err
    assert main(["nodes", *state]) == 0
    assert capsys.readouterr().out.split() == ["roof", NODE.node8, "revoked", NODE.public]
    assert main(["revoke", *state, "yard"]) == 1
    assert "there are: roof" in capsys.readouterr().err


def test_the_next_key_of_c2_is_made_shown_and_switched_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def key(*options: str) -> str:
        assert main(["key", "--state", str(tmp_path), *options]) == 0
        return capsys.readouterr().out.strip()

    old, coming = key(), key("--rotate")
    assert old != coming == key("--rotate")
    assert key() == old
    assert key("--switch") == coming == key()
    assert main(["key", "--state", str(tmp_path), "--switch"]) == 1
    assert "no next key pair waits" in capsys.readouterr().err


def test_an_address_in_use_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    taken = context.socket(zmq.SUB)
    port = taken.bind_to_random_port("tcp://127.0.0.1")
    assert main(["serve", "--state", str(tmp_path), "--bind", f"tcp://127.0.0.1:{port}"]) == 1
    assert "in use" in capsys.readouterr().err
    taken.close()
    context.term()


@contextmanager
def served(state: Path, *options: str, stdout: int = subprocess.PIPE) -> Iterator[subprocess.Popen[str]]:
    """A C2 in a process of its own; one whose output nobody reads must not have a pipe for it, which holds some thirty messages."""
    command = [
        sys.executable,
        "-m",
        "tools.c2",
        "serve",
        "--state",
        str(state),
        "--bind",
        f"ipc://{state}/c2",
        "--reliable-bind",
        f"ipc://{state}/reliable",
        *options,
    ]
    with subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_key_that_begins_with_a_dash_is_a_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = next(keys for keys in iter(new_keys, None) if keys.public.startswith("-"))
    assert main(["enrol", "--state", str(tmp_path), "roof", keys.public]) == 0
    capsys.readouterr()
    assert main(["nodes", "--state", str(tmp_path)]) == 0
    assert keys.public in capsys.readouterr().out


def test_serve_writes_json_lines_and_ends_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["key", "--state", str(tmp_path)])
    key = capsys.readouterr().out.strip()
    main(["enrol", "--state", str(tmp_path), "roof", NODE.public])
    with served(tmp_path, "--json") as c2, publishing(f"ipc://{tmp_path}/c2", key, NODE) as node:
        until(lambda: node.counters()["sent"] >= 3, lambda: turn(node))
        assert c2.stdout is not None
        line: dict[str, Any] = json.loads(c2.stdout.readline())
        c2.send_signal(signal.SIGTERM)
        _, errors = c2.communicate(timeout=10)
        assert c2.returncode == 0
    assert (line["kind"], line["node"]) == ("tracks", "roof")
    assert "messages" in errors


def test_serve_shows_a_table_and_ends_by_itself(tmp_path: Path) -> None:
    with served(tmp_path, "--seconds", "0.5") as c2:
        shown, _ = c2.communicate(timeout=20)
        assert c2.returncode == 0
    assert "latitude" in shown


def test_a_c2_that_hangs_is_noticed_and_taken_up_again_when_it_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["key", "--state", str(tmp_path)])
    key = capsys.readouterr().out.strip()
    main(["enrol", "--state", str(tmp_path), "roof", NODE.public])
    with served(tmp_path, "--json", stdout=subprocess.DEVNULL) as c2, publishing(f"ipc://{tmp_path}/c2", key, NODE) as node:
        until(lambda: node.counters()["sent"] >= 3, lambda: turn(node))
        c2.send_signal(signal.SIGSTOP)
        until(lambda: "was lost" in node.link_words(), lambda: turn(node))
        until(lambda: node.counters()["bad_handshakes"] or "no C2 answers" in node.link_words(), lambda: turn(node))
        c2.send_signal(signal.SIGCONT)
        until(lambda: node.connected, lambda: turn(node))
        assert node.counters()["reconnects"] >= 1
