"""docs/examples/c2.c, a C2 in another language: it keeps every row of a real node once, whatever happens to it."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
import zmq

from edge_node.config import C2Table
from edge_node.publish import reliable_schema as schema
from edge_node.publish.keys import KeyPair
from edge_node.publish.noted import Noted
from edge_node.publish.outbox import Outbox
from edge_node.publish.reliable_wire import Message, encode_event, message, read_down
from tests.edge_node.publish.scene import full_track
from tests.running import wait_for
from tests.tools.c2.helpers import CLOCK, new_keys, publishing, turn, until

SOURCE = Path(__file__).parents[2] / "docs" / "examples" / "c2.c"
FLAGS = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined", "-fno-sanitize-recover")
NODE, SERVER = new_keys(), new_keys()
CLOSED = "tcp://127.0.0.1:*"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, compiled so that every warning and every step beyond a buffer is an error."""
    compiler = shutil.which("gcc")
    if compiler is None:
        pytest.skip("needs gcc, to compile the C2 in C")
    if subprocess.run([compiler, "-E", "-"], input=b"#include <zmq.h>", capture_output=True, check=False).returncode:
        pytest.skip("needs zmq.h (libzmq3-dev), to compile the C2 in C")
    path = tmp_path_factory.mktemp("c2") / "c2"
    done = subprocess.run([compiler, *FLAGS, "-o", path, SOURCE, "-lzmq"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return path


class Running:
    """The program, with the addresses that it has chosen."""

    def __init__(self, program: Path, folder: Path, live: str, reliable: str) -> None:
        (folder / "c2.key").write_text(SERVER.secret, encoding="ascii")
        self.rows_file, self.log = folder / "rows.txt", folder / "log"
        command = [program, live, reliable, folder / "c2.key", NODE.public, self.rows_file]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_for(lambda: len(self.said("listens")) == 2, 20, "it listens")
        self.live, self.reliable = self.said("listens")

    def said(self, about: str) -> list[str]:
        """What it told under a name."""
        assert self.process.poll() is None, self.log.read_text()
        return [line.split(" ", 1)[1] for line in self.log.read_text().splitlines() if line.startswith(f"{about} ")]

    def rows(self) -> list[list[str]]:
        """All that its file holds, line by line."""
        return [line.split(" ", 6) for line in self.rows_file.read_text(encoding="ascii").splitlines()]


@contextmanager
def serving(program: Path, folder: Path, live: str = CLOSED, reliable: str = CLOSED) -> Iterator[Running]:
    """The program, killed in the end."""
    running = Running(program, folder, live, reliable)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()


@contextmanager
def outbox(folder: Path, reliable: str, keys: KeyPair = NODE) -> Iterator[Outbox]:
    """The node's end of the plane."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    table = C2Table(reliable=reliable, server_key=SERVER.public, heartbeat_s=0.2, handshake_s=1)
    box = Outbox(table, keys, context, state_dir=folder, name="roof")
    box.tell_clock(CLOCK)
    try:
        yield box
    finally:
        box.close()
        context.term()


@contextmanager
def dealer(endpoint: str) -> Iterator[zmq.Socket[bytes]]:
    """A node that says what the test wants."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    socket = context.socket(zmq.DEALER)
    socket.linger, socket.rcvtimeo = 0, 10_000
    socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = (
        one.encode() for one in (SERVER.public, NODE.public, NODE.secret)
    )
    socket.connect(endpoint)
    try:
        yield socket
    finally:
        socket.close()
        context.term()


def ask(socket: zmq.Socket[bytes], payload: bytes) -> Message | None:
    """What the program answers."""
    socket.send(payload)
    return read_down(socket.recv())


def rows(first: int, last: int, **other: Any) -> bytes:
    """A message of history rows."""
    said = {"epoch": 2**63 - 1, "stream": "history", "after": first - 1, "now_mono_ms": 5_000, "t_utc_ms": 9_000, "clock_sigma_s": 0.01}
    return message(schema.Rows, **said | {"rows": [(seq, 1_000 + seq, b"row %d" % seq) for seq in range(first, last + 1)]} | other)


def events(number: int) -> Iterator[bytes]:
    """Payloads of so many events, each with its number in its words."""
    chance = Random(number)
    for place in range(number):
        now_ns = time.monotonic_ns()
        yield encode_event(Noted(event="confirmed", words=f"no. {place}\n", track=full_track(place, chance)), CLOCK, 7, now_ns)


def test_it_is_killed_amid_a_backlog_and_every_row_comes_once(program: Path, tmp_path: Path) -> None:
    """Kill -9, half a line left in its file, a new start: nothing is missing, nothing came twice, and the order is kept."""
    told = {"events": list(events(300)), "history": [b"%d" % number for number in range(4000)]}
    with serving(program, tmp_path) as before, outbox(tmp_path, before.reliable) as node:
        for payload in told["events"]:
            node.put("events", payload, time.monotonic_ns())
        for number, payload in enumerate(told["history"]):
            if number == 2000:
                wait_for(lambda: len(before.rows()) > 100, 20, "some rows are kept")
                before.process.kill()
            node.put("history", payload, time.monotonic_ns())
        before.process.wait()
        with before.rows_file.open("ab") as file:
            file.write(b"history 5")
        with serving(program, tmp_path, before.live, before.reliable) as after:
            wait_for(lambda: not node.counters()["spool_rows"], 60, "the spool is empty")
            kept = after.rows()
    for stream, payloads in told.items():
        mine = [row for row in kept if row[0] == stream]
        assert len({row[1] for row in mine}) == 1
        assert [int(row[2]) for row in mine] == list(range(1, len(payloads) + 1))
        assert [bytes.fromhex(row[4]) for row in mine] == payloads
    assert [row[5:] for row in kept if row[0] == "events"] == [["confirmed", f"no. {place}?"] for place in range(300)]


def test_rows_are_taken_by_the_rule_of_the_document(program: Path, tmp_path: Path) -> None:
    with serving(program, tmp_path) as c2, dealer(c2.reliable) as node:
        assert ask(node, message(schema.Hello, name="roof", version="1", t_utc_ms=0)) == schema.Welcome(1, 1, 1, "node")
        acks = [ask(node, payload) for payload in (rows(1, 3), rows(1, 3), rows(3, 4, after=0), rows(9, 9), rows(9, 9, after=4))]
        assert [ack.seq for ack in acks if isinstance(ack, schema.Ack)] == [3, 3, 4, 4, 9]
        assert [(row[2], row[3]) for row in c2.rows()] == [(f"{seq}", f"{5_000 + seq}") for seq in (1, 2, 3, 4, 9)]
        assert ask(node, rows(10, 10, now_mono_ms=None)) is not None
        assert ask(node, rows(11, 11, clock_sigma_s=None)) is not None
        assert [row[3] for row in c2.rows()[5:]] == ["-", "-"]


def test_what_a_newer_minor_appends_and_what_is_no_message_is_passed_over(program: Path, tmp_path: Path) -> None:
    longer = b"\x9c" + rows(1, 1)[1:] + b"\x81\xa1a\x93\x01\xcb\x3f\xf0\0\0\0\0\0\0\xc3" + b"\xd1\xff\x00"
    chance, whole = Random(5), rows(2, 9) + next(events(1))
    with serving(program, tmp_path) as c2, dealer(c2.reliable) as node:
        assert ask(node, longer) == schema.Ack(1, 1, 2, 2**63 - 1, 1)
        for payload in (b"", b"\x93\x01\x01\x63", b"\x93\x02\x01\x02", b"\xdd\xff\xff\xff\xff" * 9, rows(2, 2)[:-1]):
            node.send(payload)
        for _ in range(2000):
            node.send(whole[: chance.randrange(len(whole))] + chance.randbytes(4) + whole[chance.randrange(len(whole)) :])
        node.send(message(schema.Hello, name="roof", version="1", t_utc_ms=0))
        while not node.recv().startswith(b"\x94\x01\x01\x01"):  # to a hello; rows that are garbage may be answered too
            assert c2.process.poll() is None
        assert c2.rows()[0][:3] == ["history", f"{2**63 - 1}", "1"]


def test_it_makes_a_secret_key(program: Path) -> None:
    secret = subprocess.run([program, "key"], capture_output=True, check=True, timeout=10).stdout.rstrip(b"\n")
    assert len(zmq.curve_public(secret)) == 40


def test_another_key_is_refused(program: Path, tmp_path: Path) -> None:
    with serving(program, tmp_path) as c2, outbox(tmp_path, c2.reliable, new_keys()) as stranger:
        stranger.put("history", b"mine", time.monotonic_ns())
        wait_for(lambda: "C2 refuses this node's key" in stranger.words, 20, "the stranger is refused")
        assert stranger.counters()["spool_rows"] == 1
        assert c2.said("refused")
        assert c2.rows() == []


def test_it_hears_the_live_plane(program: Path, tmp_path: Path) -> None:
    with serving(program, tmp_path) as c2, publishing(c2.live, SERVER.public, NODE) as node:
        until(lambda: c2.said("live"), lambda: turn(node))
        assert c2.said("live")[0].startswith("t ")
