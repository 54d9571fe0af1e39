"""A node's hub without a bus, a line or a clock: detections in, the events that C2 would have had out, in the time of what it is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zlib import crc32

from msgspec.structs import replace

from edge_node.config import C2Table, Config, NodeTable, SensorTable
from edge_node.messages import NodeStatus, SensorStatus
from edge_node.node.tracking import Tracking
from edge_node.publish import wire
from edge_node.publish.rates import Rates
from edge_node.timebase import SENTENCE_SIGMA_S, Clock, Timebase
from tools.c2.news import Event
from tools.trial.detecting import Said
from tools.trial.recorded import MONO_BEGIN_NS, RecordedNode

LOOK_EVERY_NS = 1_000_000_000
TABLE = C2Table()
TICK_NS = round(1e9 / max(TABLE.rate_hz, TABLE.confirmed_rate_hz))
EPOCH = 1


def _table(node: RecordedNode) -> NodeTable:
    """Where nothing was recorded of a receiver, the node knows where it stood."""
    if node.nmea:
        return NodeTable(name=node.name, moving=node.moving)
    place = node.latitude_deg, node.longitude_deg, node.altitude_wgs84_m
    return NodeTable(name=node.name, latitude_deg=place[0], longitude_deg=place[1], altitude_wgs84_m=place[2], moving=node.moving)


class QuietHub:
    """As edge_node.node.hub.Hub goes about it; `sensors` are names and drivers."""

    def __init__(self, node: RecordedNode, begun_utc_ms: int, sensors: Sequence[tuple[str, str]]) -> None:
        self._name, self._sensors = node.name, sensors
        self._node8 = f"{crc32(node.name.encode()):08x}"
        self._clock = Timebase(begun_utc_ms * 1_000_000 - MONO_BEGIN_NS, "recording", SENTENCE_SIGMA_S)
        config = Config(node=_table(node), sensor=tuple(SensorTable(*one) for one in sensors))
        self._tracking = Tracking(config, Clock(lambda: self._clock), MONO_BEGIN_NS)
        self._rates = Rates(TABLE.rate_hz, TABLE.confirmed_rate_hz)
        self._seq = {"t": 0, "s": 0}
        self._tick_ns = self._look_ns = MONO_BEGIN_NS

    def take(self, said: Said) -> Iterator[tuple[int, Event]]:
        """What one sensor said; before it, what was due until then, each with its time."""
        yield from self.until(said.t_mono_ns)
        self._tracking.hear(said.messages, said.t_mono_ns)

    def until(self, now_ns: int) -> Iterator[tuple[int, Event]]:
        """All that is due before that time."""
        while self._tick_ns <= now_ns:
            at_ns = self._tick_ns
            self._tracking.advance(at_ns)
            due = self._rates.due(self._tracking.tracks(at_ns), at_ns)
            if due:
                yield at_ns, self._told("t", wire.encode_tracks(due, self._clock, EPOCH, self._next("t"), at_ns), at_ns)
            if at_ns >= self._look_ns:
                self._tracking.look(at_ns)
                yield at_ns, self._told("s", self._status(at_ns), at_ns)
                self._look_ns += LOOK_EVERY_NS
            self._tick_ns += TICK_NS

    def _next(self, kind: str) -> int:
        self._seq[kind] += 1
        return self._seq[kind]

    def _told(self, kind: str, payload: bytes, now_ns: int) -> Event:
        """As C2 has it that hears at once."""
        topic = wire.topic(kind, self._node8)
        heard = wire.decode(topic, payload)
        more = {"bytes": len(topic) + len(payload), "received_utc_ms": self._clock.utc_ns(now_ns) // 1_000_000}
        return {"kind": heard["kind"], "node": self._name, "node8": self._node8} | heard | more

    def _status(self, now_ns: int) -> bytes:
        sentence = "; ".join(filter(None, self._tracking.words(now_ns)))
        parts = [self._part(name, driver) for name, driver in self._sensors]
        status = NodeStatus(
            name=self._name,
            verdict="green",
            sentence=sentence,
            sensors=tuple(parts),
            hub=replace(self._part("hub", "hub"), sentence=sentence),
            t_mono_ns=now_ns,
        )
        return wire.encode_status(
            status,
            reports=self._tracking.reports,
            place=self._tracking.place(now_ns),
            counters={},
            clock=self._clock,
            epoch=EPOCH,
            seq=self._next("s"),
            now_mono_ns=now_ns,
        )

    def _part(self, name: str, driver: str) -> SensorStatus:
        words = self._tracking.reports[name].words if name in self._tracking.reports else ""
        return SensorStatus(name=name, driver=driver, state="running", sentence=words, since_mono_ns=MONO_BEGIN_NS, restarts=0, pid=None)
