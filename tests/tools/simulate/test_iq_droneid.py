"""The simulated transmitter: length, power, offset and time of its frames, and the turbo code's ends."""

from __future__ import annotations

import numpy as np
import pytest

from tools.simulate.iq import droneid as sender

BLOCK = sender.block(sender.telemetry(sender.Telemetry()))


@pytest.mark.parametrize(("legacy", "samples"), [(False, 9880), (True, 8784)])
def test_a_frame_has_nine_symbols_or_eight_and_a_mean_power_of_1(legacy: bool, samples: int) -> None:
    frame = sender.frame(BLOCK, legacy=legacy)
    assert len(frame) == samples
    assert np.mean(np.abs(frame) ** 2) == pytest.approx(1, abs=0.05)


def test_every_symbol_begins_with_its_end() -> None:
    frame = sender.frame(BLOCK)
    assert np.allclose(frame[:80], frame[1024:1104])
    assert np.allclose(frame[-1104:-1024], frame[-80:])
    second = frame[1104:]
    assert np.allclose(second[:72], second[1024:1096])


@pytest.mark.parametrize("rate_hz", [15e6, 20e6, 50e6])
def test_a_frame_is_where_it_should_be_at_any_rate(rate_hz: float) -> None:
    samples = sender.at_rate(sender.frame(BLOCK), rate_hz, offset_hz=1e6, start_s=0.0011, length_s=0.003)
    assert len(samples) == round(0.003 * rate_hz)
    power = np.abs(samples) ** 2
    inside = power[round(0.00112 * rate_hz) : round(0.00172 * rate_hz)]
    assert inside.mean() == pytest.approx(1, abs=0.1)
    assert power[: round(0.00105 * rate_hz)].max() < 0.02
    spectrum = np.abs(np.fft.fft(samples)) ** 2
    freqs = np.fft.fftfreq(len(samples), 1 / rate_hz)
    assert np.sum(spectrum * freqs) / spectrum.sum() == pytest.approx(1e6, abs=0.1e6)


def test_messages_have_their_published_lengths() -> None:
    assert len(sender.telemetry(sender.Telemetry())) == 91
    assert len(sender.encrypted("CRYP", b"abcd")) == 173
    assert len(sender.encrypted("INFP", b"abcd")) == 138
    assert len(BLOCK) == 176
