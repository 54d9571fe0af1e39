"""The detections of a flight: asked of the hub that runs here and followed as they come, or read from a recording."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from edge_node.config import NodeTable
from edge_node.field.align.flown import flown, next_leg
from edge_node.field.align.path import AlignError
from edge_node.field.align.path import Path as Way
from edge_node.messages import AcousticDetection, BearingDetection, BusMessage, CameraDetection, PositionFix, RemoteIdDetection
from edge_node.node import status
from edge_node.node.asked_recording import Asked, ask, recorded, withdraw
from edge_node.private_file import require_own

BEGINS_WITHIN_S = 5.0
LOOK_EVERY_S = 1.0
TOLD_EVERY_S = 10.0
MOST_MESSAGES = 500_000
LONGEST_LINE = 100_000
WANTED = (RemoteIdDetection, AcousticDetection, CameraDetection, BearingDetection, PositionFix)
WayOf = Callable[[Sequence[BusMessage]], Way]
"""Makes the drone's way of what was heard so far; raises AlignError."""
DECODER = msgspec.json.Decoder(BusMessage)


class FlightError(Exception):
    """There is nothing to work on; the text says why."""


class Follower:
    """Messages of a file of JSON lines, also while it grows; what is none of them is passed over and counted."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._rest = file, b""
        self.messages: list[BusMessage] = []
        self.broken = 0

    def read(self) -> None:
        """All that is there now."""
        while chunk := self._file.read(1 << 20):
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            for line in lines:
                self._take(line)
            if len(self._rest) > LONGEST_LINE:
                self._rest, self.broken = b"", self.broken + 1

    def _take(self, line: bytes) -> None:
        try:
            message = DECODER.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.broken += bool(line)
            return
        if isinstance(message, WANTED) and len(self.messages) < MOST_MESSAGES:
            self.messages.append(message)


def recording(path: Path) -> list[BusMessage]:
    """What the hub recorded once; raises FlightError, OSError."""
    with path.open("rb") as file:
        follower = Follower(file)
        follower.read()
    if not follower.messages:
        raise FlightError(f"{path} holds no detections: it must be a recording of the hub, JSON lines")
    return follower.messages


def flight(node: NodeTable, seconds: float, way_of: WayOf) -> list[BusMessage]:
    """Have the hub record, and show how the flight goes; Ctrl-C ends it sooner. Raises FlightError, OSError."""
    _require_node(node)
    until_ns = time.monotonic_ns() + round(seconds * 1e9)
    asked = Asked(f"calibrate-{until_ns // 1_000_000}-{os.getpid()}", until_ns)
    require_own(node.run_dir)
    ask(node.run_dir, asked)
    try:
        with _opened(recorded(node.state_dir, asked)) as file:
            follower = Follower(file)
            _follow(follower, until_ns, way_of)
            return follower.messages
    finally:
        withdraw(node.run_dir)


def _require_node(node: NodeTable) -> None:
    now = status.read(node.run_dir)
    if now is None or time.monotonic() - now.t_mono_ns / 1e9 > status.STALE_AFTER_S:
        raise FlightError(f"no node runs in {node.run_dir}: start it, or name a recording with --from")


def _opened(path: Path) -> BinaryIO:
    """Once the hub has begun it; raises FlightError."""
    until_s = time.monotonic() + BEGINS_WITHIN_S
    while time.monotonic() < until_s:
        try:
            return path.open("rb")
        except FileNotFoundError:
            time.sleep(0.1)
    raise FlightError(f"the hub does not begin to record {path}: 'edge-node status' may say why")


def _follow(follower: Follower, until_ns: int, way_of: WayOf) -> None:
    told_s = 0.0
    try:
        while (left_s := (until_ns - time.monotonic_ns()) / 1e9) > 0:
            time.sleep(min(LOOK_EVERY_S, left_s))
            follower.read()
            terminal = sys.stderr.isatty()
            if terminal or time.monotonic() - told_s >= TOLD_EVERY_S:
                told_s = time.monotonic()
                _show(f"{max(left_s - LOOK_EVERY_S, 0):3.0f} s left; {progress(follower.messages, way_of)}", over=terminal)
        time.sleep(LOOK_EVERY_S)  # the hub lets what it wrote reach the file once a second
    except KeyboardInterrupt:
        sys.stderr.write("\nenough\n")
    follower.read()
    if sys.stderr.isatty():
        sys.stderr.write("\n")


def progress(messages: Sequence[BusMessage], way_of: WayOf) -> str:
    """What was flown and detected so far, and what to fly next."""
    counts = Counter(one.sensor for one in messages if isinstance(one, AcousticDetection | CameraDetection | BearingDetection))
    seen = ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "no bearing yet"
    try:
        way = way_of(messages)
    except AlignError as error:
        return f"{error}; {seen}"
    so_far = flown(way.t_s, way.places_m)
    return f"{so_far.words()}; {seen}; next: {next_leg(so_far)}"


def _show(text: str, *, over: bool) -> None:
    sys.stderr.write(f"\r\x1b[K{text}" if over else f"{text}\n")
    sys.stderr.flush()
