"""Looks come when they are whole, at the time they are of, and begin anew after a gap."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.blocks import AudioBlock
from edge_node.acoustic.looks import Looks, follows

RATE_HZ = 48_000


def block(sequence: int, count: int, lost: int = 0) -> AudioBlock:
    samples = np.random.default_rng(sequence).standard_normal((count, 2), dtype=np.float32)
    return AudioBlock(t_mono_ns=sequence * 1_000_000_000 // RATE_HZ, sequence=sequence, lost=lost, sample_rate_hz=RATE_HZ, samples=samples)


def test_what_is_lacking_and_not_less_completes_a_look() -> None:
    looks, sequence = Looks(RATE_HZ, 2), 0
    for _ in range(4):
        lacking = looks.lacking
        assert not list(looks.push(block(sequence, lacking - 1)))
        assert looks.lacking == 1
        (look,) = looks.push(block(sequence + lacking - 1, 1))
        sequence += lacking
        middle_s = sequence / RATE_HZ - (looks.frames + 1) / 2 * looks.spectra.hop_s - looks.spectra.late_s
        assert look.t_mono_ns / 1e9 == pytest.approx(middle_s, abs=1e-4)
        assert look.spectra.shape == (looks.frames, 2, looks.spectra.bins)
        assert not look.after_gap


def test_after_a_gap_all_begins_anew() -> None:
    looks = Looks(RATE_HZ, 2)
    whole = looks.lacking
    first, second = block(0, whole - 1), block(whole, whole, lost=1)
    assert not follows(second, first)
    assert follows(block(whole - 1, 10), first)
    assert not list(looks.push(first))
    (look,) = looks.push(second)
    assert look.after_gap
