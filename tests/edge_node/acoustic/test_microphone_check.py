"""Microphones that are looked at for a second: each fault by its name, and none where there is none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.blocks import AudioBlock
from drivers.microphone_arrays import Mounting, mounted, read_array
from edge_node.acoustic.microphone_check import MicrophoneCheck

RATE_HZ, FRAMES = 48_000, 2_048
ARRAY = mounted(read_array("uma_16"), Mounting("uma_16"))
Sound = NDArray[np.float32]


def outdoors(seconds: float, channels: int = 16, wind: float = 0.1) -> Sound:
    """Low noise from one side, that all hear within a fraction of a wave, and a little of each microphone's own."""
    chance = np.random.default_rng(7)
    count = round(seconds * RATE_HZ)
    spectrum = np.fft.rfft(chance.normal(size=count))
    spectrum /= np.maximum(np.arange(len(spectrum)) / 100, 1)
    common = np.fft.irfft(spectrum, count)
    common /= common.std()
    return (0.01 * (common[:, None] + wind * chance.normal(size=(count, channels)))).astype(np.float32)


def checked(samples: Sound, array: bool = True) -> MicrophoneCheck:
    check = MicrophoneCheck()
    for at in range(0, len(samples) - FRAMES, FRAMES):
        check.take(AudioBlock(at, at, 0, RATE_HZ, samples[at : at + FRAMES], array=ARRAY if array else None))
    return check


def names(check: MicrophoneCheck) -> list[str]:
    return [finding.name for finding in check.findings("roof")]


def test_an_array_that_is_well_has_its_level_and_no_finding() -> None:
    check = checked(outdoors(1.5))
    assert names(check) == []
    assert check.words() == "16 channels at 48000 Hz, -40 dBFS"


def with_channel(change: Callable[[Sound], Sound]) -> Sound:
    samples = outdoors(1.5)
    samples[:, 2] = change(samples[:, 2])
    return samples


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("microphone_silent", np.zeros_like),
        ("microphone_silent", lambda one: np.full_like(one, 0.5)),
        ("microphone_silent", lambda one: one * np.float32(1e-3)),
        ("microphone_weak", lambda one: one * np.float32(0.1)),
        ("microphone_clipped", lambda one: np.clip(one * 100, -1, 1)),
        ("microphone_dc", lambda one: one + np.float32(0.1)),
        ("microphone_inverted", lambda one: -one),
    ],
    ids=["zeros", "constant", "60_db_down", "20_db_down", "clipped", "dc", "inverted"],
)
def test_each_fault_is_named_with_its_microphone_and_alone(name: str, change: Callable[[Sound], Sound]) -> None:
    [finding] = checked(with_channel(change)).findings("roof")
    assert (finding.about, finding.name, finding.grade) == ("roof", name, "warn")
    assert finding.words.startswith("microphone 3 ")
    assert finding.touch


def test_three_of_sixteen_upside_down_are_the_three() -> None:
    samples = outdoors(1.5)
    samples[:, [1, 5, 9]] *= -1
    assert [finding.words.split()[1] for finding in checked(samples).findings("roof")] == ["2", "6", "10"]


def test_wind_that_is_louder_but_lower_hides_no_wrong_polarity() -> None:
    samples = outdoors(3.0)
    chance = np.random.default_rng(11)
    spectra = np.fft.rfft(chance.normal(size=samples.shape), axis=0)
    spectra[300:] = 0  # 100 Hz
    wind = np.fft.irfft(spectra, len(samples), axis=0)
    blown = samples + np.float32(0.05) * (wind / wind.std()).astype(np.float32)
    assert names(checked(blown)) == []
    blown[:, 2] *= -1
    assert names(checked(blown)) == ["microphone_inverted"]


def test_wind_alone_says_nothing_of_polarity() -> None:
    samples = outdoors(1.5, wind=30.0)
    samples[:, 2] *= -1
    assert "microphone_inverted" not in names(checked(samples))
    assert "microphone_inverted" not in names(checked(with_channel(lambda one: -one), array=False))


def test_a_channel_that_copies_another() -> None:
    samples = outdoors(1.5)
    samples[:, 4] = samples[:, 3]
    [finding] = checked(samples).findings("roof")
    assert (finding.name, finding.words) == ("microphones_alike", "microphones 4 and 5 say the same to the last bit")


def test_silence_in_all_channels_fails() -> None:
    [finding] = checked(np.zeros((RATE_HZ, 16), np.float32)).findings("roof")
    assert (finding.name, finding.grade) == ("microphones_silent", "fail")


def test_nothing_heard_is_nothing_found_and_odd_samples_do_no_harm() -> None:
    assert names(MicrophoneCheck()) == []
    samples = outdoors(0.5)
    samples[100:200] = np.nan
    samples[300:400] = np.inf
    check = checked(samples)
    check.take(AudioBlock(0, 0, 0, 16_000, np.zeros((0, 2), np.float32)))
    check.take(AudioBlock(0, 0, 0, 16_000, np.ones((512, 1), np.float32) * np.float32(1e-3)))
    assert names(check) == ["microphones_silent"]
