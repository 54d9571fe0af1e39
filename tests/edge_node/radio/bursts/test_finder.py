"""Bursts out of a stream: each where, when, as wide and as strong as it was sent."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.bursts.burst import MOST_S, Burst
from edge_node.radio.bursts.finder import BurstFinder
from tests.edge_node.radio.waves import CENTER_HZ, RATE_HZ, Complexes, add_burst, noise


def bursts_of(samples: Complexes, size: int = 65536, first: int = 0) -> list[Burst]:
    finder, found = BurstFinder(RATE_HZ, CENTER_HZ), []
    finder.restart(first)
    for k in range(0, len(samples), size):
        found += finder.add(samples[k : k + size])
    return found + finder.finish()


@pytest.mark.parametrize(("snr_db", "off_s"), [(20, 20e-6), (6, 30e-6), (-2, 300e-6)])
@pytest.mark.parametrize("offset_hz", [-700e3, 250e3])
def test_a_burst_is_measured(snr_db: float, off_s: float, offset_hz: float) -> None:
    samples = noise(0.6)
    add_burst(samples, 0.5, 8e-3, offset_hz, snr_db)
    burst = max(bursts_of(samples), key=lambda one: one.duration_s)
    assert burst.start / RATE_HZ == pytest.approx(0.5, abs=off_s)
    assert burst.duration_s == pytest.approx(8e-3, abs=2 * off_s)
    assert burst.offset_hz == pytest.approx(offset_hz, abs=40e3)
    assert burst.center_hz == CENTER_HZ + burst.offset_hz
    assert burst.bandwidth_hz == pytest.approx(500e3, rel=0.2)
    assert burst.snr_db == pytest.approx(snr_db, abs=1.2)
    assert not burst.lasts


def test_its_samples_are_its_own_band_with_a_little_around() -> None:
    samples = noise(0.2)
    add_burst(samples, 0.1, 8e-3, 600e3, 20)
    add_burst(samples, 0.1, 8e-3, -800e3, 20)
    burst = max(bursts_of(samples), key=lambda one: one.offset_hz)
    before, during = round(burst.before_s * burst.samples_rate_hz), round(burst.duration_s * burst.samples_rate_hz)
    assert burst.samples.dtype == np.complex64
    assert 2 * burst.bandwidth_hz < burst.samples_rate_hz <= RATE_HZ
    assert before > 0
    assert len(burst.samples) == pytest.approx(during + 2 * before, abs=2)
    inside = burst.samples[before : before + during]
    assert 10 * np.log10(np.mean(np.abs(inside) ** 2)) == pytest.approx(burst.level_dbfs, abs=0.5)
    assert np.mean(np.abs(burst.samples[: before - 30]) ** 2) < 0.1 * np.mean(np.abs(inside) ** 2)


@pytest.mark.parametrize("size", [997, 30_000, 1_000_000])
def test_it_does_not_matter_how_the_stream_is_cut(size: int) -> None:
    samples = noise(0.25)
    for k in range(6):
        add_burst(samples, 0.05 + k * 0.03, 3e-3 + k * 1e-3, -600e3 + k * 200e3, 10)
    expected, found = bursts_of(samples), bursts_of(samples, size)
    assert len(expected) == 6
    assert [(one.start, one.duration_s, one.offset_hz) for one in found] == [(one.start, one.duration_s, one.offset_hz) for one in expected]


def test_packets_close_to_each_other_are_several() -> None:
    samples = noise(0.3)
    for k in range(20):
        add_burst(samples, 0.1 + k * 5e-3, 4.4e-3, 100e3, 10)
    found = bursts_of(samples)
    assert len(found) == 20
    np.testing.assert_allclose(np.diff([one.start for one in found]) / RATE_HZ, 5e-3, atol=40e-6)


def test_two_at_once_are_two() -> None:
    samples = noise(0.2)
    add_burst(samples, 0.1, 10e-3, -700e3, 12)
    add_burst(samples, 0.103, 4e-3, 500e3, 8)
    assert sorted(round(one.offset_hz / 100e3) for one in bursts_of(samples)) == [-7, 5]


def test_what_never_ends_is_cut_now_and_then() -> None:
    samples = noise(1.2)
    add_burst(samples, 0.1, 1.1, 300e3, 15)
    found = bursts_of(samples)
    assert 4 <= len(found) <= 7
    assert all(one.lasts for one in found[:-1])
    assert all(one.duration_s <= MOST_S + 1e-4 for one in found)
    assert found[2].start - found[1].start > 0.2 * RATE_HZ


def test_what_was_there_from_the_first_is_found() -> None:
    samples = noise(0.3)
    add_burst(samples, 0.0, 0.3, 300e3, 10)
    assert any(one.lasts for one in bursts_of(samples))


def test_numbers_are_those_of_the_stream() -> None:
    samples = noise(0.1)
    add_burst(samples, 0.05, 5e-3, 300e3, 15)
    (burst,) = bursts_of(samples, first=10**12)
    assert burst.start - 10**12 == pytest.approx(0.05 * RATE_HZ, abs=60)


def test_noise_alone_holds_next_to_nothing() -> None:
    assert len(bursts_of(noise(5.0, seed=3))) <= 4


def test_a_burst_at_the_end_is_told() -> None:
    samples = noise(0.03)
    add_burst(samples, 0.02, 0.0095, 300e3, 15)
    (burst,) = bursts_of(samples)
    assert burst.duration_s == pytest.approx(0.0095, abs=1e-3)


def test_after_a_restart_nothing_goes_on() -> None:
    finder = BurstFinder(RATE_HZ, None)
    finder.add(noise(0.2))
    samples = noise(0.05)
    add_burst(samples, 0.0, 0.05, 300e3, 15)
    finder.add(samples)
    finder.restart(10**9)
    found = finder.add(noise(0.1)) + finder.finish()
    assert all(one.start >= 10**9 and one.snr_db < 6 for one in found)
    assert all(one.center_hz is None for one in found)


def test_a_crowd_is_bounded_and_counted() -> None:
    finder, samples = BurstFinder(RATE_HZ, CENTER_HZ), noise(0.2)
    for k in range(300):
        add_burst(samples, 0.05 + (k % 30) * 4e-3, 1e-3, (k // 30 - 4.5) * 220e3, 25, 60e3)
    found = finder.add(samples) + finder.finish()
    assert finder.left_out > 0
    assert 100 < len(found) <= 300


@pytest.mark.parametrize("value", [0.0, 1e-30])
def test_samples_that_say_nothing_raise_nothing(value: float) -> None:
    assert bursts_of(np.full(300_000, value, np.complex64)) == []


@pytest.mark.parametrize("rate_hz", [0.0, 1.0, -1e6, 1e12, float("nan")])
def test_rates_that_cannot_be_are_refused(rate_hz: float) -> None:
    with pytest.raises(ValueError, match="samples/s is not between"):
        BurstFinder(rate_hz, None)
