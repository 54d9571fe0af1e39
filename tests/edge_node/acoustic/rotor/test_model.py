"""Is a rotor told from what is none, at any level, and whatever comes in."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from msgspec.structs import replace

from edge_node.acoustic.rotor.comb import CANDIDATES, STEPS_AN_OCTAVE, follow
from edge_node.acoustic.rotor.features import features
from edge_node.acoustic.rotor.model import LABELS, RATE_HZ, SCHEMA, WINDOW, RotorModel
from tools.rotor_data import Clip, clips, multirotor
from tools.simulate.machines import MACHINES
from tools.simulate.rotorcraft import source_signal
from tools.simulate.sounds import Floats, coloured, filtered, series, unit


@pytest.fixture(scope="module")
def model() -> RotorModel:
    return RotorModel.load()


def _drone(seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    return unit(source_signal(multirotor(rng), 1, RATE_HZ, rng)) + coloured(rng, WINDOW, -3) * np.float32(0.3)


def _other(name: str, seed: int) -> Floats:
    return MACHINES[name][1](np.random.default_rng(seed), WINDOW)


def _mean(model: RotorModel, sounds: list[Floats]) -> float:
    return float(np.mean([model.judge(sound).drone_probability for sound in sounds]))


def test_the_weights_are_small_and_of_arrays_alone() -> None:
    path = files("edge_node.acoustic.rotor").joinpath("weights.npz")
    with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
        assert int(held["schema"]) == SCHEMA
    assert len(path.read_bytes()) < 1_000_000


def test_probabilities_are_of_all_labels_and_sum_to_one(model: RotorModel) -> None:
    verdict = model.judge(_drone(1))
    assert len(verdict.probabilities) == len(LABELS)
    assert sum(verdict.probabilities) == pytest.approx(1, abs=1e-4)
    assert verdict.drone_probability == pytest.approx(sum(verdict.probabilities[:2]), abs=1e-5)
    assert verdict.label == LABELS[int(np.argmax(verdict.probabilities))]


def test_simulated_drones_are_told_from_what_is_most_unlike_them(model: RotorModel) -> None:
    assert _mean(model, [_drone(seed) for seed in range(12)]) > 0.75
    for name in ("rain", "wind", "birds", "siren", "voices", "noise", "fan", "alarm"):
        assert _mean(model, [_other(name, seed) for seed in range(6)]) < 0.35, name


def test_level_does_not_matter(model: RotorModel) -> None:
    sound = _drone(3)
    assert model.judge(sound * np.float32(1e-3)).probabilities == pytest.approx(model.judge(sound).probabilities, abs=0.02)


def test_only_the_last_second_counts(model: RotorModel) -> None:
    sound = _drone(4)
    longer = np.concatenate([_other("rain", 1), sound])
    assert model.judge(longer) == model.judge(sound)


@pytest.mark.parametrize("rate_hz_s", [0.0, 8.0, -8.0])
def test_spacing_of_lines_and_its_drift_are_measured(model: RotorModel, rate_hz_s: float) -> None:
    rng = np.random.default_rng(5)
    pitch_hz = (180 + rate_hz_s * (np.arange(WINDOW) / RATE_HZ - 0.5)).astype(np.float32)
    verdict = model.judge(series(rng, pitch_hz, np.arange(1, 20.0), 3.0) + coloured(rng, WINDOW, -3) * np.float32(0.3))
    assert verdict.blade_pass_hz == pytest.approx(180, rel=0.01)
    assert verdict.blade_pass_rate_hz_s == pytest.approx(rate_hz_s, abs=3.5)


@pytest.mark.parametrize(("above", "times"), [(9.0, 2), (5.0, 1)], ids=["shaft", "blades"])
def test_the_pitch_is_the_blades_where_twice_the_track_fits_about_as_well(model: RotorModel, above: float, times: int) -> None:
    scores = np.zeros((14, CANDIDATES), dtype=np.float32)
    scores[:, 24], scores[:, 24 + STEPS_AN_OCTAVE] = 10.0, above
    comb = follow(scores)
    assert comb.octave == pytest.approx(above / 10)
    heard = replace(features(_drone(1)), comb=comb)
    assert model.verdict(heard).blade_pass_hz == pytest.approx(times * 60 * 2**0.5, rel=0.01)


def test_noise_has_no_comb(model: RotorModel) -> None:
    rng = np.random.default_rng(6)
    found = [model.judge(coloured(rng, WINDOW, -3)).blade_pass_hz for _ in range(30)]
    assert found.count(None) >= 29


def test_too_short_a_sound_is_refused(model: RotorModel) -> None:
    with pytest.raises(ValueError, match="16000 samples"):
        model.judge(np.zeros(WINDOW - 1, dtype=np.float32))


@settings(max_examples=25, deadline=None)
@given(
    arrays(np.float32, 64, elements=st.floats(width=32, allow_nan=True, allow_infinity=True)),
    st.sampled_from(["tiled", "held", "alone", "zeros"]),
)
def test_whatever_comes_in_probabilities_come_out(piece: Floats, how: str) -> None:
    shapes = {"tiled": np.tile(piece, WINDOW // 64), "held": np.repeat(piece, WINDOW // 64), "zeros": np.zeros(WINDOW, dtype=np.float32)}
    sound = shapes.get(how, np.concatenate([piece, np.zeros(WINDOW - 64, dtype=np.float32)]))
    verdict = RotorModel.load().judge(sound)
    assert np.isfinite(verdict.probabilities).all()
    assert sum(verdict.probabilities) == pytest.approx(1, abs=1e-3)


def test_weights_of_another_schema_or_shape_are_refused() -> None:
    with files("edge_node.acoustic.rotor").joinpath("weights.npz").open("rb") as file, np.load(file, allow_pickle=False) as held:
        weights = {name: held[name] for name in held.files}
    with pytest.raises(ValueError, match="schema"):
        RotorModel.of(weights | {"schema": np.array(SCHEMA + 1)})
    with pytest.raises(ValueError, match="fit"):
        RotorModel.of(weights | {"offset": weights["offset"][:-1]})
    with pytest.raises(ValueError, match="trees"):
        RotorModel.of(weights | {"tree_value": weights["tree_value"][:-1]})
    with pytest.raises(ValueError, match="trees"):
        RotorModel.of(weights | {"tree_feature": np.full_like(weights["tree_feature"], 9999)})


def test_features_of_two_calls_are_the_same() -> None:
    sound = _drone(7)
    assert np.array_equal(features(sound).vector, features(sound).vector)


def _low_passed(sound: Floats) -> Floats:
    return filtered(sound, np.array([10, 4300, 5000, 9000]), np.array([0, 0, -60, -60.0]))


def _some(shared_data: Path, kind: str) -> list[Clip]:
    return [clip for clip in clips(shared_data / "acoustic", "CC0-1.0") if clip.kind == kind][::4]


def test_drones_low_pass_makes_no_drone_of_a_background(shared_data: Path, model: RotorModel) -> None:
    """Recordings of drones end at 4.5 kHz more often than others: what ends there must not be one for that."""
    for kind in ("background", "helicopter"):
        sounds = [clip.sound[start : start + WINDOW] for clip in _some(shared_data, kind) for start in (0, 64_000)]
        assert _mean(model, [_low_passed(sound) for sound in sounds]) < _mean(model, sounds) + 0.1
