"""The panels of a page of sound below its spectrogram: azimuth, elevation and probability of each source over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.picture.page import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST_SPAN_DEG = 30.0
ZOOMED_WITHIN_DEG = 150.0
ROUND_ANGLES = (1, 1.5, 3, 4.5, 9, 10)

Numbers = NDArray[np.float64]
TIME, PROBABILITY, BLADE_PASS, AZIMUTH, SIGMA_AZIMUTH, ELEVATION, SIGMA_ELEVATION = range(7)


class Line(Struct, frozen=True):
    """One source: rows of numbers by the names above, nan where unknown and where the line breaks; its name, and its colour."""

    name: str
    rows: Numbers
    colour: Any

    def has(self, row: int) -> bool:
        """Whether anything of this is known."""
        return not bool(np.isnan(self.rows[row]).all())


class Panel(Struct, frozen=True):
    """A part of the page, drawn where any line has this row."""

    row: int | None
    height: float
    draw: Callable[[Axes, Sequence[Line]], None]


def fitting(lines: Sequence[Line]) -> list[Panel]:
    """The panels for what is known."""
    return [panel for panel in PANELS if panel.row is None or any(line.has(panel.row) for line in lines)]


def _draw_azimuth(axes: Axes, lines: Sequence[Line]) -> None:
    """Zoomed where all lie within a part of the circle, else the whole of it, where what passes north leaves above and comes in below."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    axes.set_title("Azimuth, with 1 sigma", loc="left")
    pointing = [line for line in lines if line.has(AZIMUTH)]
    middle = middle_deg(np.concatenate([line.rows[AZIMUTH] for line in pointing]))
    azimuths = [middle + unwrapped(line.rows[AZIMUTH] - middle) for line in pointing]
    low, high = reach(azimuths, [line.rows[SIGMA_AZIMUTH] for line in pointing])
    zoomed = high - low <= ZOOMED_WITHIN_DEG
    for line, azimuth in zip(pointing, azimuths, strict=True):
        for turn in (0,) if zoomed else range(floor(low / 360), ceil(high / 360) + 1):
            draw_angle(axes, line, azimuth - 360 * turn, line.rows[SIGMA_AZIMUTH])
    if zoomed:
        spare = max(LEAST_SPAN_DEG - (high - low), 0.1 * (high - low)) / 2
        axes.set_ylim(low - spare, high + spare)
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=ROUND_ANGLES))
    else:
        axes.set_ylim(0, 360)
        axes.set_yticks(range(0, 361, 90))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value % 360:.0f}°")


def _draw_elevation(axes: Axes, lines: Sequence[Line]) -> None:
    axes.set_title("Elevation, with 1 sigma", loc="left")
    raised = [line for line in lines if line.has(ELEVATION)]
    for line in raised:
        draw_angle(axes, line, line.rows[ELEVATION], line.rows[SIGMA_ELEVATION])
    low, _ = reach([line.rows[ELEVATION] for line in raised], [line.rows[SIGMA_ELEVATION] for line in raised])
    axes.set_ylim(max(min(low, 0.0), -90.0), 90)
    axes.set_yticks(range(0 if low > -15 else -90, 91, 30))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0f}°")


def draw_angle(axes: Axes, line: Line, angle: Numbers, sigma: Numbers) -> None:
    """An angle, or whatever else has a sigma, over time."""
    axes.grid(color="0.92")
    axes.fill_between(line.rows[TIME], angle - sigma, angle + sigma, color=line.colour, alpha=0.22, linewidth=0)
    axes.plot(line.rows[TIME], angle, color=line.colour, linewidth=1.3, marker=".", markersize=4)


def _draw_probability(axes: Axes, lines: Sequence[Line]) -> None:
    axes.set_title("Probability that it is a drone; between detections nothing was sure enough", loc="left")
    axes.set_ylim(0, 1.04)
    axes.grid(color="0.92")
    axes.axhline(0, color="0.4", linewidth=1)
    for line in lines:
        t_s, probability = line.rows[TIME], line.rows[PROBABILITY]
        axes.fill_between(t_s, 0, probability, color=line.colour, alpha=0.15, linewidth=0)
        axes.plot(t_s, probability, color=line.colour, linewidth=1.3, marker=".", markersize=4)
        axes.plot(t_s[0], 0, marker="^", color=line.colour, markersize=8, clip_on=False)
    if not lines:
        say(axes, "no drone was heard")


PANELS = (Panel(AZIMUTH, 1.1, _draw_azimuth), Panel(ELEVATION, 0.8, _draw_elevation), Panel(None, 0.7, _draw_probability))


def reach(angles: Sequence[Numbers], sigmas: Sequence[Numbers]) -> tuple[float, float]:
    """The lowest and the highest of all bands."""
    middle, sigma = np.concatenate(angles), np.nan_to_num(np.concatenate(sigmas))
    return float(np.nanmin(middle - sigma)), float(np.nanmax(middle + sigma))


def middle_deg(azimuths_deg: Numbers) -> float:
    """The mean direction."""
    turns = np.exp(1j * np.radians(azimuths_deg[~np.isnan(azimuths_deg)]))
    return float(np.degrees(np.angle(turns.mean()))) % 360


def unwrapped(angles_deg: Numbers) -> Numbers:
    """Without leaps of a whole turn, the first within half a turn of 0; nan stays where it is."""
    known = ~np.isnan(angles_deg)
    unwrapped = angles_deg.copy()
    unwrapped[known] = np.unwrap((angles_deg[known] + 180) % 360 - 180, period=360)
    return unwrapped
