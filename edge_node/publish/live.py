"""The live plane: what is due is said to C2, the newest of each track alone, and all that is not sent is counted."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence

import zmq

from edge_node.config import C2Table
from edge_node.messages import NodeStatus, SensorReport, Track
from edge_node.publish import wire
from edge_node.publish.keys import KeyPair
from edge_node.publish.link import Link
from edge_node.publish.rates import Beat, Rates
from edge_node.publish.readings import without_operator
from edge_node.timebase import Timebase


class LivePublisher:
    """Tracks and status to one C2, driven by the hub's poller; lossy by contract, never blocks, has no thread."""

    def __init__(self, table: C2Table, keys: KeyPair, context: zmq.Context[zmq.Socket[bytes]], operator_to_c2: bool = True) -> None:
        self._operator_to_c2 = operator_to_c2
        self._table, self.node8, self.epoch = table, keys.node8, secrets.randbits(32)
        self._link = Link(context, table, keys)
        self._rates = Rates(table.rate_hz, table.confirmed_rate_hz)
        self._status_beat = Beat(1 / table.status_every_s)
        self._seq = {"t": 0, "s": 0}
        self._counts: Counter[str] = Counter()

    def pollables(self) -> list[zmq.Socket[bytes]]:
        """The sockets to wait on for reading, then call `service`; ask again before each wait."""
        return self._link.line.pollables()

    def service(self, now_mono_ns: int) -> None:
        """Dial, hear what became of it, and say everything at once to a C2 that has just begun to listen."""
        if self._link.service(now_mono_ns):
            self.say_again()

    def publish_tracks(self, tracks: Sequence[Track], clock: Timebase, now_mono_ns: int) -> int:
        """Say those of all the hub's tracks that are due; how many they were."""
        due = self._rates.due(tracks, now_mono_ns)
        if not self._operator_to_c2:
            due = [without_operator(track) for track in due]
        if due:
            self._send_tracks(due, clock, now_mono_ns)
        return len(due)

    def rekey(self, keys: KeyPair, now_mono_ns: int) -> None:
        """Speak with another pair, under the name that it gives, from now on."""
        self.node8 = keys.node8
        self._link.line.rekey(keys, now_mono_ns)

    def learn_server_key(self, next_key: str) -> None:
        """C2 says that it will have this key."""
        self._link.line.learn_server_key(next_key)

    def say_again(self) -> None:
        """Let all tracks and the status be due now."""
        self._rates.forget()
        self.status_again()

    def status_again(self) -> None:
        """Let the status be due now."""
        self._status_beat = Beat(1 / self._table.status_every_s)

    def set_rates(self, rate_hz: float, confirmed_rate_hz: float) -> None:
        """Say tracks so often from now on."""
        self._rates = Rates(rate_hz, confirmed_rate_hz)

    def _send_tracks(self, tracks: Sequence[Track], clock: Timebase, now_mono_ns: int) -> None:
        """In one batch, or in halves where it would be too long for C2."""
        payload = wire.encode_tracks(tracks, clock, self.epoch, self._seq["t"], now_mono_ns)
        if len(payload) <= wire.MOST_BYTES or len(tracks) == 1:
            self._send("t", payload)
            return
        middle = len(tracks) // 2
        self._send_tracks(tracks[:middle], clock, now_mono_ns)
        self._send_tracks(tracks[middle:], clock, now_mono_ns)

    def publish_status(
        self,
        status: NodeStatus,
        *,
        reports: Mapping[str, SensorReport],
        place: wire.Place | None,
        counters: Mapping[str, int],
        clock: Timebase,
        now_mono_ns: int,
        last: bool = False,
    ) -> bool:
        """Say the node's status if it is due or `last`, with these counters and the publisher's own; whether it was."""
        if not (last or self._status_beat.due(now_mono_ns)):
            return False
        self._status_beat.said(now_mono_ns)
        payload = wire.encode_status(
            status,
            reports=reports,
            place=place,
            counters={**counters, **self.counters()},
            clock=clock,
            epoch=self.epoch,
            seq=self._seq["s"],
            now_mono_ns=now_mono_ns,
        )
        self._send("s", payload)
        return True

    def _send(self, kind: str, payload: bytes) -> None:
        """A message that is not sent takes its number all the same, so that C2 sees the gap."""
        self._seq[kind] = (self._seq[kind] + 1) % 2**32
        outcome = self._link.send(wire.topic(kind, self.node8), payload)
        self._counts["sent" if outcome == "sent" else f"dropped_{outcome}"] += 1
        self._counts["sent_bytes"] += len(payload) if outcome == "sent" else 0

    def counters(self) -> dict[str, int]:
        """Messages sent and dropped by reason, and what befell the link, since the hub started."""
        names = ("sent", "sent_bytes", "dropped_full", "dropped_unconnected", "dropped_unasked")
        line = self._link.line
        link = {"refused": line.refused, "reconnects": max(line.connections - 1, 0), "bad_handshakes": line.bad_handshakes}
        return {name: self._counts[name] for name in names} | link

    @property
    def connected(self) -> bool:
        """Whether C2 has let this node in and asks for its tracks."""
        return self._link.line.connected and self._link.asked_for(wire.topic("t", self.node8))

    def link_words(self) -> str:
        """How the line to C2 stands, for the status."""
        return self._link.line.words

    def close(self, linger_ms: int = 0) -> None:
        """Let go; what is queued may still leave for so long."""
        self._link.line.close(linger_ms)
