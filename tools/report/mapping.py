"""The map about a node and the sky above it: truth and tracks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

from tools.report.drawing import label, line, nice, svg
from tools.report.lines import Way, lines, style
from tools.report.markup import Child, Markup, tag
from tools.score.truth import Truth

Array = NDArray[np.float64]
SIDE, EDGE = 480.0, 16.0
BEYOND = 1.6
"""Tracks are drawn this much farther out than anything really was."""
LEAST_M = 50.0
MIDDLE, RADIUS = SIDE / 2, SIDE / 2 - 30.0


def chart(truth: Truth, true: Sequence[Way], told: Sequence[Way], nodes: Sequence[tuple[str, float, float]]) -> Markup:
    """From above, north up; `nodes` have a name, metres east and north."""
    reach = max([LEAST_M, *(float(np.nanmax(np.abs(way.place[:, :2]))) for way in true), *(max(abs(e), abs(n)) for _, e, n in nodes)])
    scale = (SIDE / 2 - EDGE) / (reach * 1.08)

    def put(place: Array) -> Array:
        shown = np.where(np.abs(place[:, :2]).max(axis=-1, keepdims=True) <= reach * BEYOND, place[:, :2], np.nan)
        return np.stack([MIDDLE + scale * shown[:, 0], MIDDLE - scale * shown[:, 1]], axis=-1)

    parts: list[Child] = [*_rings(reach, scale), *_ways(truth, true, told, lambda way: put(way.place))]
    for name, east, north in nodes:
        x, y = MIDDLE + scale * east, MIDDLE - scale * north
        parts += [tag("path", d=f"M{x:.1f} {y - 8:.1f}l7 13h-14z", class_="ink"), label(x + 10, y + 5, name, class_="bold")]
    parts += [
        tag("path", d=f"M{SIDE - 24:.0f} 36v-22m-5 7l5 -7l5 7", class_="grid", stroke_width=2),
        label(SIDE - 29, 50, "N", class_="bold"),
    ]
    return svg(SIDE, SIDE, "Map: true paths and tracks, north up", parts, _scale_bar(scale))


def _rings(reach: float, scale: float) -> list[Child]:
    step = nice(reach / 2)
    radii = [k * step * scale for k in range(1, int(reach * 1.5 / step) + 1)]
    return [tag("circle", cx=MIDDLE, cy=MIDDLE, r=f"{radius:.1f}", class_="grid") for radius in radii]


def _scale_bar(scale: float) -> list[Child]:
    length_m = nice(110 / scale)
    y, to = SIDE - EDGE, EDGE + length_m * scale
    return [
        line(EDGE, y, to, y, stroke="var(--ink)", stroke_width=2),
        line(EDGE, y - 5, EDGE, y + 5, stroke="var(--ink)", stroke_width=2),
        line(to, y - 5, to, y + 5, stroke="var(--ink)", stroke_width=2),
        label(EDGE + 4, y - 8, f"{length_m:g} m", class_="bold"),
    ]


def _ways(truth: Truth, true: Sequence[Way], told: Sequence[Way], put: Callable[[Way], Array]) -> list[Child]:
    """All lines, and where true ones begin."""
    starts = [(way.of, points[:1]) for way in true if len(points := put(way)[np.isfinite(put(way)[:, 0])])]
    dots = [tag("circle", cx=f"{at[0, 0]:.1f}", cy=f"{at[0, 1]:.1f}", r=5, fill="var(--c)", style=style(of)) for of, at in starts]
    return [*lines(truth, true, told, put), *dots]


def sky(truth: Truth, true: Sequence[Way], told: Sequence[Way]) -> Markup:
    """What the node has above it: north up, east to the right as on a map, the horizon as the rim, the zenith in the middle."""

    def put(direction_deg: Array) -> Array:
        azimuth = np.radians(direction_deg[:, 0])
        raised = np.where(np.isfinite(direction_deg[:, 1]), direction_deg[:, 1], 0.0)
        far = RADIUS * (90 - np.clip(raised, -8, 90)) / 90
        return np.stack([MIDDLE + far * np.sin(azimuth), MIDDLE - far * np.cos(azimuth)], axis=-1)

    rings = [tag("circle", cx=MIDDLE, cy=MIDDLE, r=f"{RADIUS * (90 - up) / 90:.1f}", class_="grid") for up in (0, 30, 60)]
    spokes = [
        line(MIDDLE, MIDDLE, MIDDLE + RADIUS * sin(radians(a)), MIDDLE - RADIUS * cos(radians(a)), class_="grid") for a in range(0, 360, 45)
    ]
    winds = [
        label(
            MIDDLE + (RADIUS + 14) * sin(radians(a)),
            MIDDLE - (RADIUS + 14) * cos(radians(a)) + 5,
            name,
            class_="bold",
            text_anchor="middle",
        )
        for a, name in ((0, "N"), (90, "E"), (180, "S"), (270, "W"))
    ]
    raised = [label(MIDDLE + 4, MIDDLE - RADIUS * (90 - up) / 90 + 15, f"{up}°") for up in (30, 60)]
    parts = _ways(truth, true, told, lambda way: put(way.direction_deg))
    return svg(SIDE, SIDE, "Sky: true directions and tracks, the horizon is the rim", rings, spokes, winds, raised, parts)
