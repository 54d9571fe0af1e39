"""Are weights rebuilt from what may be used alone, and the same for the same seed."""

from __future__ import annotations

import csv
import wave
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from edge_node.acoustic.rotor.model import LABELS, RotorModel
from edge_node.trees import DEPTH, Trees
from tools import train_rotor
from tools.grown_trees import exported
from tools.rotor_data import Clip, clips, recordings
from tools.simulate.machines import MACHINES
from tools.simulate.sounds import RATE_HZ, Floats

ROWS = (
    ("a/svan_drone_004.wav", "drone", "CC0-1.0"),
    ("a/svan_background_1.wav", "background", "CC0-1.0"),
    ("a/esc_x.wav", "rain", "CC BY-NC 3.0"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    with (tmp_path / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows([("path", "label", "licence"), *ROWS])
    for seed, (path, _, _) in enumerate(ROWS):
        _write(tmp_path / path, MACHINES["noise"][1](np.random.default_rng(seed), 3 * RATE_HZ), RATE_HZ)
    return tmp_path


def _write(path: Path, sound: Floats, rate_hz: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((sound * 3000).astype("<i2").tobytes())


def test_only_recordings_under_cc0_are_learnt_from(folder: Path) -> None:
    assert [clip.kind for clip in clips(folder, train_rotor.LICENCE)] == ["drone", "background"]
    assert [clip.label for clip in clips(folder)] == ["multirotor", "none", "none"]


def test_a_recording_of_another_rate_is_refused(folder: Path) -> None:
    _write(folder / "a/esc_x.wav", np.zeros(100, dtype=np.float32), 44_100)
    with pytest.raises(ValueError, match="16 kHz"):
        clips(folder)


def test_weights_are_rebuilt_and_can_be_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(train_rotor, "PASSES", 3)
    monkeypatch.setattr(train_rotor, "TREES", 5)
    output = folder / "made.npz"
    assert train_rotor.main([str(folder), "--output", str(output), "--share", "0.001", "--seed", "3"]) == 0
    said = capsys.readouterr().out
    assert "svan drone" in said
    assert "esc" not in said
    with np.load(output, allow_pickle=False) as arrays:
        weights = {name: arrays[name] for name in arrays.files}
    assert RotorModel.of(weights).trees.child.shape[0] == 5


def test_the_same_examples_and_seed_make_the_same_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_rotor, "PASSES", 3)
    rng = np.random.default_rng(1)
    labels = np.arange(100) % len(LABELS)
    loud = np.full(100, 20.0, dtype=np.float32)
    vectors = rng.normal(labels[:, None], 1, (100, 8)).astype(np.float32)
    learned = train_rotor.Learned(vectors, labels, np.full(100, -1), loud, loud)
    once, again = (train_rotor.networks(learned, 5, 1) for _ in range(2))
    assert all(np.array_equal(once[name], again[name]) for name in once)


def test_calibration_makes_of_held_out_odds_their_share() -> None:
    rng = np.random.default_rng(2)
    raw = rng.uniform(0.01, 0.99, 20_000).astype(np.float32)
    drone = rng.uniform(size=len(raw)) < raw**2
    knots = train_rotor.calibrated(np.log(raw / (1 - raw)), drone)
    odds = np.interp(np.log(0.5 / 0.5), knots["raw_log_odds"], knots["true_log_odds"])
    assert 1 / (1 + np.exp(-odds)) == pytest.approx(0.25, abs=0.04)
    assert np.all(np.diff(knots["true_log_odds"]) >= 0)


def test_trees_judge_in_numpy_as_they_did_where_they_grew() -> None:
    rng = np.random.default_rng(4)
    vectors = rng.standard_normal((3000, 12)).astype(np.float32)
    drone = (vectors[:, 0] * vectors[:, 1] > 0) & (vectors[:, 2] < 1)
    grown = HistGradientBoostingClassifier(max_iter=40, max_depth=DEPTH, early_stopping=False).fit(vectors, drone)
    held = exported(grown)
    trees = Trees(*(held[f"tree_{name}"] for name in Trees.__struct_fields__))
    assert trees.fits(12)
    assert not trees.fits(3)
    fresh = rng.standard_normal((500, 12)).astype(np.float32)
    assert trees.scores(fresh) == pytest.approx(grown.decision_function(fresh), abs=1e-3)


def test_probabilities_are_held_against_what_is_clear_and_loud() -> None:
    snr_db, noise_db = np.array([[20, -9, 20, -9, -9], [60, 60, 5, 60, 5]], dtype=np.float32)
    learned = train_rotor.Learned(np.zeros((5, 8), dtype=np.float32), np.array([0, 0, 0, 4, 4]), np.full(5, -1), snr_db, noise_db)
    assert learned.fair.tolist() == [True, False, False, True, False]


def test_clips_that_share_sound_are_one_recording() -> None:
    known = [
        Clip(f"drone/svan_{name}.wav", "svan", "drone", "", np.zeros(1, dtype=np.float32))
        for name in ("drone_004", "drone_008", "drone_006")
    ]
    of = recordings(known)
    assert of[0] == of[1] != of[2]
