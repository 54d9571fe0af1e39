"""Two that a radar plots without numbers meet and part: each goes on under its own."""

from __future__ import annotations

import numpy as np
import pytest

from tools.bench.fusion_identity import crossing_in_place, kept


@pytest.mark.parametrize("seed", [1025, 1053, 1075, 1100])
def test_two_that_cross_before_a_radar_keep_their_numbers(seed: int) -> None:
    assert kept(crossing_in_place(np.random.default_rng([seed, 7]), seed))
