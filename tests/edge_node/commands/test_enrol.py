"""`edge-node enrol` as a technician calls it: a C2 and a node in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from edge_node.enrolment_file import FILE
from edge_node.publish.enrol_token import decode
from edge_node.publish.keys import load_or_make
from edge_node.publish.words import words
from tests.running import running_node, wait_for
from tools.c2.enrolment import Enrolment
from tools.c2.invitations import Invitations


class ServingC2:
    """`python -m tools.c2 serve --json` on sockets in its folder."""

    def __init__(self, folder: Path, out: IO[bytes]) -> None:
        self.folder, self._out = folder, folder / "c2.jsonl"
        binds = ["--bind", f"ipc://{folder}/live", "--reliable-bind", f"ipc://{folder}/events", "--enrol-bind", f"ipc://{folder}/enrol"]
        command = [sys.executable, "-m", "tools.c2", "serve", "--state", str(folder), "--json", *binds]
        self.process = subprocess.Popen(command, stdout=out)

    def events(self, kind: str) -> list[dict[str, Any]]:
        """All of one kind that it has said so far."""
        lines = self._out.read_text().splitlines(keepends=True)
        return [event for line in lines if line.endswith("\n") and (event := json.loads(line))["kind"] == kind]

    def invite(self, *more: str) -> str:
        """A token for a node called roof."""
        addresses = [word for name in ("enrol", "live", "reliable") for word in (f"--{name}", f"ipc://{self.folder}/{name}")]
        command = [sys.executable, "-m", "tools.c2", "invite", "roof", "--state", str(self.folder), *addresses, *more]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout


@contextmanager
def serving_c2(folder: Path) -> Iterator[ServingC2]:
    folder.mkdir()
    with (folder / "c2.jsonl").open("wb") as out:
        c2 = ServingC2(folder, out)
    try:
        yield c2
    finally:
        c2.process.terminate()
        c2.process.wait(10)


def _config(folder: Path, text: str = "") -> Path:
    path = folder / "node.toml"
    path.write_text(f'node.run_dir = "run"\nnode.state_dir = "state"\n{text}')
    return path


def _enrol(config: Path, token: str, *more: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "edge_node", "enrol", token, "-c", str(config), *more]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, check=False)


def test_from_an_invitation_to_a_node_that_knows_where_to_go(tmp_path: Path) -> None:
    config = _config(tmp_path)
    with serving_c2(tmp_path / "c2") as c2:
        token = c2.invite()
        done = _enrol(config, "-", stdin=token)
        assert (done.returncode, done.stderr) == (0, "")
        (event,) = wait_for(lambda: c2.events("enrolled"), 10, "C2 tells it")
        again = _enrol(config, token)
    assert again.stdout == done.stdout
    keys, told = load_or_make(tmp_path / "state"), decode(token)
    assert event["words"] == words(keys.public, told.server_key, told.secret)
    assert event["words"] in done.stdout
    assert "C2 must revoke roof at once" in done.stdout
    assert (tmp_path / "state" / FILE).stat().st_mode & 0o777 == 0o600
    command = [sys.executable, "-m", "edge_node", "check-config", "-c", str(config)]
    checked = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"tracks go to ipc://{tmp_path}/c2/live, as {tmp_path}/state/{FILE} says\n" in checked.stdout


def test_a_running_node_goes_to_its_c2_when_it_is_told_to_reload(tmp_path: Path) -> None:
    with serving_c2(tmp_path / "c2") as c2, running_node(tmp_path, "") as node:
        node.wait_for("hub", lambda hub: "no C2 is named" in hub.sentence, 20, "it has no C2")
        done = _enrol(node.config, c2.invite("--confirm"))
        assert "lets it in once its operator says 'confirm roof'" in done.stdout
        node.process.send_signal(signal.SIGHUP)
        node.wait_for("hub", lambda hub: "refuses this node's key" in hub.sentence, 20, "it is not let in yet")
        assert Enrolment(tmp_path / "c2").confirm("roof").words in done.stdout
        node.wait_for("hub", lambda hub: "connected to C2" in hub.sentence, 20, "it is let in")
        (event, *_) = wait_for(lambda: c2.events("status"), 20, "C2 hears it")
        assert event["node"] == "roof"


@pytest.mark.parametrize(("text", "words"), [("short", "no token"), ("A" * 60, "mistyped or cut"), ("-", "no token")])
def test_what_is_no_token_is_named(tmp_path: Path, text: str, words: str) -> None:
    done = _enrol(_config(tmp_path), text)
    assert done.returncode == os.EX_DATAERR
    assert words in done.stderr
    assert not (tmp_path / "state").exists()


def test_nobody_answers_and_nothing_is_kept(tmp_path: Path) -> None:
    with serving_c2(tmp_path / "c2") as c2:
        token = c2.invite()
    done = _enrol(_config(tmp_path), token, "--wait", "0.3")
    assert done.returncode == os.EX_TEMPFAIL
    assert "nobody answers" in done.stderr
    assert not (tmp_path / "state" / FILE).exists()


def test_a_broken_enrolment_is_named_and_put_right_by_enrolling_again(tmp_path: Path) -> None:
    config = _config(tmp_path)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / FILE).write_text("live = ")
    run = subprocess.run([sys.executable, "-m", "edge_node", "run", "-c", str(config)], capture_output=True, text=True, check=False)
    assert run.returncode == os.EX_CONFIG
    assert "enrol again with 'edge-node enrol'" in run.stderr
    with serving_c2(tmp_path / "c2") as c2:
        assert _enrol(config, c2.invite()).returncode == 0
    assert Invitations(tmp_path / "c2").open_to(load_or_make(tmp_path / "state").public)


def test_a_configuration_that_says_otherwise_is_named(tmp_path: Path) -> None:
    with serving_c2(tmp_path / "c2") as c2:
        done = _enrol(_config(tmp_path, '[c2]\nlive = "tcp://other:1"'), c2.invite())
        assert done.returncode == 0
        assert "says otherwise, and wins: take live out of [c2] there" in done.stdout


def test_root_does_not_enrol_into_the_folder_of_another_user(tmp_path: Path, as_root: None) -> None:
    config = _config(tmp_path)
    (tmp_path / "state").mkdir()
    os.chown(tmp_path / "state", 54321, 54321)
    with serving_c2(tmp_path / "c2") as c2:
        done = _enrol(config, c2.invite())
        assert done.returncode == 1
        assert "belongs to #54321" in done.stderr
        assert not c2.events("enrolled")
    assert list((tmp_path / "state").iterdir()) == []
