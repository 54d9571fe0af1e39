"""Azimuth and range over time: where a delay and a bias show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tools.report.drawing import label, line, nice, svg
from tools.report.lines import Way, lines
from tools.report.markup import Child, Markup, tag
from tools.score.truth import Truth

Array = NDArray[np.float64]
WIDE, HIGH, LEFT, TOP, RIGHT, BELOW = 480.0, 300.0, 48.0, 10.0, 10.0, 26.0
TURN_DEG = 360.0
LEAST_M = 50.0


class Axes(Struct, frozen=True):
    """From times and values to places in a picture."""

    seconds: float
    most: float

    def x(self, t_s: Array | float) -> Array:
        """To the right."""
        return np.asarray(LEFT + (WIDE - LEFT - RIGHT) * np.asarray(t_s) / max(self.seconds, 1e-9))

    def y(self, value: Array | float) -> Array:
        """Up."""
        return np.asarray(TOP + (HIGH - TOP - BELOW) * (1 - np.asarray(value) / self.most))

    def drawn(self, marks: Sequence[float], unit: str, bands: Sequence[tuple[float, float]]) -> list[Child]:
        """Lines across, their names, times below, and faults as bands."""
        step = nice(self.seconds / 4)
        times = [k * step for k in range(int(self.seconds / step + 1e-9) + 1)]
        return [
            *(_band(float(self.x(low)), float(self.x(high))) for low, high in bands),
            *(line(LEFT, float(self.y(mark)), WIDE - RIGHT, float(self.y(mark)), class_="grid") for mark in marks),
            *(label(LEFT - 5, float(self.y(mark)) + 5, f"{mark:g}{unit}", text_anchor="end") for mark in marks),
            *(label(float(self.x(t_s)), HIGH - 7, f"{t_s:g} s", text_anchor="middle" if t_s < self.seconds else "end") for t_s in times),
        ]


def _band(low: float, high: float) -> Markup:
    return tag("rect", x=f"{low:.1f}", y=TOP, width=f"{max(high - low, 2):.1f}", height=HIGH - BELOW - TOP, class_="band")


def azimuths(truth: Truth, true: Sequence[Way], told: Sequence[Way], seconds: float, bands: Sequence[tuple[float, float]]) -> Markup:
    """Clockwise from north; a line that goes through north is broken there."""
    axes = Axes(seconds, TURN_DEG)

    def put(way: Way) -> Array:
        azimuth = way.direction_deg[:, 0]
        turned = np.flatnonzero(np.abs(np.diff(azimuth)) > TURN_DEG / 2) + 1
        return np.insert(np.stack([axes.x(way.t_s), axes.y(azimuth)], axis=-1), turned, np.nan, axis=0)

    parts = lines(truth, true, told, put)
    return svg(WIDE, HIGH, "Azimuth over time: truth and tracks", axes.drawn((0, 90, 180, 270, 360), "°", bands), parts)


def ranges(truth: Truth, true: Sequence[Way], told: Sequence[Way], seconds: float, bands: Sequence[tuple[float, float]]) -> Markup:
    """From the node, of what has a place."""

    def far(way: Way) -> Array:
        off = way.place - truth.stand.at(way.t_s)
        return np.asarray(np.where(np.isfinite(off[:, 0]), np.sqrt(np.nansum(off**2, axis=-1)), np.nan))

    most = max([LEAST_M, *(float(np.nanmax(far(way))) for way in true)]) * 1.08
    axes, step = Axes(seconds, most), nice(most / 3)

    def put(way: Way) -> Array:
        value = far(way)
        return np.stack([axes.x(way.t_s), axes.y(np.where(value <= most, value, np.nan))], axis=-1)

    marks = [k * step for k in range(int(most / step) + 1)]
    return svg(WIDE, HIGH, "Range over time: truth and tracks", axes.drawn(marks, " m", bands), lines(truth, true, told, put))
