"""What one sensor's process would give to the hub of a recording's blocks, here or in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec
from msgspec import Struct

from drivers.blocks import AnyBlock, AudioBlock, IqBlock
from drivers.source import SourceError
from edge_node.messages import BusMessage
from edge_node.node.gate.admission import Admission
from edge_node.node.pipeline import COVERS_EVERY_NS, Pipeline
from edge_node.record.folder import RecordedFolder, RecordedSensor, RecordingUnreadable

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
LENGTH_BYTES = 4
LEAST_RATE_HZ = 1.0


class Passed(Struct, frozen=True, tag=True):
    """When a sensor said what to the hub; `turned` where a hub has told it before, as from where the node stood."""

    t_mono_ns: int
    sensor: str
    messages: tuple[BusMessage, ...]
    turned: bool = False


class Ended(Struct, frozen=True, tag=True):
    """A sensor has no more blocks: what was found, and where the recording is cut."""

    words: str
    cut: str | None = None
    problem: str | None = None


class Job(Struct, frozen=True):
    """One sensor of a recording, from and to which monotonic time."""

    folder: str
    key: bytes | None
    sensor: str
    from_ns: int
    to_ns: int


def lasts_ns(block: AnyBlock) -> int:
    """How long it takes for a block to be whole; raises SourceError for one that never is."""
    if isinstance(block, AudioBlock | IqBlock):
        if not block.sample_rate_hz >= LEAST_RATE_HZ:
            raise SourceError(f"a block of {block.sample_rate_hz} samples a second is none of a device")
        return round(len(block.samples) / block.sample_rate_hz * 1e9)
    return 0


def said(recording: RecordedFolder, sensor: RecordedSensor, from_ns: int, to_ns: int) -> Iterator[Passed | Ended]:
    """What this sensor says, each when its block was whole, and at last how it ended; raises SourceError."""
    pipeline, admission, t_ns = Pipeline(sensor.name, sensor.settings), Admission(), from_ns
    for block in recording.blocks(sensor.name):
        if not from_ns <= block.t_mono_ns < to_ns:
            continue
        whole_ns = min(max(block.t_mono_ns + lasts_ns(block), t_ns), to_ns)
        yield from _idle(pipeline, t_ns, whole_ns)
        t_ns = whole_ns
        if messages := admission.admit(_found(pipeline, block)):
            yield Passed(t_ns, sensor.name, tuple(messages))
    yield from _idle(pipeline, t_ns, to_ns)
    yield Ended(pipeline.words(), recording.cut)


def _found(pipeline: Pipeline, block: AnyBlock) -> Sequence[BusMessage]:
    """A recording may be of no device at all: what its pipeline cannot take is said, and ends the replay."""
    try:
        return pipeline.step(block)
    except (ValueError, ArithmeticError) as error:
        raise SourceError(f"{pipeline.sensor}: a block that no device gives: {error}") from error


def _idle(pipeline: Pipeline, from_ns: int, to_ns: int) -> Iterator[Passed]:
    """What it covers, which a worker tells as well while its source lives and hands over nothing."""
    for t_ns in range(from_ns + COVERS_EVERY_NS, to_ns, COVERS_EVERY_NS):
        if messages := pipeline.idle(t_ns):
            yield Passed(t_ns, pipeline.sensor, tuple(messages))


class Apart:
    """The same of a process of its own, which goes ahead as far as a pipe holds; reading it raises SourceError."""

    def __init__(self, job: Job) -> None:
        self._sensor = job.sensor
        command = [sys.executable, "-m", "edge_node.node.saying"]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | ONE_THREAD)
        stdin, self._out = cast("BinaryIO", self._child.stdin), cast("BinaryIO", self._child.stdout)
        with stdin:
            stdin.write(msgspec.json.encode(job))

    def __iter__(self) -> Iterator[Passed | Ended]:
        for frame in _frames(self._out):
            if isinstance(frame, Ended) and frame.problem is not None:
                raise SourceError(frame.problem)
            yield frame
            if isinstance(frame, Ended):
                return
        raise SourceError(f"the process that played {self._sensor} ended by itself ({self._child.wait()})")

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()
        self._out.close()


def _frames(stream: BinaryIO) -> Iterator[Passed | Ended]:
    decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(Passed | Ended)
    while len(head := stream.read(LENGTH_BYTES)) == LENGTH_BYTES:
        size = int.from_bytes(head)
        if len(data := stream.read(size)) < size:
            return
        yield decoder.decode(data)


def main() -> int:
    """One job in JSON on standard input, frames on standard output."""
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    encoder, out = msgspec.msgpack.Encoder(), sys.stdout.buffer
    for frame in _done(job):
        data = encoder.encode(frame)
        try:
            out.write(len(data).to_bytes(LENGTH_BYTES) + data)
            out.flush()
        except BrokenPipeError:
            os._exit(0)  # nobody hears any more, and what is left in `out` would be tried again on the way out
    return 0


def _done(job: Job) -> Iterator[Passed | Ended]:
    try:
        recording = RecordedFolder(Path(job.folder), job.key)
        sensor = next(one for one in recording.sensors if one.name == job.sensor)
        yield from said(recording, sensor, job.from_ns, job.to_ns)
    except (SourceError, RecordingUnreadable, OSError) as error:
        yield Ended("", problem=str(error))


if __name__ == "__main__":
    sys.exit(main())
