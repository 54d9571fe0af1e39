"""Is the next length found whose transform is quick."""

from __future__ import annotations

import pytest

from edge_node.radio.quick_length import quick_length


@pytest.mark.parametrize(("count", "expected"), [(0, 1), (1, 1), (7, 8), (1000, 1000), (1021, 1024), (4097, 4320)])
def test_the_next_quick_length_is_found(count: int, expected: int) -> None:
    assert quick_length(count) == expected
