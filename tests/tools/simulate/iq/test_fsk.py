from __future__ import annotations

import numpy as np
import pytest

from tests.tools.simulate.iq.listening import frequency_hz, occupied_hz, sampled
from tools.simulate.iq.fsk import Fsk, bits_of


@pytest.mark.parametrize(
    ("rate_bd", "deviation_hz"), [(85_000, 42_300), (64_000, 63_750), (4_800, 2_400), (100_000, 50_000), (1_000_000, 250_000)]
)
@pytest.mark.parametrize("bt", [None, 0.5])
def test_a_discriminator_reads_deviation_and_bits(rate_bd: float, deviation_hz: float, bt: float | None) -> None:
    fsk, rate_hz = Fsk(rate_bd, deviation_hz, bt), 32 * rate_bd
    bits = np.repeat(np.random.default_rng(3).integers(0, 2, 200), 3)
    found = frequency_hz(sampled(fsk.frame(bits), rate_hz), rate_hz)
    middles = found[16::32][: len(bits)]
    assert np.array_equal(middles > 0, bits > 0)
    assert np.median(np.abs(found)) == pytest.approx(deviation_hz, rel=0.03)


def test_occupied_bandwidth_is_near_carsons() -> None:
    fsk = Fsk(64_000, 63_750, 0.5)
    air = sampled(fsk.frame(np.random.default_rng(5).integers(0, 2, 4000)), 16 * fsk.rate_bd)
    assert occupied_hz(air, 16 * fsk.rate_bd) == pytest.approx(fsk.bandwidth_hz, rel=0.2)


def test_bits_go_in_order() -> None:
    assert bits_of(b"\x81\x02") == [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    assert bits_of(b"\x02", lowest_first=True) == [0, 1, 0, 0, 0, 0, 0, 0]
