"""Every fault is named in words, healed when its cause ends, and touches no other sensor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_node.node.supervisor import _require_safe
from tests.running import RunningNode, running_node, wait_for
from tools.trial.spent import nursery

NAMED_S = 20.0
HEALED_S = 20.0
PATIENT = """
from edge_node import cli
from edge_node.node.nursery import started
started.BORN_WITHIN_S = 1e9
raise SystemExit(cli.main())
"""


def _pipe_sensor(name: str) -> str:
    return f'[[sensor]]\nname = "{name}"\ndriver = "recording"\npath = "{name}.pipe"\npace = "live"\n'


TWO = _pipe_sensor("one") + _pipe_sensor("two")


@pytest.fixture
def node(tmp_path: Path) -> Iterator[RunningNode]:
    """A node with two sensors whose devices are pipes that live and say nothing."""
    writers = []
    for name in ("one", "two"):
        os.mkfifo(tmp_path / f"{name}.pipe")
        writers.append(os.open(tmp_path / f"{name}.pipe", os.O_RDWR))
    with running_node(tmp_path, TWO) as node:
        node.wait_running("hub", "one", "two")
        yield node
    for writer in writers:
        os.close(writer)


def _pids(node: RunningNode, *names: str) -> list[int | None]:
    return [node.wait_for(name, lambda _: True, 5, "listed").pid for name in names]


@pytest.mark.parametrize("name", ["one", "hub"])
def test_a_killed_process_is_named_and_started_again(node: RunningNode, name: str) -> None:
    others = [other for other in ("one", "two", "hub") if other != name]
    before = _pids(node, *others)
    killed = node.kill(name, signal.SIGKILL)
    node.wait_for(name, lambda part: "SIGKILL" in part.sentence, NAMED_S, "the kill is named")
    node.wait_for(name, lambda part: part.state == "running" and part.pid != killed, HEALED_S, "it runs again")
    assert _pids(node, *others) == before


def test_a_stopped_worker_is_named_as_stalled_ended_and_started_again(node: RunningNode) -> None:
    before = _pids(node, "two", "hub")
    stopped = node.kill("one", signal.SIGSTOP)
    node.wait_for("one", lambda part: "stalled" in part.sentence, NAMED_S, "the stall is named")
    node.wait_for("one", lambda part: part.state == "running" and part.pid != stopped, HEALED_S, "it runs again")
    assert _pids(node, "two", "hub") == before


def test_a_reload_restarts_only_the_workers_whose_table_changed(node: RunningNode, tmp_path: Path) -> None:
    (before,) = _pids(node, "one")
    kept = _pids(node, "two", "hub")
    os.mkfifo(tmp_path / "three.pipe")
    holder = os.open(tmp_path / "three.pipe", os.O_RDWR)
    node.reload(TWO.replace('path = "one.pipe"', 'path = "three.pipe"') + _pipe_sensor("four").replace("four.pipe", "two.pipe"))
    node.wait_for("one", lambda part: part.state == "running" and part.pid != before, HEALED_S, "the changed one restarts")
    node.wait_running("four")
    assert _pids(node, "two", "hub") == kept
    node.reload(TWO)
    wait_for(lambda: node.part("four") is None, HEALED_S, "the removed one is gone")
    assert _pids(node, "two", "hub") == kept
    os.close(holder)


def test_a_malformed_file_is_named_and_the_node_goes_on_as_before(node: RunningNode) -> None:
    before = _pids(node, "one", "two", "hub")
    node.reload("[[sensor\n")
    assert "stays in force" in node.wait_found("configuration", "configuration_refused", NAMED_S).words
    node.write(TWO)
    node.wait_well("configuration", seconds=HEALED_S)
    assert _pids(node, "one", "two", "hub") == before


def test_a_wrong_sensor_table_is_named_with_its_line_and_comes_on_when_mended(node: RunningNode) -> None:
    before = _pids(node, "two", "hub")
    node.reload(TWO.replace('path = "one.pipe"', 'pth = "one.pipe"'))
    wrong = node.wait_for("one", lambda part: part.state == "off" and "pth" in part.sentence, NAMED_S, "the key is named")
    assert "node.toml line 7: unknown key 'pth' in sensor: did you mean 'path'?" in wrong.sentence
    node.write(TWO)
    node.wait_for("one", lambda part: part.state == "running", HEALED_S, "it comes on by itself")
    assert _pids(node, "two", "hub") == before


def test_a_missing_device_is_named_and_found_when_it_comes(node: RunningNode, tmp_path: Path) -> None:
    before = _pids(node, "one", "two", "hub")
    node.reload(TWO + _pipe_sensor("late"))
    absent = node.wait_for("late", lambda part: part.state == "absent", NAMED_S, "the missing device is named")
    assert "late.pipe" in absent.sentence
    os.mkfifo(tmp_path / "late.pipe")
    holder = os.open(tmp_path / "late.pipe", os.O_RDWR)
    node.wait_for("late", lambda part: part.state == "running", HEALED_S, "it is found")
    assert _pids(node, "one", "two", "hub") == before
    os.close(holder)


def test_sigterm_ends_everything(node: RunningNode) -> None:
    pids = [_nursery(node), *_pids(node, "one", "two", "hub")]
    assert node.stop(seconds=6) == 0
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid or 0, 0)


def test_workers_do_not_outlive_a_killed_supervisor(node: RunningNode) -> None:
    pids = [_nursery(node), *_pids(node, "one", "two", "hub")]
    os.kill(pids[1] or 0, signal.SIGSTOP)
    node.process.kill()
    node.process.wait(5)

    def gone(pid: int | None) -> bool:
        try:
            os.kill(pid or 0, 0)
        except ProcessLookupError:
            return True
        return False

    wait_for(lambda: all(gone(pid) for pid in pids), 10, "all children are gone")


def _nursery(node: RunningNode) -> int:
    return wait_for(lambda: nursery(node.process.pid), HEALED_S, "the nursery runs")


def test_a_killed_nursery_touches_no_sensor_and_is_there_again(node: RunningNode) -> None:
    before = _pids(node, "one", "two", "hub")
    killed = _nursery(node)
    os.kill(killed, signal.SIGKILL)
    fresh = wait_for(lambda: pid if (pid := nursery(node.process.pid)) != killed else None, HEALED_S, "another nursery runs")
    node.kill("one", signal.SIGKILL)
    node.wait_for("one", lambda part: part.state == "running" and part.pid != before[0], HEALED_S, "it runs again")
    assert _pids(node, "two", "hub") == before[1:]
    assert _nursery(node) == fresh
    assert "the nursery was killed by signal 9" in node.log.read_text()


def test_ps_shows_a_worker_by_its_sensor_s_name(node: RunningNode) -> None:
    for name, command in (("one", b"edge-node worker one"), ("hub", b"edge-node hub")):
        (pid,) = _pids(node, name)
        assert Path(f"/proc/{pid}/comm").read_text().strip() == name
        assert Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ") == command


def test_two_nodes_in_one_run_dir_are_refused(node: RunningNode, tmp_path: Path) -> None:
    second = RunningNode(tmp_path, TWO)
    assert second.process.wait(10) == os.EX_TEMPFAIL
    assert "another node runs in" in second.log.read_text()


def test_a_run_dir_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    run_dir.chmod(0o777)
    path = tmp_path / "node.toml"
    path.write_text(f'node.run_dir = "{run_dir}"\nnode.state_dir = "{tmp_path}"\n')
    done = subprocess.run([sys.executable, "-m", "edge_node", "run", "-c", path], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "chmod o-w" in done.stderr) == (os.EX_TEMPFAIL, True)
    assert list(run_dir.iterdir()) == []


@pytest.mark.parametrize("theirs", ["stat", "lstat"])
def test_a_run_dir_of_another_user_is_refused_by_a_link_of_his_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theirs: str) -> None:
    def of_another(*_: object, **__: object) -> os.stat_result:
        return os.stat_result((0o40700, 0, 0, 1, os.geteuid() + 1, 0, 0, 0, 0, 0))

    monkeypatch.setattr(Path, theirs, of_another)
    with pytest.raises(PermissionError, match="another user"):
        _require_safe(tmp_path)


def test_a_nursery_that_hangs_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with running_node(tmp_path, "supervision.stop_within_s = 1", ("-c", PATIENT)) as node:
        node.wait_running("hub")
        pid = nursery(node.process.pid)
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        os.mkfifo(tmp_path / "one.pipe")
        node.reload(f"supervision.stop_within_s = 1\n{_pipe_sensor('one')}")
        node.wait_for("one", lambda part: part.state == "starting", NAMED_S, "it is asked for")
        assert node.stop(HEALED_S) == 0


def test_a_key_file_that_others_can_read_is_named_and_taken_when_mended(node: RunningNode) -> None:
    before = _pids(node, "one", "two")
    (key,) = (path for path in node.state_dir.rglob("*.toml"))
    key.chmod(0o644)
    node.kill("hub", signal.SIGKILL)
    named = node.wait_for("hub", lambda part: str(key) in part.sentence, NAMED_S, "the key file is named")
    assert named.state == "absent"
    key.chmod(0o600)
    node.wait_for("hub", lambda part: part.state == "running", HEALED_S, "the hub runs again")
    assert _pids(node, "one", "two") == before
