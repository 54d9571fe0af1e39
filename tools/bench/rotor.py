"""Rotor detection on recordings beside log-mel with a support vector machine or trees: split by recording, other drones, events, cost.

Drawn from recordings that the shipped weights never saw are those of esc, dad and dp; of svan they know all, so that family is judged by
networks that knew one half of it and judge the other. Every training here is by tools.train_rotor's own functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from time import process_time

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.acoustic.rotor.evidence import Evidence
from edge_node.acoustic.rotor.features import Features, features
from edge_node.acoustic.rotor.model import DRONES, RATE_HZ, WINDOW, RotorModel
from tools.bench import rotor_baseline, rotor_told
from tools.bench.figure import Figure
from tools.rotor_data import Clip, clips, recordings
from tools.rotor_score import Truth, Windows, auc, brier, calibration_error, found_at, windows
from tools.simulate.sounds import Floats
from tools.train_rotor import Learned, learn, train

SIMULATED, RECORDED, NOISY, NETWORKS, SEED = 3000, 5000, 9000, 3, 11
PINK_DB = (None, 0.0, -10.0)
AGAINST = "log-mel and tonality, support vectors"
IN_NOISE = "log-mel and tonality, boosted trees, taught in this noise"
HOP_S, WITHIN_S, HOURS = 0.25, 3.0, 1.0


class Heard(Struct, frozen=True):
    """Windows of all recordings at one ratio of pink noise: what we make of them and what the baseline does."""

    windows: Windows
    ours: list[Features]
    theirs: Floats

    @property
    def vectors(self) -> Floats:
        """Our feature vectors (n, features)."""
        return np.array([one.vector for one in self.ours])


class Stage(Struct, frozen=True):
    """Everything that several figures are drawn from."""

    known: list[Clip]
    heard: dict[float | None, Heard]
    simulated: Learned
    family: NDArray[np.str_]
    kind: NDArray[np.str_]

    def half(self, seed: int) -> NDArray[np.bool_]:
        """Half of the recordings of every family and kind, (clips,); clips that share sound stay together."""
        rng, of = np.random.default_rng(seed), recordings(self.known)
        taken = np.zeros(len(self.known), dtype=bool)
        for family, kind in sorted(set(zip(self.family, self.kind, strict=True))):
            here = np.unique(of[(self.family == family) & (self.kind == kind)])
            taken |= np.isin(of, rng.permutation(here)[: (len(here) + 1) // 2])
        return taken


def figures() -> Iterator[Figure]:
    """All figures of this bench; none where the recordings are not."""
    folder: Path = import_module("tests.conftest").DATA / "acoustic"
    if not folder.is_dir():
        return
    stage = _stage(clips(folder))
    yield from _split(stage)
    yield from _shipped(stage)
    yield from _cross(stage)
    yield from _events(stage)
    yield from rotor_told.figures([clip for clip in stage.known if clip.family != "svan"])
    yield from _cost(stage)


def _stage(known: list[Clip]) -> Stage:
    heard = {}
    for pink_db in PINK_DB:
        cut = windows(known, pink_db)
        theirs = np.array([rotor_baseline.vector(one) for one in cut.sounds])
        heard[pink_db] = Heard(cut, [features(one) for one in cut.sounds], theirs)
    family, kind = np.array([clip.family for clip in known]), np.array([clip.kind for clip in known])
    return Stage(known, heard, learn([], SIMULATED, SEED), family, kind)


def trained(stage: Stage, chosen: NDArray[np.bool_]) -> RotorModel:
    """Networks that know the chosen recordings (clips,), clear and under noise, and simulated sound, calibrated on what they held out."""
    some = [clip for clip, taken in zip(stage.known, chosen, strict=True) if taken]
    clear, noisy = learn(some, RECORDED, SEED + 1, recorded=1.0), learn(some, NOISY, SEED + 2, recorded=1.0, noisy=True)
    learned = clear.beside(stage.simulated).beside(noisy)
    return RotorModel.of(train(learned, SEED, NETWORKS))


def _probability(model: RotorModel, heard: Heard, chosen: NDArray[np.bool_]) -> Floats:
    return np.asarray(model.probabilities(heard.vectors[chosen])[:, :DRONES].sum(axis=1))


def _pair(name: str, measure: Callable[[Floats, Truth], float], ours: Floats, theirs: Floats, drone: Truth) -> Figure:
    return Figure(name, measure(ours, drone), "", measure(theirs, drone), IN_NOISE if "pink" in name else AGAINST)


def _protocol(stage: Stage, name: str, known: NDArray[np.bool_], asked: NDArray[np.bool_], model: RotorModel) -> Iterator[Figure]:
    """Area and rate found on the asked recordings, clean and in noise, beside baselines that know what `known` says."""
    clean = stage.heard[None]
    taught = clean.windows.of(known)
    in_the_clear = rotor_baseline.machine(clean.theirs[taught], clean.windows.drone[taught])
    at_all = np.concatenate([heard.theirs[taught] for heard in stage.heard.values()])
    in_noise = rotor_baseline.trees(at_all, np.tile(clean.windows.drone[taught], len(stage.heard)))
    for pink_db, suffix in ((None, ""), (0.0, "_pink_0"), (-10.0, "_pink_10")):
        heard = stage.heard[pink_db]
        chosen = heard.windows.of(asked)
        drone = heard.windows.drone[chosen]
        baseline = in_the_clear if pink_db is None else in_noise
        ours, theirs = _probability(model, heard, chosen), baseline.decision_function(heard.theirs[chosen])
        yield _pair(f"rotor.{name}_auc{suffix}", auc, ours, theirs, drone)
        if pink_db is None:
            yield _pair(f"rotor.{name}_found", found_at, ours, theirs, drone)


def _split(stage: Stage) -> Iterator[Figure]:
    half = stage.half(0)
    yield from _protocol(stage, "split", half, ~half, trained(stage, half))


def _shipped(stage: Stage) -> Iterator[Figure]:
    """The weights of the package on families that they never saw, and how far their probabilities can be trusted."""
    model, unseen = RotorModel.load(), stage.family != "svan"
    yield from _protocol(stage, "shipped", ~unseen, unseen, model)
    heard = stage.heard[None]
    chosen = heard.windows.of(unseen)
    said, drone = _probability(model, heard, chosen), heard.windows.drone[chosen]
    yield Figure("rotor.shipped_calibration_error", calibration_error(said, drone), "")
    yield Figure("rotor.shipped_brier", brier(said, drone), "", brier(np.full(len(said), drone.mean()), drone), "the share of drones alone")


def _cross(stage: Stage) -> Iterator[Figure]:
    """Taught by some places and drones, asked about others."""
    family, half = stage.family, stage.half(1)
    esc, other = (family == "esc") & half, (family == "esc") & ~half
    ways = {
        "to_dp_dad": ((family == "svan") | esc, (family == "dp") | (family == "dad") | other),
        "to_svan": ((family == "dad") | esc, (family == "svan") | other),
        "svan_half": ((family == "svan") & half, (family == "svan") & ~half),
    }
    for name, (known, asked) in ways.items():
        yield from (figure for figure in _protocol(stage, name, known, asked, trained(stage, known)) if "pink" not in figure.name)


def _verdicts(model: RotorModel, sound: Floats) -> Iterator[tuple[float, float]]:
    evidence, hop = Evidence(), round(HOP_S * RATE_HZ)
    for end in range(WINDOW, len(sound) + 1, hop):
        judged = evidence.update(end / RATE_HZ, model.judge(sound[end - WINDOW : end]))
        yield end / RATE_HZ, float(judged.present)


def _events(stage: Stage) -> Iterator[Figure]:
    """Each recording of unseen families by a fresh listener: how often a drone is wrongly said to be there, how soon rightly."""
    model = RotorModel.load()
    false, seconds, soon, drones = 0, 0.0, 0, 0
    by_kind: dict[str, list[float]] = {}
    for clip in (clip for clip in stage.known if clip.family != "svan"):
        said = [present for _, present in _verdicts(model, _looped(clip, 15.0))]
        if clip.kind == "drone":
            drones += 1
            soon += any(said[: round((WITHIN_S - 1) / HOP_S) + 1])
            continue
        rises = sum(b > a for a, b in zip([0.0, *said], said, strict=False))
        false, seconds = false + rises, seconds + 15.0
        by_kind.setdefault(clip.kind, []).append(float(np.mean(said)))
    yield Figure("rotor.false_events", false / seconds * 3600, "/h")
    yield Figure("rotor.found_within_3_s", soon / drones, "")
    for kind, shares in sorted(by_kind.items()):
        yield Figure(f"rotor.false_time_{kind}", 100 * float(np.mean(shares)), "%")


def _looped(clip: Clip, seconds: float) -> Floats:
    return np.resize(clip.sound, round(seconds * RATE_HZ))


def _cost(stage: Stage) -> Iterator[Figure]:
    """CPU time a window, ours and the baseline's taken in turn."""
    model, heard = RotorModel.load(), stage.heard[None]
    some = heard.windows.sounds[:: max(1, len(heard.windows.sounds) // 200)]
    taught = heard.windows.of(stage.half(0))
    baseline = rotor_baseline.machine(heard.theirs[taught], heard.windows.drone[taught])
    spent = np.zeros((len(some), 2))
    for k, sound in enumerate(some):
        begun = process_time()
        model.judge(sound)
        between = process_time()
        baseline.decision_function(rotor_baseline.vector(sound)[None])
        spent[k] = between - begun, process_time() - between
    ours, theirs = np.median(spent, axis=0) * 1000
    yield Figure("rotor.judging_ms", float(ours), "ms", float(theirs), AGAINST)
