"""What the hub does when C2 commands, and when it undoes it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from edge_node.config import C2Table
from edge_node.messages import BusMessage
from edge_node.publish.live import LivePublisher
from edge_node.publish.noted import CommandOutcome
from edge_node.publish.orders import LiveRate, Order, Point, Record, Reload, Report
from edge_node.publish.reliable_schema import Command
from edge_node.record.detections import DetectionRecorder

MOST_POINTS = 8
POINTS_FILE = "points.json"
Outcome = tuple[CommandOutcome, str]


class Obeying:
    """Carries out orders; `advance` tells of those that have ended since."""

    def __init__(self, table: C2Table, live: LivePublisher, *, state_dir: Path, run_dir: Path, reload: Callable[[], object]) -> None:
        self._table, self._live, self._run_dir, self._reload = table, live, run_dir, reload
        self._recorder = DetectionRecorder(state_dir / "recordings")
        self._recording: Command | None = None
        self._rates_until_ns: int | None = None
        self._points: dict[str, tuple[int, Point]] = {}
        self.rate_hz = table.confirmed_rate_hz

    def obey(self, command: Command, order: Order, now_ns: int) -> Outcome:
        """Do it; what became of it so far."""
        try:
            match order:
                case Report():
                    self._live.say_again()
                    return "done", "all tracks and the status are said again"
                case Record():
                    return self._record(command, order, now_ns)
                case LiveRate():
                    return self._rates(order, now_ns)
                case Point():
                    return self._point(command.id, order, now_ns)
                case Reload():
                    self._reload()
                    return "done", "node.toml is read again; the status says if something is wrong in it"
        except OSError as error:
            return "failed", f"{error.filename or self._run_dir}: {os.strerror(error.errno or 0)}"

    def take(self, message: BusMessage) -> None:
        """A message of the bus, for a recording if one runs."""
        if self._recorder.running:
            self._recorder.take(message)

    def advance(self, now_ns: int) -> Iterator[tuple[Command, Outcome]]:
        """Undo what has run out; recordings that have ended, with what they hold."""
        if self._rates_until_ns is not None and now_ns >= self._rates_until_ns:
            self._rates_until_ns = None
            self._set(self._table.rate_hz, self._table.confirmed_rate_hz)
        if any(until_ns <= now_ns for until_ns, _ in self._points.values()):
            self._points = {name: held for name, held in self._points.items() if held[0] > now_ns}
            self._write_points()
        if self._recorder.is_over(now_ns):
            yield from self._end_recording()

    def _record(self, command: Command, order: Record, now_ns: int) -> Outcome:
        name = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in command.id)
        path = self._recorder.begin(name, now_ns + round(order.seconds * 1e9))
        self._recording = command
        return "started", f"detections are recorded for {order.seconds:g} s in {path} on the node"

    def _end_recording(self) -> Iterator[tuple[Command, Outcome]]:
        self._recorder.end()
        if self._recording is not None:
            said = f"{self._recorder.written} messages, {self._recorder.bytes} bytes in {self._recorder.path} on the node"
            yield self._recording, ("done", said)
            self._recording = None

    def _rates(self, order: LiveRate, now_ns: int) -> Outcome:
        self._rates_until_ns = None if order.seconds is None else now_ns + round(order.seconds * 1e9)
        self._set(order.rate_hz, order.confirmed_rate_hz)
        until = "until the node starts anew" if order.seconds is None else f"for {order.seconds:g} s"
        return "done", f"tracks {order.rate_hz:g} Hz, confirmed ones {order.confirmed_rate_hz:g} Hz, {until}"

    def _set(self, rate_hz: float, confirmed_rate_hz: float) -> None:
        self._live.set_rates(rate_hz, confirmed_rate_hz)
        self.rate_hz = max(rate_hz, confirmed_rate_hz)

    def _point(self, name: str, order: Point, now_ns: int) -> Outcome:
        self._points[name] = now_ns + round(order.seconds * 1e9), order
        for oldest in list(self._points)[:-MOST_POINTS]:
            del self._points[oldest]
        self._write_points()
        return "done", f"held for {order.seconds:g} s in {self._run_dir / POINTS_FILE}; nothing moves by itself"

    def _write_points(self) -> None:
        fresh = self._run_dir / f".{POINTS_FILE}"
        fresh.write_bytes(
            msgspec.json.encode([{"id": name, "until_mono_ns": held[0], "point": held[1]} for name, held in self._points.items()])
        )
        fresh.replace(self._run_dir / POINTS_FILE)

    def words(self) -> str:
        """What is being done, for the status; empty where nothing."""
        recording = f"records detections to {self._recorder.path}" if self._recorder.running else ""
        points = f"{len(self._points)} points of interest" if self._points else ""
        return "; ".join(filter(None, (recording, points)))

    def close(self) -> None:
        """End a recording that runs."""
        self._recorder.end()
