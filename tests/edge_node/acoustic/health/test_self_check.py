"""Faults of microphones, named from a sound field that comes from everywhere."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy
from numpy.typing import NDArray

from drivers.blocks import MicrophoneArray
from edge_node.acoustic.health.faults import Fault
from edge_node.acoustic.health.self_check import SelfCheck
from tools.simulate.acoustics import ARRAYS
from tools.simulate.noise import diffuse

RATE_HZ = 48_000
AT_ONCE = {"dead", "swapped"}
"""What need not wait for the first judgement after 20 s."""
Sound = NDArray[np.float32]
Spoil = Callable[[Sound], Sound]


@pytest.fixture(scope="module")
def field() -> dict[str, Sound]:
    """21 s of one field of sound at two arrays, with each microphone's own noise, loudness and place 1 mm off."""
    rng = np.random.default_rng(1)
    arrays = [ARRAYS[name] for name in ("square_4", "circular_7")]
    places = np.concatenate([np.array(array.positions_m) for array in arrays])
    places += rng.uniform(-1e-3, 1e-3, places.shape)
    sound = diffuse(21 * RATE_HZ, places, RATE_HZ, rng, shape="pink")
    sound += 0.05 * rng.standard_normal(sound.shape, dtype=np.float32)
    sound *= 0.05 * 10 ** (rng.uniform(-2, 2, len(places)) / 20).astype(np.float32)
    return {"square_4": sound[:, :4], "circular_7": sound[:, 4:]}


def checked(array: MicrophoneArray, sound: Sound, block: int = 4_000) -> tuple[Fault, ...]:
    check = SelfCheck(array, RATE_HZ)
    for start in range(0, len(sound), block):
        assert {fault.kind for fault in check.faults()} <= AT_ONCE or start >= 20 * RATE_HZ
        check.push(sound[start : start + block])
    return check.faults()


def of(channel: int, spoil: Callable[[Sound], object]) -> Spoil:
    def spoilt(sound: Sound) -> Sound:
        sound = sound.copy()
        sound[:, channel] = spoil(sound[:, channel])
        return sound

    return spoilt


def hiss(loudness: float) -> Callable[[Sound], Sound]:
    return lambda one: loudness * np.random.default_rng(2).standard_normal(len(one), dtype=np.float32)


def order(*channels: int) -> Spoil:
    return lambda sound: np.ascontiguousarray(sound[:, channels])


@pytest.mark.parametrize("name", ["square_4", "circular_7"])
def test_nothing_is_wrong_with_a_healthy_array(field: dict[str, Sound], name: str) -> None:
    assert checked(ARRAYS[name], field[name]) == ()


@pytest.mark.parametrize(
    ("name", "spoil", "kind", "channels", "amount"),
    [
        ("square_4", of(1, hiss(1e-6)), "dead", (1,), None),
        ("circular_7", of(5, lambda one: 0 * one), "dead", (5,), None),
        ("circular_7", of(2, lambda one: np.clip(8 * one, -0.3, 0.3)), "clipped", (2,), None),
        ("circular_7", of(4, lambda one: one + hiss(0.2)(one)), "noisy", (4,), None),
        ("square_4", of(3, lambda one: 0.2 * one), "gain", (3,), -14.0),
        ("square_4", of(0, np.negative), "inverted", (0,), None),
        ("circular_7", of(6, lambda one: np.roll(one, 1)), "late", (6,), 1.0),
        ("circular_7", of(0, lambda one: np.roll(one, -1)), "late", (0,), -1.0),
        ("circular_7", of(3, lambda one: np.roll(one, 30)), "late", (3,), 30.0),
        ("circular_7", order(0, 2, 1, 3, 4, 5, 6), "swapped", (1, 2), None),
        ("circular_7", order(3, 2, 1, 0, 4, 5, 6), "mirrored", (0, 1, 2, 3), None),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_fault_is_named(  # noqa: PLR0917
    field: dict[str, Sound], name: str, spoil: Spoil, kind: str, channels: tuple[int, ...], amount: float | None
) -> None:
    (fault,) = checked(ARRAYS[name], spoil(field[name]))
    assert (fault.kind, fault.channels) == (kind, channels)
    assert fault.probability >= 0.9
    assert f"channel {channels[0] + 1}" in fault.words or f"channels {channels[0] + 1}" in fault.words
    if amount is not None:
        assert fault.amount == pytest.approx(amount, abs=5.0 if kind == "gain" else 0.0)


def test_both_pairs_that_would_explain_it_are_named(field: dict[str, Sound]) -> None:
    (fault,) = checked(ARRAYS["square_4"], order(1, 0, 2, 3)(field["square_4"]))
    assert {fault.channels, *fault.instead} == {(0, 1), (2, 3)}
    assert "or else" in fault.words


def test_a_mirrored_array_sounds_as_a_right_one_in_a_mirrored_world(field: dict[str, Sound]) -> None:
    assert checked(ARRAYS["square_4"], order(1, 0, 3, 2)(field["square_4"])) == ()


def test_several_faults_at_once(field: dict[str, Sound]) -> None:
    sound = of(1, lambda one: np.roll(one, 2))(of(4, lambda one: 0 * one)(field["circular_7"]))
    assert {(fault.kind, fault.channels) for fault in checked(ARRAYS["circular_7"], sound)} == {("dead", (4,)), ("late", (1,))}


def test_a_calibrated_delay_is_no_fault(field: dict[str, Sound]) -> None:
    array = ARRAYS["circular_7"]
    late = of(2, lambda one: np.roll(one, 3))(field["circular_7"])
    known = MicrophoneArray(array.name, array.positions_m, delays_s=(0.0, 0.0, 3 / RATE_HZ, 0.0, 0.0, 0.0, 0.0))
    assert checked(known, late) == ()


def test_one_microphone_can_be_dead_or_clipped_only() -> None:
    one = MicrophoneArray("one", ((0.0, 0.0, 0.0),))
    sound = 0.05 * np.random.default_rng(3).standard_normal((21 * RATE_HZ, 1), dtype=np.float32)
    assert checked(one, sound) == ()
    assert [fault.kind for fault in checked(one, 0 * sound)] == ["dead"]
    assert [fault.kind for fault in checked(one, np.clip(sound, -0.06, 0.06))] == ["clipped"]


def test_wind_that_drowns_all_is_no_fault() -> None:
    sound = 0.1 * np.random.default_rng(4).standard_normal((21 * RATE_HZ, 4), dtype=np.float32)
    assert checked(ARRAYS["square_4"], sound) == ()


@settings(max_examples=25, deadline=None)
@given(st.lists(of_numpy.arrays(np.float32, st.tuples(st.integers(0, 300), st.just(4)), elements=st.floats(width=32)), max_size=4))
def test_no_sound_is_too_odd(pieces: list[Sound]) -> None:
    check = SelfCheck(ARRAYS["square_4"], 1_000)
    with np.errstate(all="ignore"):
        for piece in [*pieces, *pieces]:
            check.push(np.tile(piece, (40, 1)))
    assert all(fault.words for fault in check.faults())


def test_sound_of_another_array_is_refused() -> None:
    with pytest.raises(ValueError, match="4 channels"):
        SelfCheck(ARRAYS["square_4"], RATE_HZ).push(np.zeros((100, 3), np.float32))
