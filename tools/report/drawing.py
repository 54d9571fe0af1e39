"""Lines in SVG."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from tools.report.markup import Child, Markup, tag

Array = NDArray[np.float64]
MOST_POINTS = 500
"""Of one line: more cannot be told apart."""


def path(points: Array, **attributes: object) -> Markup | None:
    """A line through points (n, 2), broken where one is not a number; None without any."""
    points = points[:: max(1, -(-len(points) // MOST_POINTS))]
    words, pen = [], "M"
    for x, y in points:
        if np.isfinite(x) and np.isfinite(y):
            words.append(f"{pen}{x:.1f} {y:.1f}")
            pen = "L"
        else:
            pen = "M"
    if not words:
        return None
    if len(words) == 1:
        words.append("h.1")
    return tag("path", d=Markup("".join(words)), **attributes)


def label(x: float, y: float, words: str, **attributes: object) -> Markup:
    """Words at a place."""
    return tag("text", words, x=f"{x:.1f}", y=f"{y:.1f}", **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> Markup:
    """From one point to another."""
    return tag("line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", **attributes)


def svg(width: float, height: float, title: str, *children: Child | Sequence[Child]) -> Markup:
    """A picture with a name for who cannot see it."""
    return tag("svg", tag("title", title), *children, viewBox=f"0 0 {width:.0f} {height:.0f}", role="img", aria_label=title)


def nice(most: float) -> float:
    """1, 2 or 5 times a power of ten, at most this."""
    power = 10.0 ** floor(log10(max(most, 1e-9)))
    return next(step * power for step in (5, 2, 1) if step * power <= most * (1 + 1e-9))
