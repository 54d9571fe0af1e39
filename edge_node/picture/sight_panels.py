"""The panels of a page of pictures below its picture: where each object was, how far by its size and how surely a drone, over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from edge_node.picture.page import say
from edge_node.picture.sound_panels import Line, Numbers, Panel, draw_angle, middle_deg, reach, unwrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TIME, PROBABILITY, X, Y, AZIMUTH, SIGMA_AZIMUTH, ELEVATION, SIGMA_ELEVATION, RANGE, SIGMA_RANGE = range(10)
LEAST_SPAN_DEG = 0.5
LEAST_SPAN_PX = 20.0
SPARE = 0.1


def fitting(lines: Sequence[Line]) -> list[Panel]:
    """Bearings where any is known, else places in the picture; ranges where any is told; and always how surely a drone."""
    known = any(line.has(AZIMUTH) for line in lines)
    where = (AZIMUTH, ELEVATION) if known else (X, Y)
    return [PANELS[row] for row in (*where, RANGE) if any(line.has(row) for line in lines)] + [PANELS[PROBABILITY]]


def _draw_azimuth(axes: Axes, lines: Sequence[Line]) -> None:
    """Zoomed to where they are; what passes north goes on."""
    axes.set_title("Azimuth, with 1 sigma", loc="left")
    pointing = [line for line in lines if line.has(AZIMUTH)]
    middle = middle_deg(np.concatenate([line.rows[AZIMUTH] for line in pointing]))
    azimuths = [middle + unwrapped(line.rows[AZIMUTH] - middle) for line in pointing]
    for line, azimuth in zip(pointing, azimuths, strict=True):
        draw_angle(axes, line, azimuth, line.rows[SIGMA_AZIMUTH])
    _zoom(axes, *reach(azimuths, [line.rows[SIGMA_AZIMUTH] for line in pointing]), LEAST_SPAN_DEG)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value % 360:.5g}°")


def _draw_elevation(axes: Axes, lines: Sequence[Line]) -> None:
    axes.set_title("Elevation, with 1 sigma", loc="left")
    raised = [line for line in lines if line.has(ELEVATION)]
    for line in raised:
        draw_angle(axes, line, line.rows[ELEVATION], line.rows[SIGMA_ELEVATION])
    _zoom(axes, *reach([line.rows[ELEVATION] for line in raised], [line.rows[SIGMA_ELEVATION] for line in raised]), LEAST_SPAN_DEG)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.5g}°")


def _draw_pixels(row: int, words: str) -> Callable[[Axes, Sequence[Line]], None]:
    def draw(axes: Axes, lines: Sequence[Line]) -> None:
        axes.set_title(f"{words}, as lens or mounting are not known", loc="left")
        nothing = [np.zeros_like(line.rows[row]) for line in lines]
        for line, none in zip(lines, nothing, strict=True):
            draw_angle(axes, line, line.rows[row], none)
        _zoom(axes, *reach([line.rows[row] for line in lines], nothing), LEAST_SPAN_PX)
        if row == Y:
            axes.invert_yaxis()

    return draw


def _draw_range(axes: Axes, lines: Sequence[Line]) -> None:
    axes.set_title("Range by its size alone, with 1 sigma, metres", loc="left")
    ranged = [line for line in lines if line.has(RANGE)]
    for line in ranged:
        draw_angle(axes, line, line.rows[RANGE], line.rows[SIGMA_RANGE])
    _, farthest = reach([line.rows[RANGE] for line in ranged], [line.rows[SIGMA_RANGE] for line in ranged])
    axes.set_ylim(0, (1 + SPARE) * farthest)


def _draw_probability(axes: Axes, lines: Sequence[Line]) -> None:
    axes.set_title("Probability that it is a drone", loc="left")
    axes.set_ylim(0, 1.04)
    axes.grid(color="0.92")
    for line in lines:
        axes.plot(line.rows[TIME], line.rows[PROBABILITY], color=line.colour, linewidth=1.3, marker=".", markersize=3)
    if not lines:
        say(axes, "nothing was seen")


PANELS = {
    AZIMUTH: Panel(AZIMUTH, 1.0, _draw_azimuth),
    ELEVATION: Panel(ELEVATION, 0.8, _draw_elevation),
    X: Panel(X, 1.0, _draw_pixels(X, "Pixels from the left")),
    Y: Panel(Y, 0.8, _draw_pixels(Y, "Pixels from the top")),
    RANGE: Panel(RANGE, 0.6, _draw_range),
    PROBABILITY: Panel(None, 0.7, _draw_probability),
}


def _zoom(axes: Axes, low: float, high: float, least: float) -> None:
    spare = max(least - (high - low), SPARE * (high - low)) / 2
    axes.set_ylim(low - spare, high + spare)


def path_of(line: Line) -> tuple[Numbers, Numbers]:
    """Where it went in the picture."""
    return line.rows[X], line.rows[Y]
