"""Every root and length is even, through any channel; data is not."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.links.zadoff_chu import sequences
from tools.simulate.iq.ofdm import qam, zadoff_chu


@pytest.mark.parametrize(("root", "length"), [(1, 73), (25, 73), (7, 73), (600, 601), (147, 601), (31, 1201)])
def test_any_root_turns_evenly(root: int, length: int) -> None:
    """A delay within the prefix turns all carriers and changes nothing; the one in the middle is not sent."""
    carriers = zadoff_chu(root, length) * np.exp(-2j * np.pi * 0.004 * np.arange(length))
    carriers[length // 2] = 0
    found = sequences(carriers[None].astype(np.complex64))
    assert found.evenness[0] > 0.93
    assert (1 - found.turns[0]) * length == pytest.approx(root, abs=0.3)


def test_data_and_silence_are_not_even() -> None:
    rng = np.random.default_rng(4)
    data = sequences(np.stack([qam(rng, 600) for _ in range(50)]))
    assert data.evenness.max() < 0.25
    assert sequences(np.zeros((1, 72), np.complex64)).evenness[0] == 0.0


def test_a_channel_that_fades_leaves_it_even() -> None:
    carriers = zadoff_chu(147, 601)
    delays = np.exp(-2j * np.pi * np.arange(601) * 15e3 * 0.8e-6)
    found = sequences((carriers * (1 + 0.6j * delays))[None].astype(np.complex64))
    assert found.evenness[0] > 0.85
