"""`edge-node replay RECORDING...`: recordings through detector and tracker, as the node would have heard them."""

from __future__ import annotations

import argparse
import heapq
import os
import sys
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from drivers.recording import Recording
from drivers.source import SourceError
from edge_node.commands.recordings import messages, opened_by
from edge_node.commands.shown import show_json, show_text
from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.messages import Detection, RemoteIdDetection, Track, TrackEvent
from edge_node.remote_id.authenticity import Authenticity

ADVANCE_EVERY_NS = 200_000_000


def replay(arguments: argparse.Namespace) -> int:
    """Print every event and, at the end, every track; with --json one object a line. A folder is a recording of the node's black box."""
    if any(path.is_dir() for path in arguments.files):
        from edge_node.commands.replay_folder import replay_folders  # noqa: PLC0415 -- what single files do without

        return replay_folders(arguments)
    show = show_json if arguments.json else show_text
    try:
        for t_s, said in tracks([opened_by(path, arguments) for path in arguments.files]):
            show(t_s, said)
    except SourceError as error:
        sys.stderr.write(f"edge-node: {error}\n")
        return os.EX_DATAERR
    return os.EX_OK


def tracks(recordings: Sequence[Recording]) -> Iterator[tuple[float, TrackEvent | Track]]:
    """Events as they happen, then every track's last state, each with seconds from the first start; raises SourceError."""
    tracker, authenticity = Tracker(TrackingTable()), Authenticity()
    last: dict[int, Track] = {}
    advanced_ns = t_ns = 0
    start_ns: int | None = None
    for heard, has_utc in heapq.merge(*map(_timed, recordings), key=lambda timed: timed[0].t_mono_ns):
        t_ns = heard.t_mono_ns
        message = authenticity.judge(heard, t_ns if has_utc else None, None) if isinstance(heard, RemoteIdDetection) else heard
        start_ns = min(recording.t_utc_start_ns or 0 for recording in recordings) if start_ns is None else start_ns
        events = []
        if t_ns - advanced_ns >= ADVANCE_EVERY_NS:
            events, advanced_ns = tracker.advance(t_ns), t_ns
        for event in events + tracker.update(message):
            last[event.track.number] = event.track
            yield (t_ns - start_ns) / 1e9, event
    last |= {track.number: track for track in tracker.tracks()}
    yield from (((t_ns - (start_ns or 0)) / 1e9, track) for track in last.values())


def _timed(recording: Recording) -> Iterator[tuple[Detection, bool]]:
    """A recording's detections on the capture's own clock, so that several recordings of one time fall together; whether it has one."""
    for batch in messages(recording, recording.path.name):
        shift_ns, has_utc = (recording.t_utc_start_ns or 0) - (recording.t_mono_start_ns or 0), recording.t_utc_start_ns is not None
        yield from ((replace(found, t_mono_ns=found.t_mono_ns + shift_ns), has_utc) for found in batch if isinstance(found, Detection))
