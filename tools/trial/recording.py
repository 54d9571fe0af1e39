"""Recordings that lie in a folder, through the node's own detectors and tracker in the recordings' own time; the same trial comes out."""

from __future__ import annotations

import heapq
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

import edge_node
from tools.c2.news import Event
from tools.trial import recorded
from tools.trial.detecting import Said, position, said
from tools.trial.jobs import Detect, done
from tools.trial.outcome import HEARD, TRUTH, Head, Heard, Mode, SensorSaid, TrialError, write_head, write_lines
from tools.trial.quiet_hub import QuietHub
from tools.trial.recorded import MONO_BEGIN_NS, Recorded, RecordedNode

GNSS, DRIVER = "gnss", "recording"
TAIL_NS = 1_000_000_000


def play(folder: Path, out: Path, mode: Mode = "recording") -> Head:
    """Leave a trial in the folder `out`; raises TrialError that says what is wrong with the recordings."""
    told = recorded.read(folder)
    if not (folder / TRUTH).exists():
        raise TrialError(f"{folder}: there is no {TRUTH}: a trial needs to know where everything was")
    takes = [recorded.takes(folder, node) for node in told.node]
    with TemporaryDirectory(prefix="en-") as here:
        files = [[Path(here, f"{n}-{k}.jsonl") for k in range(len(of))] for n, of in enumerate(takes)]
        jobs = [Detect(str(folder), n, k, str(path)) for n, of in enumerate(files) for k, path in enumerate(of)]
        done(jobs)
        streams = []
        for node, of, paths in zip(told.node, takes, files, strict=True):
            sources = [said(path) for path in paths] + ([position(folder / node.nmea, GNSS)] if node.nmea else [])
            names = [take.name for take in of]
            streams.append(_node(node, names, told, list(_kept(sources, out / f"detections-{node.name}.jsonl"))))
        write_lines(out / HEARD, (_heard(*one) for one in heapq.merge(*streams, key=lambda one: one[0])))
    shutil.copyfile(folder / TRUTH, out / TRUTH)
    named = [SensorSaid(take.node, take.name, DRIVER, take.sense) for of in takes for take in of]
    named += [SensorSaid(node.name, GNSS, DRIVER, GNSS) for node in told.node if node.nmea]
    head = Head(
        scene=told.scene,
        seed=told.seed,
        seconds=told.seconds,
        mode=mode,
        version=edge_node.__version__,
        begun_utc_ms=told.begun_utc_ms,
        nodes=tuple(node.stood for node in told.node),
        sensors=tuple(named),
    )
    write_head(out, head)
    return head


def _kept(sources: list[Iterator[Said]], path: Path) -> Iterator[Said]:
    """All that was said in its order, and each message in the file too."""
    with path.open("wb") as out:
        for one in heapq.merge(*sources, key=lambda one: one.t_mono_ns):
            for message in one.messages:
                out.write(msgspec.json.encode(message) + b"\n")
            yield one


def _node(node: RecordedNode, names: list[str], told: Recorded, heard: list[Said]) -> Iterator[tuple[int, Event]]:
    """What C2 has of one node; `names` are those of its sensors."""
    hub = QuietHub(node, told.begun_utc_ms, [*((name, DRIVER) for name in names), *([(GNSS, DRIVER)] if node.nmea else [])])
    for one in heard:
        yield from hub.take(one)
    yield from hub.until(MONO_BEGIN_NS + round(told.seconds * 1e9) + TAIL_NS)


def _heard(t_mono_ns: int, event: Event) -> Heard:
    return Heard(round((t_mono_ns - MONO_BEGIN_NS) / 1e9, 3), msgspec.to_builtins(event))
