"""Turn, scale and shift in a plane as two complex numbers: one picture to another, without a matrix call for each step."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Affine = NDArray[np.float64]
"""(2, 3): a similarity; the last column is in pixels."""
Array = NDArray[np.float64]
Plane = NDArray[np.complex128]


class Similarity(NamedTuple):
    """Leads from x + iy to `turn` times that, plus `shift`."""

    turn: complex = 1 + 0j
    shift: complex = 0j

    @classmethod
    def of(cls, affine: Affine) -> Self:
        """The one that a matrix (2, 3) is."""
        (right, _, x), (down, _, y) = affine.tolist()
        return cls(complex(right, down), complex(x, y))

    @classmethod
    def fitted(cls, one: Plane, other: Plane) -> Self:
        """The one that leads from some points (n,) to others with the least squares (Umeyama 1991)."""
        middle, there = complex(one.sum()) / len(one), complex(other.sum()) / len(one)
        spread = one - middle
        turn = complex(np.vdot(spread, other)) / max(float(np.vdot(spread, spread).real), 1e-9)
        return cls(turn, there - turn * middle)

    def after(self, first: Similarity) -> Similarity:
        """What leads there by way of another."""
        return Similarity(self.turn * first.turn, self.turn * first.shift + self.shift)

    def back(self) -> Similarity:
        """What undoes it; nothing that it could be makes a picture a point."""
        return Similarity(1 / self.turn, -self.shift / self.turn)

    def of_points(self, points: Array) -> Array:
        """Points (n, 2) where it leads them."""
        numbers = np.ascontiguousarray(points, np.float64).view(np.complex128) * self.turn + self.shift
        return np.asarray(numbers.view(np.float64))

    @property
    def matrix(self) -> Affine:
        """(2, 3)."""
        turn, shift = self
        return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
