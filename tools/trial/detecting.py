"""A recording's detections as its node would have put them on its bus, in a file of JSON lines: when, and what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from drivers.blocks import AnyBlock, RadioFrame
from drivers.nmea import Nmea
from drivers.recording import Recording
from drivers.source import SourceError
from edge_node.messages import BusMessage, Detection, SensorReport
from edge_node.node.pipeline import Pipeline
from edge_node.node.saying import lasts_ns
from tools.trial.outcome import TrialError
from tools.trial.recorded import MONO_BEGIN_NS, Take

REPORT_EVERY_NS = 1_000_000_000
_LINE = re.compile(rb"\s*(-?\d+(?:\.\d+)?)\s+(\$.*)")


class Said(Struct, frozen=True, array_like=True):
    """What one sensor said at one moment of the node's monotonic clock."""

    t_mono_ns: int
    messages: tuple[BusMessage, ...]


def detect(take: Take, begun_utc_ns: int, seconds: float, path: Path) -> str:
    """Run a recording through the node's own pipeline into a file; the sensor's words at the end. Raises TrialError."""
    options = {key: value for key, value in asdict(take.options).items() if key not in ("pace", "loop")}
    worker, encoder = _Worker(take.name), msgspec.json.Encoder()
    try:
        with Recording(pace="fast", **options) as recording, path.open("wb") as out:
            for block in _in_time(recording, begun_utc_ns):
                if block.t_mono_ns > MONO_BEGIN_NS + seconds * 1e9:
                    break
                if found := worker.step(block):
                    out.write(encoder.encode(Said(block.t_mono_ns + lasts_ns(block), tuple(found))) + b"\n")
            return "; ".join(filter(None, (recording.words(), worker.pipeline.words())))
    except SourceError as error:
        raise TrialError(f"{take.options.path}: {error}") from error


class _Worker:
    """What a worker's process says: what its pipeline finds, and once a second how it is."""

    def __init__(self, sensor: str) -> None:
        self.pipeline = Pipeline(sensor)
        self._blocks = self._detections = self._lost = 0
        self._report_at_ns = 0

    def step(self, block: AnyBlock) -> list[BusMessage]:
        """Messages of one block."""
        found = list(self.pipeline.step(block))
        self._blocks += 1
        self._lost += block.lost
        self._detections += sum(isinstance(one, Detection) for one in found)
        if block.t_mono_ns >= self._report_at_ns:
            self._report_at_ns = block.t_mono_ns + REPORT_EVERY_NS
            found.append(self._report(block.t_mono_ns))
        return found

    def _report(self, now_ns: int) -> SensorReport:
        return SensorReport(
            t_mono_ns=now_ns,
            sensor=self.pipeline.sensor,
            blocks=self._blocks,
            detections=self._detections,
            lost=self._lost,
            unsent=0,
            last_block_mono_ns=now_ns,
            words=self.pipeline.words(),
        )


def _in_time(recording: Recording, begun_utc_ns: int) -> Iterator[Any]:
    """Its blocks on the clock of who plays it; a capture has times of its own, anything else begins with the scene."""
    for block in recording.blocks():
        if block is None:
            continue
        began_ns = recording.t_mono_start_ns or 0
        late_ns = 0
        if isinstance(block, RadioFrame) and recording.t_utc_start_ns is not None:
            late_ns = recording.t_utc_start_ns - begun_utc_ns
        yield replace(block, t_mono_ns=block.t_mono_ns - began_ns + late_ns + MONO_BEGIN_NS)


def position(log: Path, sensor: str) -> Iterator[Said]:
    """What a GNSS receiver said, from a log of lines such as "12.150 $GNGGA,..."; raises TrialError."""
    pipeline, nmea = Pipeline(sensor), Nmea()
    try:
        lines = log.read_bytes().splitlines()
    except OSError as error:
        raise TrialError(f"{log}: {error}") from error
    for line in lines:
        if told := _LINE.fullmatch(line):
            t_ns = MONO_BEGIN_NS + round(float(told[1]) * 1e9)
            for block in nmea.feed(told[2] + b"\r\n", t_ns):
                yield Said(t_ns, tuple(pipeline.step(block)))


def said(path: Path) -> Iterator[Said]:
    """What `detect` wrote."""
    decoder = msgspec.json.Decoder(Said)
    with path.open("rb") as file:
        yield from map(decoder.decode, file)
