"""The sink of SAPIENT: one connection for each node, which registers, tells its health, reports, alerts and takes tasks."""

from __future__ import annotations

import asyncio
import logging
import time

from edge_node.gateway.line import MOST_READ_BYTES, Stream, until_either
from edge_node.gateway.pace import Pace
from edge_node.gateway.picture import Picture, View
from edge_node.gateway.settings import SinkTable
from edge_node.geometry import LocalFrame, bearing_deg
from edge_node.interop import readings
from edge_node.interop.moment import Moment, Station
from edge_node.interop.sapient import check, tasks
from edge_node.interop.sapient.codec import Said
from edge_node.interop.sapient.envelope import Deframer, envelope, frame, read
from edge_node.interop.sapient.node import registration, status_report
from edge_node.interop.sapient.schema import SapientError
from edge_node.interop.sapient.tracks import alerts, cleared, scan
from edge_node.messages import Sense

log = logging.getLogger("edge_node.gateway")
STATUS_EVERY_S, ACK_S, LOOK_EVERY_S = 5.0, 10.0, 1.0
LEAST_GAP_S = 0.085
"""Between two scans: less than 0.08 s is taken for a mistake."""
LEAVING_S = 1.0
"""Between goodbye and hanging up: the reference middleware drops what it has not parsed when a line closes."""
MOST_LATE_S = 1.0
"""Beyond the time between two scans: what is older is not told as if it were now, which is all that a detection report can say."""
PLACE_HALF_WIDTH_DEG = 15.0
MOST_LINES = 64


