"""The picture of docs/fusion.md, from simulated sensors through the tracker that a node runs: `python -m tools.fusion_picture FILE.png`."""

from __future__ import annotations

import sys
from io import BytesIO
from math import hypot
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edge_node.messages import Kinematics, Track
from tools.fusion_scene import DRONE, GHOST_FROM_S, LASTS_S, SECOND, Array, Told, flown, place_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

IN_95, IN_95_OF_ONE = float(np.sqrt(-2 * np.log(0.05))), 1.96
"""Sigmas that hold 95 % of two axes, and of one."""
BEFORE_S = -12.0
"""Room for words."""
TINT = (0.12, 0.47, 0.71)
TRUTH, TRACK, CLAIM, FALSE, SEEN, HEARD = "0.25", "tab:blue", "tab:green", "tab:red", "tab:orange", "tab:purple"
DRAWN_M, SECTOR_M, COLOURS = 420.0, 310.0, 256
SECTORS_S, ELLIPSES_S, TIMES_S = (0.5, 6.0, 11.5), (13.0, 16.0, 19.0, 22.0, 25.0, 28.0, 32.0), (0, 6, 12, 16, 22, 32)


def drawn(told: Told) -> Figure:
    """The plan, and beside it what is known over time."""
    from matplotlib.figure import Figure as Sheet  # noqa: PLC0415 - 40 MiB that nobody else needs

    sheet = Sheet(figsize=(13.0, 7.2), layout="constrained")
    grid = sheet.add_gridspec(2, 2, width_ratios=(2.1, 1.0))
    plan = sheet.add_subplot(grid[:, 0])
    _plan(plan, told)
    _known(sheet.add_subplot(grid[0, 1]), told)
    _probable(sheet.add_subplot(grid[1, 1]), told)
    return sheet


def _plan(axes: Axes, told: Told) -> None:
    """What was said, what was true, and what the node makes of it."""
    for bearings, colour, every in ((told.seen, SEEN, 20), (told.heard, HEARD, 4)):
        for _, azimuth_deg in bearings[::every]:
            axes.plot(*_ray(azimuth_deg, DRAWN_M), color=colour, lw=0.7, alpha=0.4)
    _paths(axes)
    axes.plot(*np.transpose(told.claimed), "x", color=CLAIM, ms=6, label="Remote ID of the drone, from 12 s on")
    axes.plot(*np.transpose(told.false), "x", color=FALSE, ms=6, label="Remote ID of nothing, from 6 s on")
    _tracked(axes, told)
    axes.plot(0, 0, "^", color="k", ms=10)
    axes.annotate("node", (0, 0), (8, -4), textcoords="offset points")
    for colour, words in ((SEEN, "bearings of the camera, every 2 s"), (HEARD, "bearings of the microphones, every 2 s")):
        axes.plot([], [], color=colour, lw=1, label=words)
    axes.set(xlim=(-215, 245), ylim=(-30, 340), aspect="equal", xlabel="metres east", ylabel="metres north")
    axes.set_title("From above: one track of what is seen, heard and claimed", loc="left")
    axes.legend(loc="lower right", fontsize=8, framealpha=0.9)
    axes.grid(alpha=0.2)


def _paths(axes: Axes) -> None:
    way = np.array([DRONE(t_s)[:2] for t_s in np.arange(0, LASTS_S + 0.1, 0.2)])
    axes.plot(*way.T, color=TRUTH, lw=1, ls="--", label="where the drone was")
    for t_s in TIMES_S:
        east, north = DRONE(float(t_s))[:2]
        axes.plot(east, north, "o", color=TRUTH, ms=4)
        axes.annotate(f"{t_s} s", (east, north), (0, 10), textcoords="offset points", fontsize=9, color=TRUTH, ha="center")


def _tracked(axes: Axes, told: Told) -> None:
    """Sectors while the direction alone is known, then ellipses; each holds 95 %."""
    mine = told.of(1)
    for t_s, track in mine:
        if t_s in SECTORS_S and track.bearing:
            off_deg = IN_95_OF_ONE * hypot(track.bearing.sigma_azimuth_deg, track.bearing.sigma_pose_deg or 0.0)
            edge = np.array([_ray(track.bearing.azimuth_deg + off, SECTOR_M)[:, 1] for off in np.linspace(-off_deg, off_deg, 9)])
            axes.fill(*np.vstack([np.zeros(2), edge]).T, color=TRACK, alpha=0.2, lw=0)
            axes.annotate(f"{t_s:g} s", edge[4], (0, 4), textcoords="offset points", ha="center", fontsize=9, color=TRACK)
        if t_s in ELLIPSES_S and track.kinematics:
            axes.fill(*_ellipse(track.kinematics).T, facecolor=(*TINT, 0.25), edgecolor=(*TINT, 1.0))
    where = np.array([place_of(track.kinematics) for _, track in mine if track.kinematics])
    axes.plot(*where.T, color=TRACK, lw=2, label="its track, and where it is by 95 %")
    _flagged(axes, told)


