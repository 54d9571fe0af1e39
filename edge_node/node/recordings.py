"""A recording through the pipeline as fast as it goes: what `detect` and `replay` share."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from drivers.blocks import Block
from drivers.recording import Recording
from drivers.source import SourceMisconfigured
from edge_node.config import RecordingOptions
from edge_node.messages import BusMessage, Detection
from edge_node.node.pipeline import Pipeline
from edge_node.strict_toml import Problem, read_table

PROGRESS_EVERY_S = 0.5
# What of the command line says how sound or video was recorded, by the names of the driver's options.
HOW_RECORDED = ("array", "azimuth_deg", "tilt_deg", "roll_deg", "calibration", "temperature_c", "camera", "horizontal_fov_deg")


def opened_by(path: Path, arguments: argparse.Namespace) -> Recording:
    """The recording as the command line has it, not open yet; raises SourceMisconfigured for what cannot be."""
    said = {name: value for name in HOW_RECORDED if (value := getattr(arguments, name, None)) is not None}
    for kind in ("array", "camera"):
        if str(said.get(kind, "")).endswith(".toml"):
            said[kind] = str(Path(said[kind]).absolute())
    problems: list[Problem] = []
    read_table({"path": str(path)} | said, RecordingOptions, (), "", problems)
    if problems:
        raise SourceMisconfigured("; ".join(str(problem).lstrip(".") for problem in problems))
    return Recording(path=path, pace="fast", loop=False, **said)


def messages(recording: Recording, sensor: str, tap: Callable[[Block], None] | None = None) -> Iterator[Sequence[BusMessage]]:
    """Open the recording and yield what each of its blocks holds, with progress on a terminal; `tap` sees them; raises SourceError."""
    pipeline = Pipeline(sensor)
    told_s = 0.0
    with recording:
        for block in recording.blocks():
            if time.monotonic() - told_s >= PROGRESS_EVERY_S:
                told_s = time.monotonic()
                _progress(f"{recording.progress or 0:4.0%} {sensor}")
            if block is not None:
                if tap:
                    tap(block)
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
