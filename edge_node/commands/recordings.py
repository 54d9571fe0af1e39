"""A recording through the pipeline as fast as it goes: what `detect` and `replay` share."""

from __future__ import annotations

import argparse
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from drivers.blocks import Block
from drivers.recording import Recording
from drivers.source import SourceMisconfigured
from edge_node.messages import BusMessage, Detection
from edge_node.node.pipeline import Pipeline
from edge_node.sensor_options import RecordingOptions
from edge_node.strict_toml import Problem, nearest, read_table

PROGRESS_EVERY_S = 0.5
# What of the command line says how sound, pictures or IQ were recorded, by the names of the driver's options.
SAID_OPTIONS = (
    *("azimuth_deg", "tilt_deg", "roll_deg"),
    *("array", "calibration", "temperature_c"),
    *("camera", "horizontal_fov_deg"),
    *("format", "rate_hz", "center_hz"),
)
NAMED_BY_PATH = ("array", "camera")
MASK_OPTIONS = ("masks", "lowest_elevation_deg")


def opened_by(path: Path, arguments: argparse.Namespace) -> Recording:
    """The recording as the command line has it, not open yet; raises SourceMisconfigured for what no array and no camera can be."""
    said = said_of(arguments)
    problems: list[Problem] = []
    read_table({"path": str(path)} | said, RecordingOptions, (), "", problems)
    if problems:
        raise SourceMisconfigured("; ".join(str(problem).lstrip(".") for problem in problems))
    return Recording(path=path, pace="fast", loop=False, **said)


def said_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """What a command line says of how something was recorded, by the names of the driver's options; raises SourceMisconfigured."""
    said: dict[str, Any] = {name: value for name in SAID_OPTIONS if (value := getattr(arguments, name, None)) is not None}
    for name in NAMED_BY_PATH:
        if str(said.get(name, "")).endswith(".toml"):
            said[name] = str(Path(said[name]).absolute())
    if mask := getattr(arguments, "mask", None):
        said |= _masked(mask)
    return said


def _masked(path: Path) -> dict[str, Any]:
    """What a file of masks holds; raises SourceMisconfigured for one that cannot be read or holds something else."""
    try:
        with path.open("rb") as file:
            said = tomllib.load(file)
    except (OSError, ValueError) as error:
        raise SourceMisconfigured(f"--mask {path}: {error}") from error
    for name in said:
        if name not in MASK_OPTIONS:
            raise SourceMisconfigured(f"--mask {path}: {name}: {nearest(name, list(MASK_OPTIONS))}")
    return said


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
            yield pipeline.finish()
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