def _flagged(axes: Axes, told: Told) -> None:
    for number, at in ((1, (110.0, 318.0)), (2, (-205.0, 45.0))):
        t_s, track = next((t_s, track) for t_s, track in told.of(number) if track.suspicions)
        name, score = track.suspicions[0].name, track.suspicions[0].score
        colour, age_s = (TRACK, t_s) if number == 1 else (FALSE, t_s - GHOST_FROM_S)
        axes.text(*at, f"{name} ({score:.2f}),\n{age_s:.1f} s after it came", color=colour, fontsize=9)


def _known(axes: Axes, told: Told) -> None:
    """How far the node knows where the drone is."""
    mine = told.of(1)
    across = [(t_s, _across_m(t_s, track)) for t_s, track in mine]
    placed = [(t_s, _sigma_m(track.kinematics)) for t_s, track in mine if track.kinematics]
    off = [
        (t_s, float(np.linalg.norm(place_of(track.kinematics) - DRONE(track.t_mono_ns / SECOND)[:2])))
        for t_s, track in mine
        if track.kinematics
    ]
    axes.plot(*np.transpose(across), color=TRACK, ls=":", label="across the bearing, 1 sigma")
    axes.plot(*np.transpose(placed), color=TRACK, label="the ellipse's longer half, 1 sigma")
    axes.plot(*np.transpose(off), ".", color=TRUTH, ms=4, label="how far it is off")
    axes.axvline(placed[0][0], color=CLAIM, lw=1, label="its claim agrees: a range")
    axes.set(xlim=(BEFORE_S, LASTS_S), xticks=range(0, 33, 4), ylabel="metres", ylim=(0, 1.7 * max(metres for _, metres in off)))
    axes.set_title("The drone's place", loc="left")
    axes.legend(fontsize=8, loc="upper left")
    axes.grid(alpha=0.2)


def _probable(axes: Axes, told: Told) -> None:
    """What claims are worth, and when which flag was up."""
    for number, colour, words in ((1, CLAIM, "of the drone"), (2, FALSE, "of the ghost")):
        worth = [(t_s, track.claim_probability) for t_s, track in told.of(number) if track.claim_probability is not None]
        axes.step(*np.transpose(worth), where="post", color=colour, label=words)
        raised = [(t_s, track.suspicions[0].name) for t_s, track in told.of(number) if track.suspicions]
        height = -0.09 * number
        axes.plot([raised[0][0], raised[-1][0]], [height, height], color=colour, lw=6, solid_capstyle="butt")
        axes.annotate(raised[0][1], (raised[0][0], height), (-4, -3), textcoords="offset points", fontsize=8, color=colour, ha="right")
    axes.set(xlim=(BEFORE_S, LASTS_S), ylim=(-0.26, 1.05), xticks=range(0, 33, 4), xlabel="seconds", ylabel="claim_probability")
    axes.set_title("That it is where it claims; bars: flags", loc="left")
    axes.legend(fontsize=8, loc="center right")
    axes.grid(alpha=0.2)


def _ray(azimuth_deg: float, far_m: float) -> Array:
    """From the node so far along a bearing: east (2) and north (2)."""
    azimuth = np.radians(azimuth_deg)
    return np.array([[0.0, far_m * np.sin(azimuth)], [0.0, far_m * np.cos(azimuth)]])


def _cov(at: Kinematics) -> Array:
    return np.array(at.covariance).reshape(6, 6)[:2, :2]


def _ellipse(at: Kinematics) -> Array:
    """Points (n, 2) about 95 %."""
    turn = np.linspace(0, 2 * np.pi, 60)
    return np.asarray(place_of(at) + IN_95 * np.array([np.cos(turn), np.sin(turn)]).T @ np.linalg.cholesky(_cov(at)).T)


def _sigma_m(at: Kinematics) -> float:
    return float(np.sqrt(np.linalg.eigvalsh(_cov(at))[-1]))


def _across_m(t_s: float, track: Track) -> float:
    """What a bearing's error is where the drone truly is."""
    bearing = track.bearing
    sigma_deg = 0.0 if bearing is None else hypot(bearing.sigma_azimuth_deg, bearing.sigma_pose_deg or 0.0)
    return float(np.radians(sigma_deg) * np.linalg.norm(DRONE(t_s)[:2]))


def written(sheet: Figure, path: Path) -> None:
    """As a PNG of few colours, half as large as one of all."""
    from PIL import Image  # noqa: PLC0415 - comes with matplotlib

    buffer = BytesIO()
    sheet.savefig(buffer, dpi=90, format="png")
    Image.open(buffer).convert("RGB").quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE).save(path, optimize=True)


if __name__ == "__main__":
    written(drawn(flown()), Path(sys.argv[1]))
