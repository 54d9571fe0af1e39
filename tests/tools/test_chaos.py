"""A minute of chaos: nothing that was safe is lost, nothing is stored twice or out of order; and that the means of it are what they say."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from tools.bench import chaos
from tools.bench.black_hole import BlackHole
from tools.bench.chaos_faults import KINDS, plan
from tools.bench.chaos_stage import faked_clock, swept
from tools.bench.small_disk import small_disk

SECONDS, SEED = 60.0, 7


@pytest.mark.long
@pytest.mark.root
@pytest.mark.timeout(240)
@pytest.mark.usefixtures("as_root")
def test_a_minute_of_chaos_loses_nothing() -> None:
    outcome = chaos.run(SECONDS, SEED)
    assert {name: getattr(outcome, name) for name in chaos.ZEROS} == dict.fromkeys(chaos.ZEROS, 0)
    assert outcome.offered >= 50_000
    assert outcome.stored >= outcome.safe > 0.9 * outcome.offered
    assert outcome.node_stored > 1_000
    assert outcome.sent_again > 0
    spared = {"clock_stepped"} if not faked_clock(Path()) else set()
    assert set(outcome.struck) == set(KINDS) - spared


def test_a_plan_is_its_seed_s_alone_and_its_kinds_do_not_overlap_themselves() -> None:
    strikes = plan(Random(3), 600.0)
    assert strikes == plan(Random(3), 600.0) != plan(Random(4), 600.0)
    for kind in KINDS:
        mine = [strike for strike in strikes if strike.kind == kind]
        assert mine
        assert all(one.end_s <= other.begin_s for one, other in pairwise(mine))


def test_what_killed_processes_leave_in_shared_memory_is_taken_away(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    others, gone, alive = (tmp_path / f"faketime_shm_{number}" for number in ("0", ended.pid, os.getpid()))
    others.touch()
    with swept(tmp_path):
        gone.touch()
        alive.touch()
    assert set(tmp_path.iterdir()) == {others, alive}


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that says what it hears."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer(client: socket.socket) -> None:
        with client:
            while said := client.recv(100):
                client.sendall(said)

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            Thread(target=answer, args=(client,), daemon=True).start()

    thread = Thread(target=serve)
    thread.start()
    yield int(server.getsockname()[1])
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def _echoed(client: socket.socket) -> bytes:
    client.sendall(b"x")
    try:
        return client.recv(10)
    except TimeoutError:
        return b""


def test_a_black_hole_swallows_what_was_connected_for_ever_and_lets_new_ones_pass(echo: int) -> None:
    with closing(BlackHole(echo)) as hole:

        def dial() -> socket.socket:
            return socket.create_connection(("127.0.0.1", hole.port), timeout=0.3)

        with dial() as before:
            assert _echoed(before) == b"x"
            hole.swallow(True)
            with dial() as during:
                assert _echoed(before) == _echoed(during) == b""
                hole.swallow(False)
                with dial() as after:
                    assert _echoed(before) == _echoed(during) == b""
                    assert _echoed(after) == b"x"
        assert hole.swallowed == 4


@pytest.mark.root
@pytest.mark.usefixtures("as_root")
def test_a_small_disk_can_be_filled_and_freed(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        assert disk is not None
        disk.fill()
        with pytest.raises(OSError, match="No space left"):
            (disk.path / "more").write_bytes(b"more")
        disk.free()
        (disk.path / "more").write_bytes(b"more")
    assert not os.path.ismount(tmp_path / "disk")
