from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.links.band import Band
from edge_node.radio.links.slices import GUARD, Slices
from tests.edge_node.radio.waves import noise


@pytest.mark.parametrize(("rate_hz", "to_hz"), [(2.4e6, 1e6), (2.4e6, 1.625e6), (1.6e6, 1e6), (2.048e6, 43_200.0)])
def test_pieces_of_any_size_make_what_the_whole_would(rate_hz: float, to_hz: float) -> None:
    samples = noise(0.3)
    slices = Slices(rate_hz, to_hz, [210e3, -333e3], to_hz * 0.56, 1024)
    parts = [slices.add(piece) for piece in np.array_split(samples, (10, 5_003, 60_000, 60_000, 400_000))]
    for number, middle_hz in enumerate(slices.middles_hz):
        found = np.concatenate([part[number] for part in parts])
        whole, whole_hz = Band(samples, rate_hz, to_hz).channel(middle_hz, to_hz * 0.56)
        lead = round(slices.lead * to_hz / rate_hz)
        want = whole[lead : lead + len(found)]
        turn = np.exp(2j * np.pi * (whole_hz - middle_hz) * np.arange(len(found)) / to_hz)
        alike = np.abs(np.vdot(found[GUARD:], (want * turn)[GUARD:])) / (np.linalg.norm(found[GUARD:]) * np.linalg.norm(want[GUARD:]))
        assert len(found) > 1024
        assert alike > 0.99
