"""Samples by their numbers."""

from __future__ import annotations

import numpy as np

from edge_node.radio.bursts.ring import Ring


def numbered(first: int, count: int) -> np.ndarray[tuple[int], np.dtype[np.complex64]]:
    return np.arange(first, first + count).astype(np.complex64)


def test_the_newest_are_there_under_their_numbers() -> None:
    ring = Ring(least=100, most_added=30)
    ring.restart(1000)
    for first in range(1000, 5000, 25):
        ring.add(numbered(first, 25))
        assert ring.stop == first + 25
        assert ring.start <= max(1000, ring.stop - 100)
        low = max(ring.start, ring.stop - 60)
        np.testing.assert_array_equal(ring.view(low, ring.stop), numbered(low, ring.stop - low))


def test_what_is_gone_or_has_not_come_is_left_away() -> None:
    ring = Ring(least=50, most_added=50)
    ring.restart(7)
    ring.add(numbered(7, 40))
    np.testing.assert_array_equal(ring.view(0, 1000), numbered(7, 40))
    assert len(ring.view(100, 200)) == 0


def test_it_stays_as_large_as_it_is() -> None:
    ring = Ring(least=100, most_added=30)
    for first in range(0, 3000, 30):
        ring.add(numbered(first, 30))
        assert ring.stop - ring.start <= 230
