"""The black box at full rate: what holding the last seconds costs beside the detectors, how much memory it takes, what keeping costs."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from msgspec.structs import replace

from drivers.blocks import AnyBlock, AudioBlock, Frame, IqBlock
from drivers.iq_formats import unpack
from drivers.microphone_arrays import Mounting, mounted, read_array
from drivers.pcm import full_scale
from edge_node.config import BlackBoxTable, Config, NodeTable
from edge_node.node.black_box import BlackBox
from edge_node.node.pipeline import Pipeline
from edge_node.record.part import SensorPart, Target
from edge_node.record.ring import Ring
from edge_node.record.sealed import make_pair
from tools.bench.figure import Figure

SECONDS, WARM_S, ROUND_S = 12, 2, 1
MADE = 8
MEMORY_MB = 64
TABLE = BlackBoxTable(on=("command",), sound=True, video=True, memory_mb=MEMORY_MB)
NS_PER_S = 1_000_000_000


class Given(NamedTuple):
    """A sensor at full rate: some of its blocks, and how many come a second."""

    blocks: list[AnyBlock]
    hz: float

    def at(self, number: int) -> AnyBlock:
        """The how-manieth block."""
        block = self.blocks[number % len(self.blocks)]
        return replace(block, t_mono_ns=round(number / self.hz * NS_PER_S), sequence=number)  # type: ignore[type-var]


def sensors() -> dict[str, Given]:
    """16 channels at 48 kHz, 2.4 MS/s, 640x512 of 16 bits at 30 Hz."""
    rng = np.random.default_rng(1)
    array = mounted(read_array("uma_16"), Mounting("uma_16"))
    sound: list[AnyBlock] = [
        AudioBlock(0, 0, 0, 48_000, full_scale((rng.standard_normal((2_048, 16)) * 300).astype(np.int16)), array) for _ in range(MADE)
    ]
    air = [np.clip(np.rint(rng.standard_normal(131_072) * 10 + 127.4), 0, 255).astype(np.uint8).tobytes() for _ in range(MADE)]
    iq: list[AnyBlock] = [IqBlock(0, 0, 0, 2.4e6, 868e6, unpack(one, "cu8").samples) for one in air]
    sky = (rng.standard_normal((512, 640)) * 20 + 20_000).astype(np.uint16)
    pictures: list[AnyBlock] = [Frame(0, 0, 0, sky + rng.integers(0, 40, sky.shape).astype(np.uint16)) for _ in range(MADE)]
    return {"sound": Given(sound, 48_000 / 2_048), "iq": Given(iq, 2.4e6 / 65_536), "pictures": Given(pictures, 30.0)}


def figures() -> Iterator[Figure]:
    """Of a core, by CPU time; each sensor beside its own detector, so that caches are as cold as they are on a node."""
    cv2.setNumThreads(1)
    whole = without = held = 0.0
    with tempfile.TemporaryDirectory() as folder:
        given = sensors()
        for name, one in given.items():
            box, alone, with_it = _beside(one, Path(folder))
            whole, without, held = whole + with_it, without + alone, held + box
            yield Figure(f"black_box.{name}_cpu", 100 * box, "% of a core")
        yield Figure("black_box.cpu", 100 * held, "% of a core")
        yield Figure("black_box.run_cpu", 100 * whole, "% of a core", 100 * without, "without")
        rings = {name: _filled(one) for name, one in given.items()}
        took = sum(ring.bytes for ring in rings.values()) / 2**20
        yield Figure("black_box.memory_mib", took, "MiB", MEMORY_MB * len(rings), "configured")
        yield from (Figure(f"black_box.{name}_s", ring.seconds, "s", TABLE.seconds_before, "configured") for name, ring in rings.items())
        _, public = make_pair()
        for what, key in (("keeping", None), ("sealing", public)):
            target = Target(Path(folder, what), "bench", 0, key)
            target.folder.mkdir()
            spent = sum(_kept(ring, target, name) for name, ring in rings.items())
            yield Figure(f"black_box.{what}_cpu", 100 * spent, "% of a core")


def _beside(given: Given, folder: Path) -> tuple[float, float, float]:
    """Shares of a core: of the box by itself, and of the same run without it and with it, round after round."""
    box = BlackBox(Config(node=NodeTable(run_dir=folder, state_dir=folder), black_box=TABLE), "one")
    pipelines = Pipeline("without"), Pipeline("with")
    spent = [0.0, 0.0]
    boxed, each = 0.0, round(ROUND_S * given.hz)
    for number in range(round(SECONDS / ROUND_S)):
        for which, pipeline in enumerate(pipelines):
            began_s, took = time.process_time(), 0.0
            for at in range(number * each, (number + 1) * each):
                block = given.at(at)
                if which:
                    took += _timed(lambda block=block: box.take(block))  # type: ignore[misc]
                    took += _timed(lambda block=block: box.look(block.t_mono_ns))  # type: ignore[misc]
                pipeline.step(block)
            if number * ROUND_S >= WARM_S:
                spent[which] += time.process_time() - began_s
                boxed += took
    box.close()
    measured_s = SECONDS - WARM_S
    return boxed / measured_s, spent[0] / measured_s, spent[1] / measured_s


def _timed(what: Callable[[], None]) -> float:
    began_s = time.process_time()
    what()
    return time.process_time() - began_s


def _filled(given: Given) -> Ring:
    ring = Ring(TABLE.seconds_before, MEMORY_MB << 20)
    for number in range(round(2 * TABLE.seconds_before * given.hz)):
        ring.add(given.at(number))
    return ring


def _kept(ring: Ring, target: Target, name: str) -> float:
    """Share of a core while blocks are written as fast as they come, each of them safe from a kill."""
    part = SensorPart(target, name, 1)
    began_s = time.process_time()
    for held in ring.since(0):
        part.write(held.kept)
        part.flush()
    part.close()
    return (time.process_time() - began_s) / ring.seconds
