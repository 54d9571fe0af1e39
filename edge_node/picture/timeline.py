"""A whole recording on one page: every sensor's strip and all tracks over one time."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from edge_node.picture.page import colours_of
from edge_node.picture.plot import require_matplotlib
from edge_node.picture.strips import MOST_PICTURES, Band, Seen, Strip

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LANES = 24
FORMATS = (".png", ".svg", ".pdf")
LANE_IN, BAND_IN, PICTURE_IN, POINTS_IN, WIDE_IN = 0.3, 1.5, 1.2, 0.9, 15.0
VALUES = {"remote_id": "dBm"}


class Lane(Struct, frozen=True):
    """One track: its name, from when to when, when it was believed and when it was lost (None: never)."""

    name: str
    begin_s: float
    end_s: float
    confirmed_s: float | None = None
    lost_s: float | None = None


class Row(Struct, frozen=True):
    """One panel: of a strip a band, its pictures or its points."""

    title: str
    height_in: float
    strip: Strip
    band: Band | None = None
    seen: tuple[Seen, ...] = ()


def draw(path: Path, title: str, strips: Sequence[Strip], lanes: Sequence[Lane], seconds: float) -> bytes:
    """The page as PNG, SVG or PDF by its name's end; raises as `require_drawable` does."""
    require_drawable(path)
    from matplotlib.figure import Figure  # noqa: PLC0415

    rows = rows_of(strips)
    heights = [max(min(len(lanes), MOST_LANES), 1) * LANE_IN + 0.4, *(row.height_in for row in rows)]
    page = Figure(figsize=(WIDE_IN, sum(heights) + 0.55 * len(heights) + 0.6), layout="constrained")
    panels = page.subplots(len(heights), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
    _draw_lanes(panels[0], lanes[:MOST_LANES], len(lanes))
    for panel, row in zip(panels[1:], rows, strict=True):
        panel.set_title(row.title, loc="left", fontsize=9)
        _draw_row(panel, row, seconds)
    panels[-1].set_xlim(0, max(seconds, 1e-3))
    panels[-1].set_xlabel("s from the begin")
    page.suptitle(title, fontsize=13, fontweight="bold")
    page.savefig(file := BytesIO(), dpi=110, format=path.suffix.lower()[1:])
    return file.getvalue()


def require_drawable(path: Path) -> None:
    """Raise ValueError where nothing can be drawn under this name, PlotUnavailable without matplotlib."""
    if path.suffix.lower() not in FORMATS:
        raise ValueError(f"--plot {path}: end it in {', '.join(FORMATS)}")
    require_matplotlib()


def rows_of(strips: Sequence[Strip]) -> list[Row]:
    """Bands, pictures and points, sensor by sensor."""
    rows: list[Row] = []
    for strip in strips:
        rows += [Row(f"{strip.sensor}: {band.name}", BAND_IN, strip, band) for band in strip.bands]
        if strip.seen:
            rows.append(Row(f"{strip.sensor}: of each part the picture with the surest drone", PICTURE_IN, strip, seen=strip.seen))
        if strip.points and any(value is not None for _, value in strip.points):
            what = "level of Remote ID" if strip.sense == "remote_id" else "azimuth of what is found"
            rows.append(Row(f"{strip.sensor}: {what}", POINTS_IN, strip))
    return rows


def _draw_lanes(axes: Axes, lanes: Sequence[Lane], count: int) -> None:
    """A bar a track: pale while it was not believed, a mark where it was lost."""
    for number, (lane, colour) in enumerate(zip(lanes, colours_of(len(lanes)), strict=True)):
        axes.barh(number, lane.end_s - lane.begin_s, left=lane.begin_s, height=0.6, color=colour, alpha=0.35)
        if lane.confirmed_s is not None:
            axes.barh(number, lane.end_s - lane.confirmed_s, left=lane.confirmed_s, height=0.6, color=colour)
        if lane.lost_s is not None:
            axes.plot([lane.lost_s], [number], marker="x", color="black")
    axes.set_yticks(range(len(lanes)), [lane.name for lane in lanes], fontsize=8)
    axes.invert_yaxis()
    left_out = f", the first {len(lanes)} of {count}" if count > len(lanes) else ""
    axes.set_title(f"Tracks{left_out}: pale until confirmed, x where lost", loc="left", fontsize=9)


def _draw_row(axes: Axes, row: Row, seconds: float) -> None:
    if row.band:
        band, (low, high, unit) = row.band, _reach(row.strip, row.band)
        axes.imshow(band.picture[..., ::-1], extent=(band.begin_s, band.end_s, low, high), aspect="auto", interpolation="nearest")
        axes.set_ylabel(unit, fontsize=8)
        if row.strip.sense == "sound":
            axes.set_yticks([low, high], [f"{band.low_hz:.0f}", f"{band.high_hz:.0f}"])
    elif row.seen:
        _draw_seen(axes, row.seen, seconds)
    else:
        known = [(t_s, value) for t_s, value in row.strip.points if value is not None]
        axes.plot(*zip(*known, strict=True), ".", markersize=3)
        axes.set_ylabel(VALUES.get(row.strip.sense, "°"), fontsize=8)


def _reach(strip: Strip, band: Band) -> tuple[float, float, str]:
    """From where to where the vertical axis goes: octaves are equally high, whatever they hold."""
    return (0.0, 1.0, "Hz") if strip.sense == "sound" else (band.low_hz / 1e6, band.high_hz / 1e6, "MHz")


def _draw_seen(axes: Axes, seen: Sequence[Seen], seconds: float) -> None:
    """Each in its part of the line, with a mark at its time."""
    wide_s = seconds / MOST_PICTURES
    for one in seen:
        begin_s = wide_s * (one.t_s // wide_s)
        axes.imshow(one.picture[..., ::-1], extent=(begin_s, begin_s + 0.97 * wide_s, 0, 1), aspect="auto")
        axes.plot([one.t_s], [1.0], marker="v", color="C3", markersize=5, clip_on=False)
    axes.set_ylim(0, 1)
    axes.set_yticks([])
