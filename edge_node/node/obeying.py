"""What the hub does when C2 commands, and when it undoes it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from edge_node.config import C2Table
from edge_node.messages import BusMessage
from edge_node.publish.live import LivePublisher
from edge_node.publish.noted import CommandOutcome
from edge_node.publish.orders import Freeze, LiveRate, Order, Point, Record, Reload, Report
from edge_node.publish.reliable_schema import Command
from edge_node.record.detections import DetectionRecorder

MOST_POINTS = 8
POINTS_FILE = "points.json"
Outcome = tuple[CommandOutcome, str]
Points = dict[str, tuple[int, Point]]
Freezes = Callable[[Freeze, int], Outcome]


class Obeying:
    """Carries out orders; `advance` tells of those that have ended since. `reload` and `freeze` say what came of it."""

    def __init__(
        self, table: C2Table, live: LivePublisher, *, state_dir: Path, run_dir: Path, reload: Callable[[], bool], freeze: Freezes
    ) -> None:
        self._table, self._live, self._run_dir, self._reload, self._freeze = table, live, run_dir, reload, freeze
        self._recorder = DetectionRecorder(state_dir / "recordings")
        self._recording: Command | None = None
        self._ended: list[tuple[Command, Outcome]] = []
        self._rates_until_ns: int | None = None
        self._points: Points = {}
        (run_dir / POINTS_FILE).unlink(missing_ok=True)  # an earlier hub's, which nobody would ever end
        self.rate_hz = max(table.rate_hz, table.confirmed_rate_hz)

    def obey(self, command: Command, order: Order, now_ns: int) -> Outcome:
        """Do it; what became of it so far."""
        try:
            return self._do(command, order, now_ns)
        except OSError as error:
            return "failed", _why(error)

    def _do(self, command: Command, order: Order, now_ns: int) -> Outcome:
        match order:
            case Report():
                self._live.say_again()
                return "done", "all tracks and the status are said again"
            case Record():
                return self._record(command, order, now_ns)
            case Freeze():
                return self._freeze(order, now_ns)
            case LiveRate():
                return self._rates(order, now_ns)
            case Point():
                return self._point(command.id, order, now_ns)
            case Reload():
                return self._read_again()

    def take(self, message: BusMessage) -> None:
        """A message of the bus, for a recording if one runs; a disk that does not take it ends the recording, not the hub."""
        if self._recorder.running:
            try:
                self._recorder.take(message)
            except OSError as error:
                self._end_recording(error)

    def advance(self, now_ns: int) -> list[tuple[Command, Outcome]]:
        """Undo what has run out; the commands that have ended since, with what became of them."""
        if self._rates_until_ns is not None and now_ns >= self._rates_until_ns:
            self._rates_until_ns = None
            self._set(self._table.rate_hz, self._table.confirmed_rate_hz)
        self._drop_points(now_ns)
        if self._recorder.is_over(now_ns):
            self._end_recording()
        ended, self._ended = self._ended, []
        return ended

    def _drop_points(self, now_ns: int) -> None:
        """Those whose time is over; where the file cannot be written it is tried again, and it tells itself until when each holds."""
        left = {name: held for name, held in self._points.items() if held[0] > now_ns}
        if len(left) < len(self._points):
            with suppress(OSError):
                self._write_points(left)
                self._points = left

    def _record(self, command: Command, order: Record, now_ns: int) -> Outcome:
        self._end_recording()
        path = self._recorder.begin(_file_name(command.id), now_ns + round(order.seconds * 1e9))
        self._recording = command
        return "started", f"detections are recorded for {order.seconds:g} s in {path} on the node"

    def _end_recording(self, failure: OSError | None = None) -> None:
        try:
            self._recorder.end()
        except OSError as error:
            failure = error
        if self._recording is not None:
            said = f"{self._recorder.written} messages, {self._recorder.bytes} bytes in {self._recorder.path} on the node"
            outcome: Outcome = ("failed", f"{_why(failure)}; {said} at most") if failure else ("done", said)
            self._ended.append((self._recording, outcome))
            self._recording = None

    def _read_again(self) -> Outcome:
        if self._reload():
            return "done", "node.toml is read again; the status says if something is wrong in it"
        return "failed", "no supervisor hears this hub: it was started by hand, or is flooded"

    def _rates(self, order: LiveRate, now_ns: int) -> Outcome:
        self._rates_until_ns = None if order.seconds is None else now_ns + round(order.seconds * 1e9)
        self._set(order.rate_hz, order.confirmed_rate_hz)
        until = "until the node starts anew" if order.seconds is None else f"for {order.seconds:g} s"
        return "done", f"tracks {order.rate_hz:g} Hz, confirmed ones {order.confirmed_rate_hz:g} Hz, {until}"

    def _set(self, rate_hz: float, confirmed_rate_hz: float) -> None:
        self._live.set_rates(rate_hz, confirmed_rate_hz)
        self.rate_hz = max(rate_hz, confirmed_rate_hz)

    def _point(self, name: str, order: Point, now_ns: int) -> Outcome:
        points = {**self._points, name: (now_ns + round(order.seconds * 1e9), order)}
        points = dict(list(points.items())[-MOST_POINTS:])
        self._write_points(points)
        self._points = points
        return "done", f"held for {order.seconds:g} s in {self._run_dir / POINTS_FILE}; nothing moves by itself"

    def _write_points(self, points: Points) -> None:
        told = [{"id": name, "until_mono_ns": held[0], "point": held[1]} for name, held in points.items()]
        fresh = self._run_dir / f".{POINTS_FILE}"
        fresh.write_bytes(msgspec.json.encode(told))
        fresh.replace(self._run_dir / POINTS_FILE)

    def words(self) -> str:
        """What is being done, for the status; empty where nothing."""
        recording = f"records detections to {self._recorder.path}" if self._recorder.running else ""
        points = f"{len(self._points)} points of interest" if self._points else ""
        return "; ".join(filter(None, (recording, points)))

    def end(self) -> list[tuple[Command, Outcome]]:
        """The hub ends: so does a recording that runs."""
        self._end_recording()
        ended, self._ended = self._ended, []
        return ended


def _file_name(command_id: str) -> str:
    return "".join(sign if (sign.isascii() and sign.isalnum()) or sign in "-_" else "_" for sign in command_id)


def _why(error: OSError) -> str:
    return f"{error.filename or 'the disk'}: {error.strerror or error}"
