"""The coarse geoid, made of a fine one."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.interop.geoid import COLUMNS, ROWS
from tools.geoid_table import GRID, Heights, errors_m, read_grid, table_of


def smooth_geoid() -> Heights:
    """Hills and hollows of eighty metres, a quarter of the earth wide, that close around the globe and flatten to the poles."""
    down, across = np.linspace(0, np.pi, GRID[0])[:, None], np.linspace(0, 2 * np.pi, GRID[1], endpoint=False)[None, :]
    return 80.0 * np.sin(down) ** 2 * np.cos(2 * across + 0.3)


def test_the_table_says_what_the_grid_says_to_half_a_metre() -> None:
    grid = smooth_geoid()
    body = np.rint(grid * 100).astype(">i2").tobytes()
    table = table_of(read_grid(body))
    assert len(table) == ROWS * COLUMNS
    errors, shares = errors_m(grid, memoryview(table).cast("b"), every=20)
    assert np.abs(errors).max() < 0.8
    assert shares.sum() == pytest.approx(1.0)


def test_another_file_is_refused() -> None:
    with pytest.raises(ValueError, match="DAC has 2076480"):
        read_grid(b"no grid")
