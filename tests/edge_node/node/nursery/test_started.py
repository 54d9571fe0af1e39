"""Processes begin in the nursery, or by themselves where it cannot be; how they end is heard either way."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from edge_node.config import Config, NodeTable, to_json
from edge_node.node.nursery.keeper import COMMAND, Nursery
from edge_node.node.nursery.order import Order
from edge_node.node.nursery.orphans import PR_SET_CHILD_SUBREAPER
from edge_node.node.nursery.started import Started
from tests.running import wait_for
from tools.trial.spent import nursery as nursery_of

WITHIN_S = 20.0
CHILD = """
import json, os, random, socket, sys, time
from pathlib import Path
from edge_node.node.nursery.forking import serve
line, supervisor = (int(word) for word in sys.argv[1:])
order = serve(socket.socket(fileno=line), supervisor)
if order is not None:
    import numpy
    read = sys.stdin.buffer.read().decode()
    command = Path("/proc/self/cmdline").read_bytes().rstrip(b"\\0").split(b"\\0")
    said = {
        "read": read,
        "random": random.random(),
        "numpy": float(numpy.random.random()),
        "name": Path("/proc/self/comm").read_text().strip(),
        "command": [word.decode() for word in command],
        "parent": os.getppid(),
        "group": os.getpgid(0),
        "sockets": [one.name for one in Path("/proc/self/fd").iterdir() if one.is_socket()],
    }
    told = Path(os.environ["TOLD"])
    told.with_suffix(".new").write_text(json.dumps(said))
    told.with_suffix(".new").rename(told)
    if "LEAVES" in os.environ and not os.fork():
        time.sleep(float(os.environ["LEAVES"]))
        os._exit(0)
    while "STAYS" in os.environ:
        time.sleep(1)
    sys.exit(int(os.environ["CODE"]))
"""
TELLING = (sys.executable, "-c", CHILD)
DEAD = (sys.executable, "-c", "raise SystemExit(3)")
DEAF = (sys.executable, "-c", "import time; time.sleep(60)")


@contextmanager
def _nursery(command: Sequence[str] = TELLING) -> Iterator[Nursery]:
    """Whoever keeps one adopts orphans; the tests after these do not want any."""
    try:
        with closing(Nursery(command)) as nursery:
            yield nursery
    finally:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _started(nursery: Nursery, folder: Path, name: str = "one", **environment: str) -> Started:
    return Started(nursery, Order("worker", name, {"TOLD": str(folder / name), "CODE": "0", **environment}), b"{}")


def _ended(started: Started) -> int:
    def look() -> tuple[int] | None:
        code = started.poll()
        return None if code is None else (code,)

    return wait_for(look, WITHIN_S, "it ends")[0]


def _told(folder: Path, name: str = "one") -> dict[str, Any]:
    wait_for((folder / name).exists, WITHIN_S, "it says what it is like")
    return dict(json.loads((folder / name).read_text()))


def _born(started: Started) -> int:
    def look() -> int | None:
        started.poll()
        return started.pid

    return wait_for(look, WITHIN_S, "it is there")


def test_what_is_forked_is_a_process_of_its_own(tmp_path: Path) -> None:
    with _nursery() as nursery:
        started = _started(nursery, tmp_path, "microphones")
        assert _ended(started) == 0
        told = _told(tmp_path, "microphones")
    assert told["read"] == "{}"
    assert told["name"] == "microphones"[:15]
    assert told["command"] == ["edge-node", "worker", "microphones"]
    assert told["parent"] == os.getpid()
    assert told["group"] == started.pid
    assert told["sockets"] == []


def test_two_of_them_draw_other_random_numbers(tmp_path: Path) -> None:
    with _nursery() as nursery:
        both = [_started(nursery, tmp_path, name) for name in ("one", "two")]
        assert [_ended(one) for one in both] == [0, 0]
    one, two = (_told(tmp_path, name) for name in ("one", "two"))
    assert one["random"] != two["random"]
    assert one["numpy"] != two["numpy"]


@pytest.mark.parametrize("code", [0, 69, 78])
def test_its_exit_code_is_heard(tmp_path: Path, code: int) -> None:
    with _nursery() as nursery:
        assert _ended(_started(nursery, tmp_path, CODE=str(code))) == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_is_ended_by_signals_before_and_after_it_is_there(tmp_path: Path, number: signal.Signals) -> None:
    with _nursery() as nursery:
        early, late = (_started(nursery, tmp_path, name, STAYS="1") for name in ("one", "two"))
        for started, there in ((early, False), (late, True)):
            if there:
                _told(tmp_path, "two")
                _born(started)
            started.terminate() if number == signal.SIGTERM else started.kill()
            assert _ended(started) == -number


def test_the_end_of_the_nursery_is_the_end_of_nobody_else(tmp_path: Path) -> None:
    with _nursery() as nursery:
        started = _started(nursery, tmp_path, STAYS="1")
        pid, before = _born(started), nursery.pid
        assert before is not None
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: _ticked(nursery) not in (None, before), WITHIN_S, "there is another nursery")
        assert started.poll() is None
        os.kill(pid, 0)
        assert _ended(_started(nursery, tmp_path, "two", CODE="7")) == 7
        started.kill()
        assert _ended(started) == -signal.SIGKILL


def _ticked(nursery: Nursery) -> int | None:
    nursery.tick(time.monotonic())
    return nursery.pid


@pytest.mark.parametrize("command", [DEAD, ("/no/such/program",)], ids=["dies", "missing"])
def test_without_a_nursery_it_starts_by_itself(tmp_path: Path, command: Sequence[str], caplog: pytest.LogCaptureFixture) -> None:
    with _nursery(command) as nursery:
        started = Started(nursery, Order("worker", "nobody", {}), to_json(Config(node=NodeTable(run_dir=tmp_path, state_dir=tmp_path))))
        assert _ended(started) == os.EX_CONFIG
        wait_for(lambda: _ticked(nursery) is None, WITHIN_S, "its end is noticed")
    assert "the nursery" in caplog.text


def test_a_nursery_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_node.node.nursery.started.BORN_WITHIN_S", 0.2)
    with _nursery(DEAF) as nursery:
        hung = nursery.pid
        config = to_json(Config(node=NodeTable(run_dir=tmp_path, state_dir=tmp_path)))
        assert _ended(Started(nursery, Order("worker", "nobody", {}), config)) == os.EX_CONFIG
        wait_for(lambda: _ticked(nursery) != hung, WITHIN_S, "its end is noticed")


def test_what_it_left_behind_does_not_stay_a_zombie(tmp_path: Path) -> None:
    with _nursery() as nursery:
        started = _started(nursery, tmp_path, LEAVES="0.2")
        group = _born(started)
        assert _ended(started) == 0
        wait_for(lambda: _ticked(nursery) and not _group_is_there(group), WITHIN_S, "the one left behind is gone")


def _group_is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_nursery_of_the_node_has_one_thread_and_says_who_it_is() -> None:
    with _nursery(COMMAND) as nursery:
        wait_for(lambda: nursery_of(os.getpid()) == nursery.pid, WITHIN_S, "it is called so")
        assert len(list(Path(f"/proc/{nursery.pid}/task").iterdir())) == 1


def test_a_closed_nursery_ends_by_itself() -> None:
    with _nursery(COMMAND) as nursery:
        pid = nursery.pid
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
