"""Make the coarse geoid of `edge_node.interop.geoid` of NGA's EGM96 grid, and tell how far it errs.

    python -m tools.geoid_table WW15MGH.DAC edge_node/interop/egm96.bin

WW15MGH.DAC is public domain and lies on NGA's page of EGM96 (earth-info.nga.mil), and in many mirrors: 721 x 1440 heights every 15', in
centimetres as big-endian 16 bits, from the north pole down and from Greenwich eastward. Its SHA-256 is
9dcaf4efd6857aaa2e1e2e2c574d3f5264eacf47024cdcd5291c40ddad5e5acc; the table that is shipped comes of it, every metre of it.
"""

from __future__ import annotations

import argparse
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_node.interop.geoid import COLUMNS, ROWS, STEP_DEG, height_in

GRID = (721, 1440)
CELL_DEG = 0.25
EVERY = round(STEP_DEG / CELL_DEG)
SIGMA_CELLS, REACH_CELLS = 2.0, 8
"""A Gauss bell of half a degree: waves that the coarse table cannot hold are gone before it is sampled."""
Heights = NDArray[np.float64]


def read_grid(body: bytes) -> Heights:
    """Metres above the ellipsoid, 721 x 1440; raises ValueError for what is not WW15MGH.DAC."""
    if len(body) != 2 * GRID[0] * GRID[1]:
        raise ValueError(f"{len(body)} bytes: WW15MGH.DAC has {2 * GRID[0] * GRID[1]}")
    return np.frombuffer(body, ">i2").reshape(GRID) / 100.0


def table_of(grid: Heights) -> bytes:
    """Whole metres as signed bytes, 91 x 180: smoothed, every eighth row and column; the pole's row goes on beyond the pole."""
    steps = np.arange(-REACH_CELLS, REACH_CELLS + 1)
    bell = np.exp(-0.5 * (steps / SIGMA_CELLS) ** 2)
    bell /= bell.sum()
    padded = np.pad(grid, ((REACH_CELLS, REACH_CELLS), (0, 0)), mode="edge")
    down, smooth = np.zeros(GRID), np.zeros(GRID)
    for weight, step in zip(bell, steps, strict=True):
        down += weight * padded[step + REACH_CELLS :][: GRID[0]]
    for weight, step in zip(bell, steps, strict=True):
        smooth += weight * np.roll(down, -step, axis=1)
    return bytes(np.rint(smooth[::EVERY, ::EVERY]).astype(np.int8))


def errors_m(grid: Heights, table: memoryview, every: int = 5) -> tuple[Heights, Heights]:
    """What the table says more than the grid, at each so many rows and columns, and the share of the earth that each stands for."""
    rows, columns = np.mgrid[0 : GRID[0] : every, 0 : GRID[1] : every].reshape(2, -1)
    latitudes_deg, longitudes_deg = 90.0 - rows * CELL_DEG, columns * CELL_DEG
    said = [
        height_in(table, latitude, longitude) for latitude, longitude in zip(latitudes_deg.tolist(), longitudes_deg.tolist(), strict=True)
    ]
    shares = np.cos(np.radians(latitudes_deg))
    return np.array(said) - grid[rows, columns], shares / shares.sum()


def main() -> None:
    """Read the grid, write the table, tell its errors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("grid", type=Path, help="WW15MGH.DAC")
    parser.add_argument("table", type=Path, help="what to write")
    args = parser.parse_args()
    grid = read_grid(args.grid.read_bytes())
    table = table_of(grid)
    args.table.write_bytes(zlib.compress(table, 9))
    errors, shares = errors_m(grid, memoryview(table).cast("b"))
    rms_m, near = float(np.sqrt(shares @ errors**2)), float(shares @ (np.abs(errors) < 2.0))
    print(f"{ROWS} x {COLUMNS}: {rms_m:.2f} m (1 sigma), {near:.1%} of the earth within 2 m, at most {np.abs(errors).max():.1f} m")


if __name__ == "__main__":
    main()
