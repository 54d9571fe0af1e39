"""Rows from the spool's put to C2's durable ack over CURVE, beside bare pyzmq DEALER to ROUTER with one message a row."""

from __future__ import annotations

import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import zmq

from edge_node.config import C2Table
from edge_node.publish.keys import KeyPair, load_or_make
from edge_node.publish.noted import Noted
from edge_node.publish.reliable import ReliableLink
from edge_node.publish.reliable_wire import encode_event
from edge_node.publish.spool import STREAMS, Spool
from edge_node.publish.spool_file import Stream
from tools.bench.figure import Figure
from tools.bench.served import Served, served
from tools.bench.wire import CLOCK, NOW_NS
from tools.c2.enrolment import Enrolment

ROWS = 200_000
TIMES = 3
PAYLOAD_BYTES = 200
PUT_A_TURN = 1_000
MOST_WAITING = 20_000
NAME = "roof"


def figures() -> Iterator[Figure]:
    """Both streams beside both kinds of bare socket, the medians of turns that take each other's place."""
    turns = [(bare(False, ROWS), bare(True, ROWS), *(reliable(stream, ROWS) for stream in STREAMS)) for _ in range(TIMES)]
    plain, curve, *streams = (median(one) for one in zip(*turns, strict=True))
    for stream, rows in zip(STREAMS, streams, strict=True):
        yield Figure(f"throughput.{stream}_rows", rows, "rows/s", plain, "bare pyzmq, plain")
        yield Figure(f"throughput.{stream}_rows_curve", rows, "rows/s", curve, "bare pyzmq, CURVE")


def reliable(stream: Stream, rows: int) -> float:
    """Rows a second, each put, sent, stored by C2 and acknowledged."""
    with TemporaryDirectory(prefix="edge-node-") as name:
        folder = Path(name)
        server, keys = load_or_make(folder / "c2"), load_or_make(folder / "node")
        Enrolment(folder / "c2").enrol(NAME, keys.public)
        with served(folder / "c2", server) as c2, zmq.Context() as context:
            table = C2Table(reliable=c2.reliable, server_key=server.public)
            spool = Spool(folder / "spool.db", table.spool_mb << 20)
            link = ReliableLink(context, table, keys, spool=spool, name=NAME, obey=lambda _: None)
            try:
                return _rate(link, spool, stream, rows, c2)
            finally:
                link.close()
                spool.close()


def _rate(link: ReliableLink, spool: Spool, stream: Stream, rows: int, c2: Served) -> float:
    while not link.line.connected:
        _turn(link)
    payload, left, begun_s = payload_of(stream), rows, time.monotonic()
    while left or not link.idle:
        now_ns = time.monotonic_ns()
        for lane in range(min(left, PUT_A_TURN) if spool.backlog(stream) < MOST_WAITING else 0):
            spool.put(stream, payload, now_ns, lane=lane)
            left -= 1
        spool.commit(now_ns)
        _turn(link)
    took_s = time.monotonic() - begun_s
    totals = c2.end()
    if totals["rows"] != rows or totals.get("malformed"):
        raise RuntimeError(f"C2 holds {totals['rows']} of {rows} rows: {totals}")
    return rows / took_s


def _turn(link: ReliableLink) -> None:
    link.service(time.monotonic_ns())
    poller = zmq.Poller()
    for socket in link.line.pollables():
        poller.register(socket, zmq.POLLIN)
    poller.poll(1)


def payload_of(stream: Stream) -> bytes:
    """A row of that many bytes: an audit event that can be read, or what C2 keeps unread."""
    if stream == "history":
        return bytes(PAYLOAD_BYTES)
    empty = len(encode_event(Noted(event="audit", words=""), CLOCK, 0, NOW_NS))
    return encode_event(Noted(event="audit", words="x" * (PAYLOAD_BYTES - empty - 1)), CLOCK, 0, NOW_NS)


def bare(curve: bool, messages: int) -> float:
    """Messages a second from one process to another, until the last has come."""
    spawned = get_context("spawn")
    ours, theirs = spawned.Pipe()
    server, keys = new_pair(), new_pair()
    sink = spawned.Process(target=_sink, args=(theirs, messages, server if curve else None))
    sink.start()
    with zmq.Context() as context, context.socket(zmq.DEALER) as dealer:
        if curve:
            dealer.curve_serverkey, dealer.curve_publickey = server.public.encode(), keys.public.encode()
            dealer.curve_secretkey = keys.secret.encode()
        dealer.connect(f"tcp://127.0.0.1:{ours.recv()}")
        payload, begun_s = bytes(PAYLOAD_BYTES), time.monotonic()
        for _ in range(messages):
            dealer.send(payload)
        dealer.recv()
        took_s = time.monotonic() - begun_s
    sink.join()
    return messages / took_s


def new_pair() -> KeyPair:
    """Keys that live in memory."""
    public, secret = zmq.curve_keypair()
    return KeyPair(public.decode(), secret.decode())


def _sink(pipe: Any, messages: int, server: KeyPair | None) -> None:
    with zmq.Context() as context, context.socket(zmq.ROUTER) as router:
        if server:
            router.curve_server, router.curve_secretkey = True, server.secret.encode()
        pipe.send(router.bind_to_random_port("tcp://127.0.0.1"))
        for _ in range(messages):
            route, _ = router.recv_multipart()
        router.send_multipart([route, b"all"])
