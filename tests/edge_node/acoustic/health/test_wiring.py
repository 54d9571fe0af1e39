"""Wirings: which are alike, and how they are told as faults."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_node.acoustic.health.rewiring import rewired
from edge_node.acoustic.health.wiring import Wiring, plainest, symmetries
from tools.simulate.acoustics import ARRAYS

PLACES = {name: np.array(array.positions_m) for name, array in ARRAYS.items()}


@pytest.mark.parametrize(("name", "count"), [("square_4", 8), ("circular_7", 12), ("uma_16", 8)])
def test_as_many_symmetries_as_the_figure_has(name: str, count: int) -> None:
    found = symmetries(PLACES[name])
    assert len(found) == count
    assert tuple(range(len(PLACES[name]))) in found
    distances = np.linalg.norm(PLACES[name][:, None] - PLACES[name], axis=2)
    assert all(np.allclose(distances[np.ix_(order, order)], distances, atol=1e-3) for order in found)


@settings(max_examples=40)
@given(st.permutations(range(7)))
def test_the_plainest_of_what_is_alike_is_alike_for_all(order: list[int]) -> None:
    alike = symmetries(PLACES["circular_7"])
    wiring = Wiring(tuple(order), (1,) * 7, (0,) * 7)
    plain = plainest(wiring, alike)
    assert all(plainest(wiring.reordered(symmetry), alike) == plain for symmetry in alike)
    faults = list(rewired(wiring, alike, tuple(range(7)), 1.0))
    assert bool(faults) == (tuple(order) not in alike)


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ((0, 1, 2, 3, 4, 5, 6), []),
        ((0, 6, 5, 4, 3, 2, 1), []),
        ((0, 1, 3, 2, 4, 5, 6), [("swapped", (2, 3))]),
        ((3, 2, 1, 0, 4, 5, 6), [("mirrored", (0, 1, 2, 3))]),
    ],
)
def test_what_is_told_of_an_order(order: tuple[int, ...], told: list[tuple[str, tuple[int, ...]]]) -> None:
    wiring = Wiring(order, (1,) * 7, (0,) * 7)
    faults = rewired(wiring, symmetries(PLACES["circular_7"]), tuple(range(7)), 1.0)
    assert [(fault.kind, fault.channels) for fault in faults] == told


def test_only_differences_of_lateness_and_sign_are_told() -> None:
    wiring = Wiring((0, 1, 2, 3), (-1, -1, 1, -1), (5, 5, 5, 2))
    told = [(fault.kind, fault.channels, fault.amount) for fault in rewired(wiring, symmetries(PLACES["square_4"]), (0, 1, 2, 3), 1.0)]
    assert told == [("inverted", (2,), None), ("late", (3,), -3.0)]


def test_channels_are_named_by_their_own_numbers_where_others_are_dead() -> None:
    wiring = Wiring((0, 1, 2, 3, 4, 5), (1, 1, -1, 1, 1, 1), (0,) * 6)
    live = (0, 1, 3, 4, 5, 6)
    (fault,) = rewired(wiring, symmetries(PLACES["circular_7"][list(live)]), live, 1.0)
    assert (fault.kind, fault.channels) == ("inverted", (3,))
