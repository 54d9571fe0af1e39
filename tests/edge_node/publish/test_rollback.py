"""A file that goes back in time, as after a power cut: what is new is told as new, what is told again is known."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from edge_node.publish.keys import load_or_make
from edge_node.publish.outbox import FILE as SPOOL
from tests.tools.c2.helpers import new_keys, serving, until
from tools.bench import chaos_pump
from tools.bench.chaos_check import Held, Numbers
from tools.bench.chaos_pump import RUN, Order
from tools.c2.station import Station

SERVER = new_keys()
MORE = 200


@contextmanager
def _pump(folder: Path, c2: Station, run: int) -> Iterator[subprocess.Popen[bytes]]:
    """The node's process, ended by SIGKILL at the latest with the block."""
    told = {"state_dir": str(folder / "state"), "log": str(folder / "log"), "reliable": c2.reliable_endpoint}
    order = Order(**told, server_key=SERVER.public, run=run, rate_hz=400.0)
    process = subprocess.Popen([sys.executable, "-m", "tools.bench.chaos_pump", msgspec.json.encode(order)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def _stopped(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Nothing is written meanwhile, so that a copy is of one time."""
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
    yield
    process.send_signal(signal.SIGCONT)


def _put_back(copy: Path, place: Path) -> None:
    shutil.rmtree(place)
    shutil.copytree(copy, place)


def _safe(folder: Path, run: int) -> int:
    told = chaos_pump.read_log(folder / "log").get(run)
    return told.safe if told else 0


def _numbers(c2_dir: Path) -> Numbers:
    return Numbers(Held(c2_dir, "pump").events)


def _serve(c2: Station) -> Callable[[], object]:
    return lambda: list(c2.events(0.02))


def test_a_spool_that_went_back_tells_new_rows_as_new_and_old_ones_again(tmp_path: Path) -> None:
    copy, spool = tmp_path / "copy", (tmp_path / "state" / SPOOL).parent
    with serving(tmp_path / "c2", SERVER) as c2:
        c2.enrolment.enrol("pump", load_or_make(tmp_path / "state").public)
        with _pump(tmp_path, c2, 1) as process:
            until(lambda: c2.totals["rows"] > MORE, _serve(c2))
            held = c2.totals["rows"]
            until(lambda: _safe(tmp_path, 1) > held + MORE, lambda: None)
            with _stopped(process):
                shutil.copytree(spool, copy)
                safe = _safe(tmp_path, 1)
            until(lambda: c2.totals["rows"] > safe + 2 * MORE, _serve(c2))
        _put_back(copy, spool)
        with _pump(tmp_path, c2, 2):
            until(lambda: c2.totals["rows_again"] >= MORE, _serve(c2))
            until(lambda: _safe(tmp_path, 2) > MORE, _serve(c2))
            told = _safe(tmp_path, 2)
            until(lambda: 2 * RUN + told in _numbers(tmp_path / "c2").known, _serve(c2))
    held_now = Held(tmp_path / "c2", "pump")
    numbers = Numbers(held_now.events)
    assert numbers.twice == numbers.disordered == held_now.twice == held_now.events_evicted == 0
    assert {2 * RUN + number for number in range(1, told + 1)} <= numbers.known
    assert {RUN + number for number in range(1, safe + 1)} <= numbers.known


def test_a_c2_that_went_back_takes_what_is_new_and_counts_the_gap(tmp_path: Path) -> None:
    folder, copy = tmp_path / "c2", tmp_path / "copy"
    with serving(folder, SERVER) as c2:
        c2.enrolment.enrol("pump", load_or_make(tmp_path / "state").public)
        with _pump(tmp_path, c2, 1):
            until(lambda: c2.totals["rows"] > MORE, _serve(c2))
            live, reliable = c2.endpoint, c2.reliable_endpoint
            c2.close()
            shutil.copytree(folder, copy)
            with closing(Station(live, SERVER, folder, reliable)) as again:
                until(lambda: again.totals["rows"] > MORE, _serve(again))
            _put_back(copy, folder)
            with closing(Station(live, SERVER, folder, reliable)) as older:
                until(lambda: older.totals["rows"] > MORE, _serve(older))
    held = Held(folder, "pump")
    numbers = Numbers(held.events)
    assert numbers.twice == numbers.disordered == held.twice == 0
    assert held.events_evicted == max(numbers.known) - RUN - len(numbers.known) > 0
