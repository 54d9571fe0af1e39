"""`edge-node replay FOLDER...`: what the black box kept, through the same pipelines and the same tracking as live."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path

from drivers.source import SourceError
from edge_node import private_file
from edge_node.commands.shown import show_json, show_text
from edge_node.messages import Detection, TrackEvent
from edge_node.node.drawn import strips_of
from edge_node.node.histories import Histories
from edge_node.node.lanes import lanes, ordered
from edge_node.node.likeness import compare
from edge_node.node.replaying import Replay
from edge_node.node.saying import Passed
from edge_node.picture.page import PlotUnavailable
from edge_node.picture.timeline import draw, require_drawable
from edge_node.record.folder import RecordedFolder, RecordingUnreadable
from edge_node.record.sealed import KeyUnusable, private_key
from edge_node.watch.plain import plain

PROGRESS_EVERY_S = 0.5


def replay_folders(arguments: argparse.Namespace) -> int:
    """Print every event and, at the end, every track of each recording; on standard error, how it went and whether it was so live.

    A page is its owner's alone.
    """
    try:
        for folder in _named(arguments):
            _replay(opened(folder, arguments.key), arguments)
    except (SourceError, RecordingUnreadable, PlotUnavailable, KeyUnusable, ValueError, OSError) as error:
        sys.stderr.write(plain(f"edge-node: {error}") + "\n")
        return os.EX_DATAERR
    return os.EX_OK


def _named(arguments: argparse.Namespace) -> list[Path]:
    """The folders; raises ValueError, PlotUnavailable where they cannot be drawn on one page."""
    folders: list[Path] = arguments.files
    if arguments.plot and len(folders) > 1:
        raise ValueError("--plot draws one recording on one page: name one")
    if arguments.plot:
        require_drawable(arguments.plot)
    return folders


def opened(folder: Path, key: Path | None) -> RecordedFolder:
    """The recording in a folder; raises RecordingUnreadable, KeyUnusable, OSError."""
    return RecordedFolder(folder, private_key(key.read_text()) if key else None)


def _replay(recording: RecordedFolder, arguments: argparse.Namespace) -> None:
    replay = part_of(recording, arguments)
    show = show_json if arguments.json else show_text
    again, found = Histories(), _Found(replay, keeps=arguments.plot is not None)
    begun_s = time.monotonic()
    for told in replay.told(found.pass_by):
        again.take(told)
        if isinstance(told.message, TrackEvent):
            show((told.t_mono_ns - recording.head.from_mono_ns) / 1e9, told.message)
    took_s = time.monotonic() - begun_s
    for one in ordered(again):
        show((replay.to_ns - recording.head.from_mono_ns) / 1e9, one.last)
    for line in _said(recording, replay, again, took_s):
        sys.stderr.write(plain(f"{recording.path.resolve().name}: {line}") + "\n")
    if arguments.plot:
        strips, seconds = strips_of(recording, replay, found.detections), (replay.to_ns - replay.from_ns) / 1e9
        page = draw(arguments.plot, recording.path.resolve().name, strips, lanes(again, replay.from_ns), seconds)
        private_file.replace_bytes(arguments.plot, page)


def _said(recording: RecordedFolder, replay: Replay, again: Histories, took_s: float) -> Iterator[str]:
    """Cut or whole, how fast, what each sensor found, and how like live."""
    seconds = (replay.to_ns - replay.from_ns) / 1e9
    yield f"{seconds:.1f} s in {took_s:.1f} s, {seconds / max(took_s, 1e-3):.1f} times as fast as it was"
    yield from (f"{name}: {words or 'nothing found'}" for name, words in replay.words.items())
    if recording.cut:
        yield f"cut: {recording.cut}"
    live = Histories(one for one in recording.told() if replay.from_ns <= one.t_mono_ns < replay.to_ns)
    yield compare(live, again, replay.from_ns).words() if live.of else "nothing is kept of what was told live"


def part_of(recording: RecordedFolder, arguments: argparse.Namespace) -> Replay:
    """The part that the command line asks for; raises ValueError."""
    from_s, to_s = (None if said is None else _seconds(said, recording) for said in (arguments.from_, arguments.to))
    key = private_key(arguments.key.read_text()) if arguments.key else None
    return Replay(recording, arguments.sensor or (), from_s or 0.0, to_s, key=key)


def _seconds(said: str, recording: RecordedFolder) -> float:
    """After the recording's begin, of such a number, or of a UTC time such as 2026-11-28T18:15:02Z; raises ValueError."""
    try:
        seconds = float(said)
    except ValueError:
        pass
    else:
        if not isfinite(seconds):
            raise ValueError(f"{said!r} is no number of seconds")
        return seconds
    try:
        at = datetime.fromisoformat(said)
    except ValueError as error:
        raise ValueError(f"{said!r} is neither seconds from the begin nor a UTC time such as 2026-11-28T18:15:02Z") from error
    utc_ns = round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1e9)
    return (utc_ns - recording.head.clock.utc_ns(recording.head.from_mono_ns)) / 1e9


class _Found:
    """What passes by, kept where it is to be drawn, with progress on a terminal."""

    def __init__(self, replay: Replay, *, keeps: bool) -> None:
        self._replay, self._keeps, self._told_s = replay, keeps, 0.0
        self.detections: list[Detection] = []

    def pass_by(self, passed: Passed) -> None:
        """Note one sensor's words."""
        if self._keeps:
            self.detections += [one for one in passed.messages if isinstance(one, Detection)]
        if sys.stderr.isatty() and time.monotonic() - self._told_s >= PROGRESS_EVERY_S:
            self._told_s = time.monotonic()
            share = (passed.t_mono_ns - self._replay.from_ns) / max(self._replay.to_ns - self._replay.from_ns, 1)
            sys.stderr.write(f"\r\x1b[K{share:4.0%}\r")
