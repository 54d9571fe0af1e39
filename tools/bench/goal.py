"""A bound on a figure."""

from __future__ import annotations

from math import inf, isfinite
from typing import Literal

from msgspec import Struct


class Goal(Struct, frozen=True):
    """Bounds, both included, on a figure's value or on its ratio to the peer's."""

    at_least: float = -inf
    at_most: float = inf
    of: Literal["value", "ratio"] = "value"

    def met(self, figure: float) -> bool:
        """Whether a figure is within the bounds; one that is not a number is not."""
        return self.at_least <= figure <= self.at_most

    def words(self) -> str:
        """Such as "at least 100 x"; empty without bounds."""
        times = " x" if self.of == "ratio" else ""
        if self.at_least == self.at_most:
            return f"exactly {number(self.at_least)}{times}"
        bounds = (("at least", self.at_least), ("at most", self.at_most))
        return " and ".join(f"{which} {number(bound)}{times}" for which, bound in bounds if isfinite(bound))


def number(value: float) -> str:
    """Three digits that matter, thousands apart: 0.0123, 12.3, 181 856."""
    return f"{value:,.0f}".replace(",", " ") if abs(value) >= 1000 else f"{value:.3g}"
