"""What a node with one microphone tells of each recording: the whole way from blocks of sound to detections."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import numpy as np

from drivers.blocks import AudioBlock
from edge_node.acoustic.detector import AcousticDetector
from edge_node.acoustic.rotor.model import RATE_HZ
from tools.bench.figure import Figure
from tools.rotor_data import Clip

SECONDS, BLOCK = 15.0, RATE_HZ // 20
WITHIN_S = 3.0
OVER_S = 2.0  # what was not told for longer and is told again is another event
NS_PER_S = 1_000_000_000


def figures(known: list[Clip]) -> Iterator[Figure]:
    """False events an hour over all recordings of other things, looped, and how many drones are told in time and at all."""
    others = [told_s(clip) for clip in known if clip.kind != "drone"]
    drones = [next(iter(told_s(clip)), inf) for clip in known if clip.kind == "drone"]
    events = sum(1 + int(np.count_nonzero(np.diff(times) > OVER_S)) for times in others if times)
    yield Figure("rotor.told_false_events", events / (len(others) * SECONDS) * 3600, "/h")
    yield Figure("rotor.told_within_3_s", float(np.mean(np.array(drones) <= WITHIN_S)), "")
    yield Figure("rotor.told_at_all", float(np.mean(np.isfinite(drones))), "")


def told_s(clip: Clip) -> list[float]:
    """When, in seconds from its beginning, a node that hears this recording over and over tells of a drone."""
    detector, sound, told = AcousticDetector(), np.resize(clip.sound, round(SECONDS * RATE_HZ))[:, None], []
    for first in range(0, len(sound), BLOCK):
        block = AudioBlock(
            t_mono_ns=first * NS_PER_S // RATE_HZ,
            sequence=first,
            lost=0,
            sample_rate_hz=RATE_HZ,
            samples=sound[first : first + BLOCK],
        )
        if detector.step(block):
            told.append((first + BLOCK) / RATE_HZ)
    return told
