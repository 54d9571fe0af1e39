"""`python -m tools.train_sight`: rebuild the weights of camera judges from CC0 clips and simulated flights."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from threadpoolctl import threadpool_limits

from edge_node.camera.sight import knowledge
from edge_node.camera.sight.knowledge import Band
from edge_node.camera.sight.look import Networks
from tools.sight_bank import Bank, bank
from tools.sight_dots import fitted, lessons
from tools.sight_learn import Summaries, by_fold, calibrated, finished, held_out, network, summaries
from tools.sight_net import Recipe
from tools.sight_scenery import scenery
from tools.sight_score import among_flying, calibration_errors, clip_names, drones_by_clip, real_after
from tools.sight_tracks import Told, backgrounds, recorded, simulated

BANDS: tuple[Band, ...] = ("thermal", "visible")
SIMULATED, SCENES, NETWORKS = 160, 60, 2
RECIPES = {"thermal": Recipe(recorded=0.7), "visible": Recipe()}
OF_LOOKS = {"thermal": 0.0, "visible": 4.0}  # visible clips hold few aeroplanes and helicopters to learn paths from


class School(Struct, frozen=True):
    """What a band is learnt from."""

    known: list[Told]
    bank: Bank


def school(band: Band, seed: int, simulated_each: int = SIMULATED) -> School:
    """Tracks of a band's clips and simulated ones, and their patches in other light."""
    behind = backgrounds(band)
    known = recorded(band, seed) + simulated(band, behind, simulated_each, seed + 1)
    known += scenery(band, SCENES, sorted(behind), seed + 5)
    return School(known, bank(band, known, behind, seed + 2))


def crossed(taught: School, seed: int, recipe: Recipe) -> tuple[Summaries, dict[int, Networks]]:
    """Summaries of all tracks by networks that do not know the fold of each, and those networks by fold."""
    networks = by_fold(taught.known, taught.bank, seed + 3, recipe)
    return summaries(taught.known, networks), networks


def final(taught: School, seed: int, recipe: Recipe) -> Networks:
    """Networks that know all."""
    more = replace(recipe, networks=NETWORKS)
    return network(taught.known, taught.bank, np.ones(len(taught.bank.labels), dtype=bool), seed + 4, more)


def said(known: Summaries, told: Sequence[Told], odds: np.ndarray) -> str:
    """How good judges were on folds they did not know."""
    probabilities, names = calibrated(known, odds), clip_names(known, told)
    real = real_after(known, names, 1 - probabilities[:, knowledge.CLUTTER])
    drone = drones_by_clip(known, names, among_flying(probabilities))
    errors = calibration_errors(known, probabilities)
    return (
        f"held out: object or clutter after 15 observations {real.auc:.3f} {real.interval()}, drone by clip {drone.auc:.3f} "
        f"{drone.interval()}, calibration errors {errors[0]:.3f} and {errors[1]:.3f}"
    )


def write(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """One band's weights."""
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    print(f"wrote {path} of {path.stat().st_size / 1024:.0f} KiB", flush=True)


def train(band: Band, output: Path, folds: Path | None, seed: int) -> None:
    """Learn one band, and write what knows all and, where a folder is given, what knows nothing of each fold."""
    taught = school(band, seed)
    print(f"{band}: {dict(Counter(one.label for one in taught.known if one.recorded))} recorded tracks", flush=True)
    known, networks = crossed(taught, seed, RECIPES[band])
    odds, dots = held_out(known, seed, OF_LOOKS[band]), lessons(band, networks, seed + 6)
    print(said(known, taught.known, odds), flush=True)
    write(
        output / f"{band}.npz",
        finished(known, odds, final(taught, seed, RECIPES[band]), seed, OF_LOOKS[band]) | fitted(dots),
    )
    if folds is None:
        return
    for fold, judging in networks.items():
        others = known.folds != fold
        write(
            folds / f"{band}_{fold}.npz",
            finished(known.of(others), odds[others], judging, seed, OF_LOOKS[band]) | fitted(dots.of(dots.folds != fold)),
        )


def train_dots(band: Band, output: Path, folds: Path, seed: int) -> None:
    """Learn anew what dots are, by the networks that `folds` holds, and leave all else in the files as it is."""
    files = {int(path.stem.rsplit("_", 1)[1]): _arrays(path) for path in sorted(folds.glob(f"{band}_*.npz"))}
    networks = {fold: _networks(arrays) for fold, arrays in files.items()}
    dots = lessons(band, networks, seed + 6)
    write(output / f"{band}.npz", _arrays(output / f"{band}.npz") | fitted(dots))
    for fold, arrays in files.items():
        write(folds / f"{band}_{fold}.npz", arrays | fitted(dots.of(dots.folds != fold)))


def _networks(arrays: dict[str, np.ndarray]) -> Networks:
    return Networks(*(np.asarray(arrays[f"net_{name}"], np.float32) for name in Networks.__struct_fields__))


def _arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files} | {"schema": np.array(knowledge.SCHEMA)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, say on what and how well, and write."""
    parser = argparse.ArgumentParser(prog="python -m tools.train_sight", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(knowledge.__file__).parent, help="a folder")
    parser.add_argument("--folds", type=Path, help="a folder for weights that know nothing of one fold each (tools/sight_scenes.py)")
    parser.add_argument("--bands", nargs="+", choices=BANDS, default=BANDS)
    parser.add_argument("--dots", action="store_true", help="learn only what dots are, and keep the rest of the files")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    if asked.dots and not asked.folds:
        parser.error("--dots needs --folds: what looks at dots must not know them")
    cv2.setNumThreads(1)
    with threadpool_limits(1):
        for band in asked.bands:
            if asked.dots:
                train_dots(band, asked.output, asked.folds, asked.seed)
            else:
                train(band, asked.output, asked.folds, asked.seed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
