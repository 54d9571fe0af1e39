"""Are judges taught by folds that do not leak, from tracks that are rightly told, and the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from threadpoolctl import threadpool_limits

from edge_node.camera.observation import Observation
from edge_node.camera.sight.judge import Judge
from edge_node.camera.sight.knowledge import LABELS, Knowledge
from edge_node.camera.sight.look import scaled
from tools.bench.camera_clips import Clip, Label, clips
from tools.sight_bank import bank, before, varied
from tools.sight_learn import AT, at_large, blank_dots, calibration, even, finished, held_out, summaries, warmed
from tools.sight_light import some_light
from tools.sight_made import KINDS, View, shown
from tools.sight_net import Lessons, Recipe, slopes, stacked, started, taught
from tools.sight_scenes import FOLDS, PLACES, fold
from tools.sight_tracks import Told, simulated, told
from tools.simulate.flyers import Kind
from tools.simulate.kinds import body_of
from tools.simulate.outdoors import Band
from tools.train_sight import School, crossed, final

SHORT = Recipe(networks=1, channels=(4, 4, 4), hidden=8, steps=12, batch=32)


def _sky(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(100, 2, (120, 160)).astype(np.float32)


@pytest.fixture(scope="module")
def known() -> list[Told]:
    """Tracks of all labels in two folds; what stands for recorded clutter are pieces of noise."""
    flown = simulated("thermal", {0: [_sky(0)], 1: [_sky(1)]}, 4, 3, 9)
    flown = [replace(one, recorded=k % 2 == 0) for k, one in enumerate(flown)]
    blank = np.random.default_rng(5).normal(100, 2, (32, 32)).astype(np.float32)
    noise = [
        Told(f"clip {k}", k % 2, "clutter", [Observation(f, f / 30, (9, 9, 4, 4), 10.0, 10.0, 5, 2, blank) for f in range(9)])
        for k in range(8)
    ]
    return flown + noise


@pytest.fixture(scope="module")
def lessons(known: list[Told]) -> School:
    return School(known, bank("thermal", known, {0: [_sky(0)], 1: [_sky(1)]}, 1))


def test_a_track_is_what_most_of_it_lies_in() -> None:
    clip = Clip(Path("IR_BIRD_1.mp4"), {frame: [Label("bird", (10, 10, 8, 8))] for frame in range(20)})
    patch = np.zeros((32, 32), np.float32)

    def track(inside: int) -> list[Observation]:
        boxes = [(12.0, 12.0, 3.0, 3.0)] * inside + [(90.0, 90.0, 3.0, 3.0)] * (20 - inside)
        return [Observation(frame, frame / 30, box, 0, 0, 9, 1, patch) for frame, box in enumerate(boxes)]

    is_it = [(one.label, one.sure) for one in told(clip, 0, [track(inside) for inside in (20, 8, 3, 1)])]
    assert is_it == [("bird", True), ("bird", False), ("clutter", False), ("clutter", True)]


@pytest.mark.parametrize("parts", [FOLDS, PLACES], ids=["folds", "halves"])
def test_every_clip_is_in_a_fold_and_each_fold_has_drones(parts: dict[str, tuple[tuple[str, ...], ...]], shared_data: Path) -> None:
    assert (shared_data / "camera").is_dir()
    for band, folds in parts.items():
        of = [(fold(band, clip.path.stem, parts), clip.kind == "drone") for clip in clips(band)]
        assert {number for number, drone in of if drone} == {number for number, drone in of if not drone} == set(range(len(folds)))


def test_a_clip_that_nobody_looked_at_is_refused() -> None:
    with pytest.raises(ValueError, match="look at it"):
        fold("visible", "V_SAUCER_001")


def test_each_label_counts_its_share_and_in_it_each_clip(known: list[Told]) -> None:
    tracks = np.repeat(np.arange(len(known)), 3)
    weights = even(known, tracks, np.ones(len(tracks), dtype=bool), dict.fromkeys(LABELS, 1.0))
    label = np.array([one.label for one in known])[tracks]
    assert [weights[label == name].sum() for name in LABELS] == pytest.approx([1 / len(LABELS)] * len(LABELS), rel=1e-4)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Trees grown by several threads wait for each other on a machine that has other work."""
    with threadpool_limits(1):
        yield


@pytest.mark.usefixtures("one_thread")
def test_weights_are_rebuilt_and_judge(known: list[Told], lessons: School) -> None:
    summed, _ = crossed(lessons, 1, SHORT)
    assert set(summed.counts) <= set(AT)
    arrays = finished(summed, held_out(summed, 1, 0.5), final(lessons, 1, SHORT), 1, 0.5)
    judge = Judge("thermal", Knowledge.of(arrays | blank_dots()))
    for one in known[0].seen:
        judge.see(one)
    assert sum(judge.probabilities.values()) == pytest.approx(1, abs=1e-5)
    again = finished(crossed(lessons, 1, SHORT)[0], held_out(summed, 1, 0.5), final(lessons, 1, SHORT), 1, 0.5)
    assert all(np.array_equal(arrays[name], again[name]) for name in arrays)


