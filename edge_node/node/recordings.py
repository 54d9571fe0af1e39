"""A recording through the pipeline as fast as it goes: what `detect` and `replay` share."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from drivers.recording import Recording
from edge_node.messages import BusMessage, Detection
from edge_node.node.pipeline import Pipeline

PROGRESS_EVERY = 2000


def messages(recording: Recording, sensor: str) -> Iterator[Sequence[BusMessage]]:
    """Open the recording and yield what each of its blocks holds, with progress on a terminal; raises SourceError."""
    pipeline = Pipeline(sensor)
    with recording:
        for count, block in enumerate(recording.blocks()):
            if count % PROGRESS_EVERY == 0:
                _progress(f"{recording.progress or 0:4.0%} {sensor}")
            if block is not None:
                yield pipeline.step(block)
        _progress("")
        words = filter(None, (recording.words(), pipeline.words() or "nothing found"))
    sys.stderr.write(f"{Path(sensor).name}: {'; '.join(words)}\n")


def utc_ns(recording: Recording, found: Detection) -> int | None:
    """When this was heard by the recording's own clock; None where it has none."""
    if recording.t_utc_start_ns is None or recording.t_mono_start_ns is None:
        return None
    return found.t_mono_ns - recording.t_mono_start_ns + recording.t_utc_start_ns


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