class Session:
    """One node's conversation with the fusion node."""

    def __init__(self, sink: SinkTable, view: View, line: Stream) -> None:
        self._sink, self._view, self._line = sink, view, line
        self._rate_hz = sink.rate_hz
        self._order: tasks.LookAt | None = None
        self._accepted = asyncio.Event()
        self._serial, self._last_ns, self._told = 0, 0, ""
        self._alerts: dict[int, dict[str, Said]] = {}

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Until the peer closes, refuses or falls out of step, or the node is gone; raises OSError, EOFError or SapientError."""
        self._say("registration", registration(self._view.station, self._senses(), status_every_s=STATUS_EVERY_S))
        await until_either(self._hear(reader), self._talk())

    def _senses(self) -> tuple[Sense, ...]:
        seen = self._view.status.coverage if self._view.status else ()
        return tuple(dict.fromkeys(one.sense for one in seen))

    def _now_ns(self) -> int:
        """Later than any time told before, whatever the clock does."""
        self._last_ns = max(time.time_ns(), self._last_ns + 1_000_000)
        return self._last_ns

    def _say(self, content: str, body: Said) -> None:
        self._line.send([frame(envelope(self._view.names, self._now_ns(), content, body))])

    async def _talk(self) -> None:
        async with asyncio.timeout(ACK_S):
            await self._accepted.wait()
        next_status, pace = time.monotonic(), Pace(LEAST_GAP_S)
        try:
            while not self._view.silent(time.time_ns()):
                if time.monotonic() >= next_status:
                    self._status()
                    next_status = max(next_status + STATUS_EVERY_S, time.monotonic())
                self._scan()
                await pace.turn(1 / self._rate_hz)
        finally:
            self._status(leaving=True)
            await asyncio.sleep(LEAVING_S)

    def _status(self, *, leaving: bool = False) -> None:
        """Told as new where its verdict, or what is not well, differs from what was told last."""
        status = self._view.status
        if status is None:
            return
        now_ns = self._now_ns()
        body = status_report(
            self._view.station, self._view.names, status, t_utc_ns=now_ns, clock_sigma_s=self._view.clock_sigma_s, leaving=leaving
        )
        told = repr((body["system"], body["status"], body["coverage"], body["node_location"]))
        body["info"] = "INFO_UNCHANGED" if told == self._told else "INFO_NEW"
        self._told = told
        self._say("status_report", body)

    def _scan(self) -> None:
        now_ns = self._now_ns()
        moments = [
            one
            for one in self._view.new_since(self._serial, now_ns, round((1 / self._rate_hz + MOST_LATE_S) * 1e9))
            if self._sink.tentative or one.track.state != "tentative"
        ]
        self._serial = self._view.serial
        seen = [one for one in moments if self._order is None or _looked_at(one, self._view.station, self._order)]
        self._line.send([frame(one) for one in scan(seen, self._view.names, now_ns, operator=self._sink.operator)])
        for one in moments:
            self._alert(one, now_ns)

    def _alert(self, moment: Moment, now_ns: int) -> None:
        """Each reason once when it comes, and once when it goes."""
        number = moment.track.number
        before = self._alerts.get(number, {})
        now = {} if moment.track.state == "lost" else alerts(moment, self._view.names, now_ns)
        for reason in now.keys() - before.keys():
            self._say("alert", now[reason])
        for reason in before.keys() - now.keys():
            self._say("alert", cleared(before[reason]))
        self._alerts[number] = now
        if not now:
            del self._alerts[number]

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        deframer = Deframer()
        while data := await reader.read(MOST_READ_BYTES):
            for message in deframer.feed(data):
                self._take(message)
        raise EOFError("the fusion node closed the connection")

    def _take(self, message: bytes) -> None:
        """What cannot be understood is passed over; a refused registration ends the session."""
        try:
            content, body, whole = read(message)
        except SapientError as error:
            log.warning("%s: %s", self._sink.to, error)
            return
        if content == "registration_ack":
            if not body.get("acceptance"):
                raise EOFError(f"the registration is refused: {', '.join(body.get('ack_response_reason', []))[:200]}")
            self._accepted.set()
        elif content == "task" and not check.problems(whole):
            self._obey(tasks.answer(body))
        elif content == "error":
            log.warning("%s: %s", self._sink.to, ", ".join(body.get("error_message", []))[:200])

    def _obey(self, answer: tasks.Answer) -> None:
        match answer.order:
            case tasks.ReportRate(rate_hz):
                self._rate_hz = rate_hz
            case tasks.LookAt():
                self._order = answer.order
            case tasks.Stop():
                self._rate_hz, self._order = self._sink.rate_hz, None
        self._say("task_ack", answer.ack())


def _looked_at(moment: Moment, station: Station, order: tasks.LookAt) -> bool:
    """Whether a track lies where somebody wants to look; what cannot be told is shown."""
    here = readings.station_place(moment.station or station)
    at, direction = readings.position(moment.track.kinematics), readings.direction(moment.track.bearing)
    if here is None or (at is None and direction is None):
        return True
    frame_here = LocalFrame(here.latitude_deg, here.longitude_deg)
    seen_deg = bearing_deg(frame_here, at.latitude_deg, at.longitude_deg, 0.0)[0] if at else direction.azimuth_deg if direction else 0.0
    if order.azimuth_deg is not None and order.width_deg is not None:
        return _apart(seen_deg, order.azimuth_deg) <= order.width_deg / 2
    return any(_apart(seen_deg, bearing_deg(frame_here, *place, 0.0)[0]) <= PLACE_HALF_WIDTH_DEG for place in order.places)


def _apart(a_deg: float, b_deg: float) -> float:
    return abs((a_deg - b_deg + 180) % 360 - 180)


class FusionNode:
    """All sessions of one sink."""

    def __init__(self, sink: SinkTable) -> None:
        self._sink = sink
        self.lines: dict[str, Stream] = {}

    @property
    def words(self) -> str:
        """How each node's line is."""
        return "; ".join(f"{own8} {line.words}" for own8, line in self.lines.items()) or "no node was heard yet"

    async def run(self, picture: Picture) -> None:
        """A conversation for each node that tells its status, for ever."""
        async with asyncio.TaskGroup() as group:
            while True:
                for own8, view in picture.views.items():
                    if own8 not in self.lines and view.status is not None and len(self.lines) < MOST_LINES:
                        self.lines[own8] = Stream(self._sink)
                        group.create_task(self._converse(view, self.lines[own8]))
                await asyncio.sleep(LOOK_EVERY_S)

    async def _converse(self, view: View, line: Stream) -> None:
        failures = 0
        while True:
            try:
                if not view.silent(time.time_ns()):
                    async with line.dialled() as reader:
                        failures = 0
                        await Session(self._sink, view, line).run(reader)
            except (OSError, TimeoutError, EOFError, SapientError) as error:
                await line.lost(error, failures)
                failures += 1
            await asyncio.sleep(LOOK_EVERY_S)
