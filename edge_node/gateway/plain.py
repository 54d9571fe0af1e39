"""Sinks that only talk: Cursor on Target, ASTERIX, WarDragon."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count

import zmq

from edge_node.gateway.line import Datagrams, Stream, until_closed
from edge_node.gateway.pace import Pace
from edge_node.gateway.picture import Picture, View
from edge_node.gateway.settings import SinkTable
from edge_node.interop import wardragon
from edge_node.interop.asterix import cat062, cat129, cat205, fields
from edge_node.interop.cot.event import Event
from edge_node.interop.cot.tak import to_mesh, to_stream
from edge_node.interop.cot.tracks import Speaker, events, node_event
from edge_node.interop.cot.xml import to_xml
from edge_node.interop.moment import Moment

NODE_EVERY_S = 5.0
LOOK_UP_EVERY_S = 10.0
Fresh = list[tuple[View, list[Moment]]]


class News:
    """What is new to one sink in the picture, and which nodes are due to be told of."""

    def __init__(self, sink: SinkTable, picture: Picture) -> None:
        self._sink, self._picture = sink, picture
        self._serials: dict[str, int] = {}
        self._said_ns: dict[str, int] = {}

    def fresh(self, now_ns: int) -> Fresh:
        """Of each node the states that this sink was not told of; what was never confirmed only where that is wanted."""
        said = []
        for own8, view in self._picture.views.items():
            moments = view.new_since(self._serials.get(own8, 0), now_ns)
            self._serials[own8] = view.serial
            said.append((view, [one for one in moments if self._sink.tentative or one.track.state != "tentative"]))
        return said

    def due(self, view: View, now_ns: int) -> bool:
        """Whether it is time to tell of the node itself; one that fell silent is told of no more."""
        last_ns = self._said_ns.get(view.names.node8, 0)
        if view.status is None or view.silent(now_ns) or now_ns - last_ns < (NODE_EVERY_S - 0.5 / self._sink.rate_hz) * 1e9:
            return False
        self._said_ns[view.names.node8] = now_ns
        return True

    def all_again(self) -> None:
        """A peer that has just come knows nothing."""
        self._serials.clear()
        self._said_ns.clear()


def cot_events(sink: SinkTable, news: News, now_ns: int) -> Iterator[Event]:
    """All that is new, as events."""
    for view, moments in news.fresh(now_ns):
        speaker = Speaker(station=view.station, names=view.names, now_ns=now_ns, rate_hz=sink.rate_hz)
        for one in moments:
            yield from events(one, speaker, operator=sink.operator)
        if view.status is not None and news.due(view, now_ns):
            unplaced = [one.track for one in view.new_since(0, now_ns) if one.track.kinematics is None and one.track.bearing is None]
            slow = Speaker(station=view.station, names=view.names, now_ns=now_ns, rate_hz=1 / NODE_EVERY_S)
            told = view.status
            node = node_event(slow, verdict=told.verdict, sentence=told.sentence, coverage=told.coverage, unplaced=unplaced)
            if node is not None:
                yield node


async def cot_stream(sink: SinkTable, picture: Picture, line: Stream) -> None:
    """To a TAK server, for ever; after each reconnect all that is live is said again."""
    news, failures = News(sink, picture), 0
    while True:
        try:
            async with line.dialled() as reader:
                failures = 0
                news.all_again()
                await until_closed(reader, _cot_talk(sink, news, line))
        except (OSError, TimeoutError, EOFError) as error:
            await line.lost(error, failures)
            failures += 1


async def _cot_talk(sink: SinkTable, news: News, line: Stream) -> None:
    encode, pace = to_stream if sink.protobuf else to_xml, Pace()
    while True:
        line.send([encode(event) for event in cot_events(sink, news, time.time_ns())])
        await pace.turn(1 / sink.rate_hz)


async def datagrams(sink: SinkTable, picture: Picture, line: Datagrams) -> None:
    """Cursor on Target or ASTERIX by UDP, for ever."""
    news, reports = News(sink, picture), count()
    while not await line.open():
        await asyncio.sleep(LOOK_UP_EVERY_S)
    pace = Pace()
    try:
        while True:
            line.send(_cot_datagrams(sink, news) if sink.kind == "cot" else asterix_blocks(sink, news, reports, time.time_ns()))
            await pace.turn(1 / sink.rate_hz)
    finally:
        line.close()


def _cot_datagrams(sink: SinkTable, news: News) -> list[bytes]:
    encode = to_mesh if sink.protobuf else to_xml
    return [encode(event) for event in cot_events(sink, news, time.time_ns())]


def asterix_blocks(sink: SinkTable, news: News, reports: Iterator[int], now_ns: int) -> list[bytes]:
    """All that is new, as data blocks of two categories, and of 129 where that is wanted."""
    placed: list[bytes | None] = []
    bearings: list[bytes | None] = []
    named: list[bytes | None] = []
    for view, moments in news.fresh(now_ns):
        for one in moments:
            placed.append(cat062.record(one, sink.sac, sink.sic))
            bearings.append(cat205.record(one, view.station, sink.sac, sink.sic, now_ns=now_ns, report=next(reports)))
            named.append(cat129.block(one, sink.sac, sink.sic) if sink.uas_reports else None)
    rows = ((cat062.CATEGORY, placed), (cat205.CATEGORY, bearings))
    told = [block for category, records in rows for block in fields.blocks(category, [one for one in records if one is not None])]
    return told + [one for one in named if one is not None]


class Kit:
    """The three PUB sockets of a WarDragon kit, from the sink's port on."""

    def __init__(self, sink: SinkTable, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        host, port = sink.address
        self.words, self.counts = "publishes", Counter[str]()
        self._sockets = [context.socket(zmq.PUB) for _ in range(3)]
        for place, socket in enumerate(self._sockets):
            socket.linger = 0
            socket.bind(f"tcp://{host}:{port + place}")

    def send(self, place: int, message: bytes | None) -> None:
        """Publish on one of the three: aircraft, kit, links."""
        if message is not None:
            self._sockets[place].send(message, zmq.NOBLOCK)
            self.counts["sent"] += 1

    def close(self) -> None:
        """Let all three go."""
        for socket in self._sockets:
            socket.close()


async def wardragon_kit(sink: SinkTable, picture: Picture, kit: Kit) -> None:
    """As a kit does, for ever."""
    news, pace = News(sink, picture), Pace()
    while True:
        now_ns = time.time_ns()
        for view, moments in news.fresh(now_ns):
            for one in moments:
                kit.send(0, wardragon.detection(one, view.names, operator=sink.operator))
                kit.send(2, wardragon.signal(one, view.station))
            if news.due(view, now_ns):
                kit.send(1, wardragon.status(view.station, view.names, now_ns, has_fix=view.station.sigma_horizontal_m is not None))
        await pace.turn(1 / sink.rate_hz)
