"""Strangers at C2's ports: silent connects, handshakes with unknown keys, garbage; each kind in a process of its own."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from typing import Any

import zmq

SILENT, AT_ONCE = 400, 32
LIVES_S = 0.05
GARBAGE_BYTES = 200


class Flood:
    """The strangers' processes, which can be held still; `counts` says how many of each kind there were so far."""

    def __init__(self, processes: Sequence[Any], counts: Any) -> None:
        self._processes, self._counts = processes, counts

    @property
    def counts(self) -> list[int]:
        """Silent connects, keys and garbage."""
        return list(self._counts)

    def hold(self, still: bool) -> None:
        """Let them do nothing, or go on."""
        for process in self._processes:
            os.kill(process.pid, signal.SIGSTOP if still else signal.SIGCONT)


@contextmanager
def flooding(ports: Sequence[int], server_key: str) -> Iterator[Flood]:
    """As fast as they can until the block's end."""
    context = get_context("spawn")
    kinds = (_silent, _handshakes, _garbage)
    counts: Any = context.Array("q", len(kinds), lock=False)
    told = (list(ports), server_key, counts)
    processes = [context.Process(target=_as_stranger, args=(kind, place, *told)) for place, kind in enumerate(kinds)]
    for process in processes:
        process.start()
    try:
        yield Flood(processes, counts)
    finally:
        for process in processes:
            process.kill()
            process.join()


def _as_stranger(kind: Callable[[Sequence[int], str], Iterator[int]], place: int, ports: list[int], server_key: str, counts: Any) -> None:
    """Strangers have processors of their own: here they take what C2 and the nodes leave."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    for more in kind(ports, server_key):
        counts[place] += more


def _silent(ports: Sequence[int], _: str) -> Iterator[int]:
    """So many connections held open without a word; one that C2 closes is dialled anew."""
    held: list[socket.socket] = []
    while True:
        held = [one for one in held if not _closed(one)]
        while len(held) < SILENT:
            with suppress(OSError):
                held.append(socket.create_connection(("127.0.0.1", ports[len(held) % len(ports)]), timeout=1.0))
                held[-1].setblocking(False)
                yield 1
        time.sleep(0.05)


def _closed(one: socket.socket) -> bool:
    try:
        while said := one.recv(4096):
            del said
    except BlockingIOError:
        return False
    except OSError:
        pass
    one.close()
    return True


def _handshakes(ports: Sequence[int], server_key: str) -> Iterator[int]:
    """Keys that nobody enrolled, each at the door for a moment."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context(io_threads=2)
    knocking: list[tuple[float, zmq.Socket[bytes]]] = []
    while True:
        now_s = time.monotonic()
        while knocking and now_s - knocking[0][0] > LIVES_S:
            knocking.pop(0)[1].close(0)
        while len(knocking) < AT_ONCE:
            dealer = context.socket(zmq.DEALER)
            dealer.curve_publickey, dealer.curve_secretkey = zmq.curve_keypair()
            dealer.curve_serverkey = server_key.encode()
            dealer.connect(f"tcp://127.0.0.1:{ports[len(knocking) % len(ports)]}")
            knocking.append((now_s, dealer))
            yield 1
        time.sleep(0.001)


def _garbage(ports: Sequence[int], _: str) -> Iterator[int]:
    """Random bytes and gone, half of them behind a true greeting's first bytes."""
    while True:
        for number, port in enumerate((*ports, *ports)):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0) as one:
                one.sendall((b"\xff\0\0\0\0\0\0\0\1\x7f\3\1CURVE" if number % 2 else b"") + secrets.token_bytes(GARBAGE_BYTES))
                yield 1