def test_a_summary_is_of_the_first_observations_alone(known: list[Told], lessons: School) -> None:
    networks = final(lessons, 1, SHORT)
    one = next(one for one in known if len(one.seen) >= 8)
    longer, shorter = (summaries([part], {one.fold: networks}).vectors[0] for part in (one, replace(one, seen=one.seen[:5])))
    assert longer == pytest.approx(shorter)


def test_calibration_finds_what_was_done_to_log_odds() -> None:
    rng = np.random.default_rng(1)
    true = rng.normal(0, 2, (20_000, 3))
    likely = np.exp(true) / np.exp(true).sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(3, p=one) for one in likely])
    counts = rng.choice(AT, len(labels))
    said = (true * 2 - np.array([1.0, 0, 0])).astype(np.float32)
    bias, heat = calibration(said, counts, labels, np.ones(len(labels), np.float32))
    assert warmed(said, counts, bias, heat)[:, 0].mean() == pytest.approx(likely[:, 0].mean(), abs=0.02)
    assert np.abs(warmed(said, counts, bias, heat) - likely).mean() < 0.03


def test_long_tracks_count_once(known: list[Told], lessons: School) -> None:
    summed, _ = crossed(lessons, 1, SHORT)
    weights = at_large(summed)
    tracks = np.unique(summed.tracks[summed.recorded])
    assert [weights[summed.tracks == track].sum() for track in tracks] == pytest.approx([1.0] * len(tracks))
    assert not weights[~summed.recorded].any()


def test_networks_learn_and_the_same_for_the_same_seed() -> None:
    rng = np.random.default_rng(2)
    labels = np.arange(300) % 3
    patches = rng.normal(0, 0.1, (300, 32, 32)).astype(np.float16)
    patches[labels == 0, 14:18, 8:24] += 1  # a bar that lies
    patches[labels == 1, 8:24, 14:18] += 1  # one that stands
    patches[labels == 2, 12:20, 12:20] += 1
    data, recipe = Lessons(patches, labels, np.ones(300, np.float32)), Recipe(channels=(4, 4, 4), hidden=8, steps=150, batch=64)
    once, again = (taught(data, 3, recipe, np.random.default_rng(7)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    said = stacked([once]).log_probabilities(scaled(patches.astype(np.float32))).argmax(axis=1)
    assert np.mean(said == labels) > 0.9


def test_slopes_are_those_of_the_loss() -> None:
    rng = np.random.default_rng(3)
    recipe = Recipe(channels=(3, 4, 5), hidden=6)
    layers = started(4, recipe, rng)
    inputs, target = scaled(rng.standard_normal((6, 32, 32)).astype(np.float32)), np.eye(4, dtype=np.float32)[[0, 1, 2, 3, 0, 1]]

    def loss() -> float:
        return float(-(target * stacked([layers]).log_probabilities(inputs)).sum() / len(target))

    for layer, slope in zip(layers, slopes(layers, inputs, target, 0.0, rng), strict=True):
        at = np.unravel_index(np.abs(slope).argmax(), slope.shape)
        kept, step = layer[at], 3e-3
        layer[at] = kept + step
        above = loss()
        layer[at] = kept - step
        assert slope[at] == pytest.approx((above - loss()) / (2 * step), rel=0.1, abs=1e-4)
        layer[at] = kept


@pytest.mark.parametrize("band", ["thermal", "visible"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_body_shows_in_its_size_and_stands_out(kind: Kind, band: Band) -> None:
    sprite = shown(body_of(kind, "1"), 0.3, View((0.4, 0.2, 0.0), 0.3, 20.0, (0.0, 0.0), 0.7), band)
    rows, columns = np.nonzero(sprite.cover > 0.2)
    assert 4 <= max(np.ptp(rows), np.ptp(columns)) <= 50
    change = some_light(kind, band, np.random.default_rng(1)).change(sprite, _sky(1), 2.0)
    assert np.abs(change).max() >= 7.9
    assert np.abs(change[:5]).max() == 0


def test_a_thing_before_another_background_keeps_its_middle_and_takes_the_edge() -> None:
    rng = np.random.default_rng(3)
    patch, behind = np.full((32, 32), 50, np.float32), _sky(9)[:32, :32]
    patch[14:18, 14:18] = 90
    put = before(patch, behind, rng)
    assert put[0] == pytest.approx(behind[0], abs=0.5)
    assert put[16, 16] > behind[16, 16] + 3
    assert varied(patch, rng, 0.0).shape == (32, 32)
