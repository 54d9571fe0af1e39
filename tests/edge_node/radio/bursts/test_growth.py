"""Marks to pieces, whatever borders they cross."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.bursts.growth import MOST_GROWING, Growth, Piece

BINS, BIN_HZ, TICK_S = 256, 10e3, 200e-6


def grown(marks: dict[tuple[int, int, int, int], bool], ticks: int = 128, cut: int = 64) -> list[Piece]:
    """Pieces of rectangles (first tick, end tick, first bin, end bin), strong or not."""
    found, ratios = np.zeros((ticks, BINS), bool), np.ones((ticks, BINS), np.float32)
    for (first, end, low, high), strong in marks.items():
        found[first:end, low:high] = True
        ratios[first:end, low:high] = 20.0 if strong else 3.0
    growth, pieces = Growth(BINS, BIN_HZ, TICK_S, 0.02), []
    powers = 1.0 + 9.0 * found.astype(np.float32)
    for k in range(0, ticks, cut):
        pieces += growth.grow(k, powers[k : k + cut], found[k : k + cut], ratios[k : k + cut])
    return pieces + growth.finish()


@pytest.mark.parametrize("cut", [16, 50, 128])
def test_a_piece_has_its_place_and_its_powers(cut: int) -> None:
    (piece,) = grown({(40, 90, 100, 120): True}, cut=cut)
    assert (piece.first, piece.last, piece.low, piece.high, piece.ticks) == (40, 89, 100, 119, 50)
    np.testing.assert_allclose(piece.powers[100:120] / piece.ticks, 10.0)
    np.testing.assert_allclose(piece.powers[:100] / piece.ticks, 1.0)


def test_strong_packets_apart_by_a_tick_are_two() -> None:
    assert len(grown({(10, 30, 100, 120): True, (31, 50, 100, 120): True})) == 2


def test_a_faint_one_may_fade_for_a_tick() -> None:
    assert len(grown({(10, 30, 100, 120): False, (31, 50, 100, 120): False})) == 1


def test_a_hop_to_the_channel_beside_it_is_another() -> None:
    assert len(grown({(10, 30, 100, 120): False, (31, 50, 121, 141): False})) == 2


def test_a_chirp_is_one() -> None:
    assert len(grown({(10 + k, 11 + k, 50 + 4 * k, 56 + 4 * k): True for k in range(20)})) == 1


def test_tones_of_one_signal_are_joined_and_signals_far_apart_are_not() -> None:
    assert len(grown({(10, 30, 100, 102): True, (10, 30, 104, 106): True})) == 1
    assert len(grown({(10, 30, 100, 110): True, (10, 30, 130, 140): True})) == 2


def test_what_lasts_is_cut_and_rests() -> None:
    pieces = grown({(0, 1280, 100, 120): True}, ticks=1280)
    assert [piece.lasts for piece in pieces] == [True, True]
    assert [piece.last - piece.first + 1 for piece in pieces] == [100, 100]


def test_a_storm_of_marks_is_bounded() -> None:
    growth = Growth(4096, BIN_HZ, TICK_S, 0.02)
    found = np.zeros((64, 4096), bool)
    found[:, ::8] = True
    growth.grow(0, np.ones((64, 4096), np.float32), found, np.ones((64, 4096), np.float32))
    assert growth.left_out > 0
    assert len(growth.finish()) <= MOST_GROWING
