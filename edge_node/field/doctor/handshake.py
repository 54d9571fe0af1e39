"""C2 as the node would meet it: does it let this key in, and does it answer a hello. For a node that does not run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

import zmq

from edge_node import __version__
from edge_node.config import C2Table
from edge_node.field.doctor.grades import finding, in_two
from edge_node.messages import Finding
from edge_node.publish import reliable_schema as schema
from edge_node.publish.keys import KeyPair
from edge_node.publish.line import Line
from edge_node.publish.reliable import CLOCKS_APART_S
from edge_node.publish.reliable_wire import message, read_down
from edge_node.publish.wire import WireError

POLL_MS = 50
LONGEST_BYTES = 65_536
ANSWER_WITHIN_S = 2.5
REFUSED, WRONG = "C2 refuses this node's key", "no handshake with"


class Met(NamedTuple):
    """What became of one line: is it through, after how long, what the line said last, what C2 answered, and how long that took."""

    through: bool
    seconds: float
    words: str
    answer: schema.Head | None = None
    answer_s: float = 0.0

    @property
    def ahead_s(self) -> float | None:
        """By how much this computer's clock is ahead of C2's, which wrote its time down about half way."""
        said = self.answer.t_utc_ms if isinstance(self.answer, schema.Welcome) else None
        return None if said is None else time.time() - self.answer_s / 2 - said / 1e3


def meet(table: C2Table, keys: KeyPair, name: str, within_s: float) -> tuple[Finding, ...]:
    """Dial both planes that are configured, one after the other; needs no more than `within_s`."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    planes = [plane for plane in (("live", table.live, zmq.XPUB), ("reliable", table.reliable, zmq.DEALER)) if plane[1]]
    until_s, found = time.monotonic() + within_s, []
    try:
        for left, (plane, where, kind) in zip(range(len(planes), 0, -1), planes, strict=True):
            budget_s = max(until_s - time.monotonic(), 0.5) / left
            line = Line(context, kind, where, table=table, keys=keys, set_up=_set_up)
            try:
                hello = _hello(name) if plane == "reliable" else None
                found += [*_judged(plane, str(where), _dial(line, hello, time.monotonic() + budget_s))]
            finally:
                line.close()
    finally:
        context.destroy(linger=0)
    return tuple(found)


def _set_up(socket: zmq.Socket[bytes]) -> None:
    socket.maxmsgsize = LONGEST_BYTES


def _hello(name: str) -> bytes:
    return message(schema.Hello, name=name[:64], version=__version__, t_utc_ms=time.time_ns() // 1_000_000, clock_sigma_s=None)


def _dial(line: Line, hello: bytes | None, until_s: float) -> Met:
    """Until it is through and C2 has answered, C2 refuses, or time is up."""
    began_s = time.monotonic()
    through_s: float | None = None
    while (now_s := time.monotonic()) < until_s:
        line.service(time.monotonic_ns())
        if line.refused or (line.bad_handshakes and not line.connected):
            break
        if line.socket is not None:
            if through_s is None:
                through_s = now_s
                if hello is not None:
                    line.socket.send(hello, zmq.NOBLOCK)
            if hello is None or now_s - through_s > ANSWER_WITHIN_S:
                return Met(through=True, seconds=through_s - began_s, words=line.words)
            if (answer := _heard(line.socket)) is not None:
                return Met(True, through_s - began_s, line.words, answer, time.monotonic() - through_s)
        _wait(line)
    return Met(through_s is not None, (through_s or time.monotonic()) - began_s, line.words)


def _wait(line: Line) -> None:
    poller = zmq.Poller()
    for socket in line.pollables():
        poller.register(socket, zmq.POLLIN)
    poller.poll(POLL_MS)
    if not line.pollables():
        time.sleep(POLL_MS / 1e3)


def _heard(socket: zmq.Socket[bytes]) -> schema.Head | None:
    """A welcome or a refusal; None of anything else."""
    while socket.poll(0):
        try:
            said = read_down(socket.recv())
        except WireError:
            continue
        if isinstance(said, schema.Welcome | schema.Denied | schema.Busy):
            return said
    return None


def _judged(plane: str, where: str, met: Met) -> Iterator[Finding]:
    if not met.through:
        yield _shut_out(plane, where, met)
        return
    took = f"{met.seconds * 1e3:.0f} ms"
    match met.answer:
        case schema.Denied():
            yield finding("link", "c2_refuses_key", "fail", f"C2 lets this node in no longer: {met.answer.words}", "enrol it at C2 again")
        case schema.Busy():
            yield finding("link", "c2_cannot_store", "warn", f"C2 cannot store: {met.answer.words}", "look at C2's disk")
        case schema.Welcome():
            yield finding("link", "c2_ok", "ok", f"C2 knows this node as {met.answer.name!r} ({plane} plane, {took})")
            if met.ahead_s is not None:
                yield clocks(met.ahead_s)
        case None if plane == "reliable":
            said = f"C2 lets this node in at {where} and does not answer its hello"
            yield finding("link", "c2_no_answer", "warn", said, "is that the port of C2's reliable plane? ([c2] reliable)")
        case _:
            yield finding("link", "c2_ok", "ok", f"C2 lets this node in ({plane} plane, {took})")


def clocks(ahead_s: float) -> Finding:
    """How this computer's clock and C2's differ."""
    side = "ahead of" if ahead_s > 0 else "behind"
    if abs(ahead_s) < CLOCKS_APART_S:
        return finding("time", "c2_clock_ok", "ok", f"this clock and C2's are within {max(abs(ahead_s), 0.01):.2f} s")
    touch = "see which of the two is wrong: chronyc tracking here and there"
    return finding("time", "c2_clock_differs", "warn", f"this clock is {abs(ahead_s):.1f} s {side} C2's", touch)


def _shut_out(plane: str, where: str, met: Met) -> Finding:
    words = met.words.removesuffix("; trying again")
    if REFUSED in words:
        return finding(
            "link", "c2_refuses_key", "fail", f"C2 refuses this node's key ({plane} plane)", "enrol it at C2: edge-node enrol TOKEN"
        )
    if WRONG in words:
        said = f"who answers at {where} has another key than [c2] server_key says, or is no C2"
        return finding("link", "c2_wrong_key", "fail", said, "compare server_key with what C2's 'key' command shows")
    if words.startswith("off"):
        return finding("link", "c2_unusable", "fail", *in_two(words, "mend [c2] in node.toml"))
    return finding(
        "link", "c2_unreached", "fail", f"no C2 let this node in at {where} within {met.seconds:.0f} s", "look at the network and at [c2]"
    )
