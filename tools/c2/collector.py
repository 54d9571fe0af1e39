"""The reliable plane's end: each row kept once and in order, acknowledged when it lies on the disk; commands out, receipts in."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Any

import zmq

from edge_node.publish import reliable_schema as schema
from edge_node.publish.gate import Door, Gate
from edge_node.publish.reliable_wire import decode_event, message, read_up
from edge_node.publish.scaling import from_wire
from edge_node.publish.wire import WireError
from tools.c2.enrolment import Enrolment, EnrolmentError, Node
from tools.c2.news import News
from tools.c2.store import Store, utc_ms

DOMAIN = "c2-reliable"
MOST_BYTES = 64 * 1024
MOST_A_TURN = 200
QUEUE_MESSAGES = 1000
COMMANDS_EVERY_S = 0.5
COMMAND_AGAIN_S = 2.0


class Collector:
    """A ROUTER behind the gate. It believes the key of a session and nothing that a message says of its sender."""

    def __init__(
        self, socket: zmq.Socket[bytes], enrolment: Enrolment, news: News, *, store: Store, next_key: Callable[[], str | None]
    ) -> None:
        self.socket, self._enrolment, self._news, self._store, self._next_key = socket, enrolment, news, store, next_key
        self._routes: dict[str, bytes] = {}
        self._acks: dict[tuple[bytes, int], int] = {}
        self._told: list[tuple[Node, int, schema.Row]] = []
        self._sent_s: dict[str, float] = {}
        self._look_s = 0.0
        self.fault = ""

    def bind(self, address: str, gate: Gate, secret: str) -> str:
        """Listen there to enrolled nodes; the address with its port; raises zmq.ZMQError."""
        self.socket.sndhwm = self.socket.rcvhwm = QUEUE_MESSAGES
        return gate.bind(self.socket, address, Door(DOMAIN, secret, self._lets_in, MOST_BYTES))

    def _lets_in(self, key: str) -> bool:
        return self._enrolment.allowed(key) is not None

    def service(self) -> None:
        """Hear what waits, keep it in one transaction, then acknowledge; never so long that others starve."""
        for _ in range(MOST_A_TURN):
            if not self.socket.poll(0):
                break
            self._hear(self.socket.recv_multipart(copy=False))
        self._commit()
        self._command()

    def _hear(self, frames: list[zmq.Frame]) -> None:
        self._news.totals["reliable_messages"] += 1
        route, key = frames[0].bytes, str(frames[-1].get("User-Id"))
        node = self._enrolment.allowed(key)
        if node is None:
            self._news.refuse(key, "this key is enrolled no longer")
            self._send(route, schema.Denied, words="this key is enrolled no longer")
        elif len(frames) != 2:
            self._news.malformed(node, f"{len(frames)} frames where a route and a message belong")
        else:
            self._read(node, route, frames[1].bytes)

    def _read(self, node: Node, route: bytes, payload: bytes) -> None:
        try:
            said = read_up(payload)
        except WireError as error:
            self._news.malformed(node, str(error))
            return
        self._routes[node.name] = route
        if node.state == "next":
            self._settle(node)
        match said:
            case schema.Hello():
                self._send(route, schema.Welcome, name=node.name, next_server_key=self._next_key(), t_utc_ms=time.time_ns() // 1_000_000)
            case schema.NextKey():
                self._renew(node, route, said.key)
            case schema.Rows():
                self._keep(node, route, said)
            case schema.Receipt():
                self._answered(node, said.id, from_wire(said)["outcome"], said.words)

    def _keep(self, node: Node, route: bytes, batch: schema.Rows) -> None:
        stream = from_wire(batch)["stream"]
        if stream is None or any(one.seq >= other.seq for one, other in zip(batch.rows, batch.rows[1:], strict=False)):
            self._news.malformed(node, "rows of no stream that is known, or not in order")
            return
        try:
            held = self._store.held(node.name, batch.epoch)
            new = self._store.add(node.name, batch.epoch, stream, batch.rows, _utc_minus_mono_ms(batch)) if batch.after <= held else []
        except sqlite3.Error as error:
            self._failed(error, [route])
            return
        self._acks[route, batch.epoch] = self._store.held(node.name, batch.epoch)
        self._news.totals["rows"] += len(new)
        self._news.totals["rows_again"] += sum(row.seq <= held for row in batch.rows)
        if stream == "events":
            self._told += [(node, batch.epoch, row) for row in new]

    def _settle(self, node: Node) -> None:
        """A node speaks with its next key: its old one is let in no more."""
        try:
            if self._enrolment.used(node.key):
                self._news.say(node, {"kind": "renewed", "fingerprint": node.fingerprint})
        except EnrolmentError as error:
            self._news.malformed(node, f"its old key is let in still: {error}")

    def _renew(self, node: Node, route: bytes, key: str) -> None:
        try:
            self._enrolment.announce(node, key)
        except EnrolmentError as error:
            self._news.malformed(node, f"its next key is not taken: {error}")
        else:
            self._send(route, schema.KeyTaken, key=key)

    def _commit(self) -> None:
        acks, told = self._acks, self._told
        self._acks, self._told = {}, []
        try:
            self._store.commit()
        except sqlite3.Error as error:
            self._failed(error, [route for route, _ in acks])
            return
        self.fault = "" if acks else self.fault
        for (route, epoch), held in acks.items():
            self._send(route, schema.Ack, epoch=epoch, seq=held)
        for node, epoch, row in told:
            self._tell(node, epoch, row)

    def _failed(self, error: sqlite3.Error, routes: Sequence[bytes]) -> None:
        """Nothing of this turn is kept, and nobody is told that it was."""
        self._store.roll_back()
        routes = list(dict.fromkeys([*routes, *(route for route, _ in self._acks)]))
        self._acks, self._told = {}, []
        self._news.totals["store_failures"] += 1
        if not self.fault:
            self._news.tell({"kind": "fault", "why": f"C2 cannot store: {error}; nodes keep what it does not take"})
        self.fault = f"C2 cannot store: {error}"
        for route in routes:
            self._send(route, schema.Busy, words=str(error))

    def _tell(self, node: Node, epoch: int, row: schema.Row) -> None:
        try:
            event = decode_event(row.payload)
        except WireError as error:
            self._news.malformed(node, f"event {row.seq} is kept and cannot be read: {error}")
            return
        self._news.totals["events"] += 1
        if event["event"] == "command" and event["about"] and event["outcome"]:
            self._answered(node, event["about"], event["outcome"], event["words"] or "")
        number = event["track"]["number"] if event["track"] else None
        event |= {"kind": "event", "number": number, "stream_epoch": epoch, "seq": row.seq}
        self._news.say(node, event)

    def _answered(self, node: Node, command_id: str, outcome: str | None, words: str) -> None:
        try:
            changed = self._store.answered(node.name, command_id, outcome or "unknown", words)
            self._store.commit()
        except sqlite3.Error as error:
            self._failed(error, ())
            return
        if changed:
            self._sent_s.pop(command_id, None)
            self._news.say(node, {"kind": "receipt", "id": command_id, "outcome": outcome, "words": words})

    def _command(self) -> None:
        """Send each open command to its node, again and again until it answers."""
        now_s = time.monotonic()
        if now_s < self._look_s:
            return
        self._look_s = now_s + COMMANDS_EVERY_S
        try:
            commands = self._store.open_commands()
        except sqlite3.Error as error:
            self._failed(error, ())
            return
        self._sent_s = {command["id"]: self._sent_s.get(command["id"], 0.0) for command in commands}
        for command in commands:
            route = self._routes.get(command["node"])
            if route is not None and now_s - self._sent_s[command["id"]] >= COMMAND_AGAIN_S and self._may_hear(command["node"]):
                self._sent_s[command["id"]] = now_s
                self._order(route, command)

    def _may_hear(self, name: str) -> bool:
        return any(node.name == name and self._enrolment.allowed(node.key) for node in self._enrolment.nodes())

    def _order(self, route: bytes, command: dict[str, Any]) -> None:
        sent_utc_ms = utc_ms()
        valid_ms = min(max(command["until_utc_ms"] - sent_utc_ms, 0), 86_400_000)
        arguments = command["arguments"]
        said = {"id": command["id"], "name": command["name"], "arguments": arguments, "valid_ms": valid_ms, "sent_utc_ms": sent_utc_ms}
        self._send(route, schema.Command, **said)

    def _send(self, route: bytes, kind: type[schema.Head], **said: Any) -> None:
        """A node that does not read, or is gone, hears it another time."""
        try:
            self.socket.send_multipart([route, message(kind, **said)], zmq.NOBLOCK)
        except zmq.ZMQError:
            self._news.totals["unsent"] += 1


def _utc_minus_mono_ms(batch: schema.Rows) -> int | None:
    """What turns the rows' monotonic times into UTC; None while nobody vouches for the node's clock, and for rows from before a reboot."""
    if batch.now_mono_ms is None or batch.clock_sigma is None:
        return None
    return batch.t_utc_ms - batch.now_mono_ms
