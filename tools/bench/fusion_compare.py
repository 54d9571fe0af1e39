"""The same detections to this node's tracker and to Stone Soup: how well, how fast and with how much memory both track six scenes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from tools.bench.figure import Figure
from tools.bench.fusion_run import Made, Score, ours, score, theirs
from tools.bench.fusion_scenes import SCENES, Scene, made
from tools.bench.stone_soup import CHOSEN, NAME

SEEDS = range(1, 6)
TIMED_SEED = SEEDS[0]
"""Of one seed alone time is taken: a peer of its own parts takes many times as long as all the rest."""


class Both(NamedTuple):
    """What both made of one scene."""

    scene: Scene
    made: Made
    peer: Made


def figures() -> Iterator[Figure]:
    """Scene by scene, then over all of them."""
    everything: list[Both] = []
    for name in SCENES:
        some = [_both(made(name, seed)) for seed in SEEDS]
        everything += some
        yield from _of_a_scene(name, some)
    yield from _rates("fusion.rate", everything)
    peaks = max(one.made.peak_mib for one in everything), max(one.peer.peak_mib for one in everything)
    yield Figure("fusion.memory_mib", peaks[0], "MiB", peaks[1], f"{NAME}, the whole process")


def _rates(name: str, some: Sequence[Both]) -> Iterator[Figure]:
    """Detections for each second of CPU time inside the trackers, whatever they do in it."""
    timed = [one for one in some if one.scene.seed == TIMED_SEED]
    said = sum(one.scene.detections for one in timed)
    mine, plain, quick = (
        said / sum(each) for each in zip(*((one.made.took_s, one.peer.plain_s, one.peer.took_s) for one in timed), strict=True)
    )
    yield Figure(name, mine, "detections/s", plain, f"{NAME}, of its own parts")
    yield Figure(name.replace("rate", "rate_quickened"), mine, "detections/s", quick, f"{NAME}, looking at distances first")


def _both(scene: Scene) -> Both:
    return Both(scene, ours(scene), theirs(scene, CHOSEN[scene.name] | {"timed": scene.seed == TIMED_SEED}))


def _of_a_scene(name: str, some: Sequence[Both]) -> Iterator[Figure]:
    unit = "m" if some[0].scene.judged == "place" else "deg"
    mine, peers = [score(one.scene, one.made) for one in some], [score(one.scene, one.peer) for one in some]
    yield Figure(f"fusion.gospa.{name}", mean(mine, "gospa"), unit, mean(peers, "gospa"), NAME)
    for part in ("localisation", "missed", "false"):
        yield Figure(f"fusion.{part}.{name}", mean(mine, part), f"{unit}2", mean(peers, part), NAME)
    yield Figure(f"fusion.switches.{name}", mean(mine, "switches"), "a scene", mean(peers, "switches"), NAME)
    yield Figure(f"fusion.purity.{name}", mean(mine, "purity"), "of 1", mean(peers, "purity"), NAME)
    yield from _rates(f"fusion.rate.{name}", some)


def mean(scores: Sequence[Score], part: str) -> float:
    """Over seeds."""
    return float(np.mean([getattr(one, part) for one in scores]))
