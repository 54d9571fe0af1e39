"""What tracks are told to be, by judges that knew neither the clip nor its place, beside motion alone and looks alone; and what it costs.

Clips are parted by place, the drones of a field by flight (FOLDS in tools/sight_scenes.py); `strict` figures part fields too (PLACES).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from time import process_time
from typing import Literal

import numpy as np
from msgspec.structs import replace

from edge_node.camera.sight.judge import Judge, look_all
from edge_node.camera.sight.knowledge import CLUTTER, Knowledge
from tools.bench import sight_peers
from tools.bench.figure import Figure
from tools.rotor_score import brier
from tools.sight_bank import Bank
from tools.sight_learn import Floats, Summaries, calibrated, finished, held_out
from tools.sight_scenes import PLACES, fold
from tools.sight_score import DRONE, Asked, among_flying, calibration_errors, clip_names, drones_by_clip, real_after
from tools.sight_tracks import Told, recorded
from tools.train_sight import OF_LOOKS, RECIPES, School, crossed, final, school

BANDS: tuple[Literal["thermal", "visible"], ...] = ("thermal", "visible")
SEED = 1
PANNING = "thermal640"
TOGETHER = 30  # tracks in one picture


def figures() -> Iterator[Figure]:
    """All figures of this bench; none where the clips are not."""
    folder: Path = import_module("tests.conftest").DATA / "camera"
    if not folder.is_dir():
        return
    for band in BANDS:
        taught = school(band, SEED)
        known, _ = crossed(taught, SEED, RECIPES[band])
        odds = held_out(known, SEED, OF_LOOKS[band])
        yield from _told(band, taught, known, calibrated(known, odds))
        yield from _strict(band, taught)
        if band == "thermal":
            yield from _panning(Knowledge.of(finished(known, odds, final(taught, SEED, RECIPES[band]), SEED, OF_LOOKS[band])))
    yield from _cost()


def _told(band: str, taught: School, known: Summaries, ours: Floats) -> Iterator[Figure]:
    names = clip_names(known, taught.known)
    motion, patches = sight_peers.by_motion(known), sight_peers.by_patches(known, taught.known)
    for count in (5, 15):
        asked, theirs = (real_after(known, names, 1 - said[:, CLUTTER], count) for said in (ours, motion))
        yield from _area(f"{band}_real_after_{count}", asked, theirs, sight_peers.MOTION)
    for name, others in (("all", (1, 2, 3)), ("bird", (1,)), ("aeroplane", (2,)), ("helicopter", (3,))):
        asked, looks, moves = (drones_by_clip(known, names, among_flying(said), others) for said in (ours, patches, motion))
        yield from _area(f"{band}_drone_from_{name}", asked, looks, sight_peers.NETWORK)
        if name == "all":
            yield Figure(f"sight.{band}_drone_from_all_moving", asked.auc, "", moves.auc, sight_peers.MOTION)
    drone, real = calibration_errors(known, ours)
    theirs_drone, theirs_real = calibration_errors(known, motion)
    yield Figure(f"sight.{band}_calibration_error_drone", drone, "", theirs_drone, sight_peers.MOTION)
    yield Figure(f"sight.{band}_calibration_error_real", real, "", theirs_real, sight_peers.MOTION)
    rows = known.recorded
    yield Figure(f"sight.{band}_brier_drone", brier(ours[rows, DRONE], known.labels[rows] == DRONE), "")


def _area(name: str, ours: Asked, theirs: Asked | None = None, peer: str = "") -> Iterator[Figure]:
    yield Figure(f"sight.{name}_auc", ours.auc, "", theirs.auc if theirs else None, peer)
    low, high = ours.interval()
    yield Figure(f"sight.{name}_auc_low", low, "")
    yield Figure(f"sight.{name}_auc_high", high, "")


def _strict(band: str, taught: School) -> Iterator[Figure]:
    """With halves that have no place in common: half of all is left to learn from, of thermal drones one clip or those of one field.

    Drones are told from others of the same half, by one and the same judge, and the halves' areas are averaged.
    """
    moved = [replace(one, fold=fold(band, one.clip, PLACES) if one.recorded else k % 2) for k, one in enumerate(taught.known)]
    folds = np.array([one.fold for one in moved])[taught.bank.tracks]
    bank = Bank(taught.bank.patches, taught.bank.labels, taught.bank.tracks, folds, folds)
    known, _ = crossed(School(moved, bank), SEED, RECIPES[band])
    said, names = calibrated(known, held_out(known, SEED, OF_LOOKS[band])), clip_names(known, moved)
    halves = [known.folds == half for half in (0, 1)]
    areas = [drones_by_clip(known.of(half), names[half], among_flying(said[half])).auc for half in halves]
    yield Figure(f"sight.{band}_strict_drone_from_all_auc", float(np.mean(areas)), "")
    real = real_after(known, names, 1 - said[:, CLUTTER])
    yield Figure(f"sight.{band}_strict_real_after_15_auc", real.auc, "")


def _panning(knows: Knowledge) -> Iterator[Figure]:
    """Tracks of another camera, which turns, by judges that never saw one of its pictures."""
    tracks = [one for one in recorded(PANNING, SEED) if len(one.seen) >= 15]
    judges = [_after(one, knows, 15) for one in tracks]
    truth = np.array([one.label != "clutter" for one in tracks])
    clips = np.array([one.clip for one in tracks])
    asked = Asked(np.array([judge.real for judge in judges]), truth, clips)
    yield Figure("sight.panning_real_after_15_auc", asked.auc, "")
    drones = [judge.probabilities["drone"] for judge, drone in zip(judges, truth, strict=True) if drone]
    yield Figure("sight.panning_drone_probability", float(np.mean(drones)), "")


def _after(one: Told, knows: Knowledge, count: int) -> Judge:
    judge = Judge("thermal", knows)
    for seen in one.seen[:count]:
        judge.see(seen)
    return judge


def _cost() -> Iterator[Figure]:
    """CPU time an observation of many tracks that are judged together in every picture, and what the weights take."""
    tracks = [one.seen for one in recorded(PANNING, SEED) if len(one.seen) >= 60][:TOGETHER]
    judges = [Judge("thermal") for _ in tracks]
    begun, count = process_time(), 0
    for at in range(60):
        for judge, seen in zip(judges, tracks, strict=True):
            judge.see(seen[at])
        look_all(judges)
        count += sum(judge.real >= 0 for judge in judges)
    yield Figure("sight.judging_us", (process_time() - begun) / count * 1e6, "us")
    sizes = [len(files("edge_node.camera.sight").joinpath(f"{band}.npz").read_bytes()) for band in BANDS]
    yield Figure("sight.weights_kib", sum(sizes) / 1024, "KiB")
