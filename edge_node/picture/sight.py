"""A recording of pictures on one page: the last picture with the way of each object, and where and what it was over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import nan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import Block, Frame
from edge_node.messages import CameraDetection, Detection, SightLabel
from edge_node.picture.page import MOST_NAMED, OTHERS_COLOUR, Thinned, colours_of, say
from edge_node.picture.sight_panels import SIGMA_RANGE, TIME, fitting, path_of
from edge_node.picture.sound_panels import Line, Numbers
from edge_node.picture.tone import ToneMap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_OBJECTS = 100
# Between two detections that are further apart nothing was seen.
BROKEN_AFTER_S = 1.0


class Seen:
    """All that is drawn of one of the detector's tracks."""

    def __init__(self, number: int, t_s: float) -> None:
        self.number, self.detections, self.best = number, 0, 0.0
        self.begin_s = self.end_s = t_s
        self._labels: Counter[SightLabel] = Counter()
        self._points = Thinned()

    def take(self, said: CameraDetection, t_s: float) -> None:
        """Note one detection."""
        self.detections += 1
        self.end_s = t_s
        self.best = max(self.best, said.probability)
        self._labels[said.label] += 1
        x, y, width, height = said.box
        bearing = said.azimuth_deg, said.sigma_azimuth_deg, said.elevation_deg, said.sigma_elevation_deg
        self._points.add(t_s, (said.probability, x + width / 2, y + height / 2, *bearing, said.range_m, said.sigma_range_m))

    @property
    def label(self) -> SightLabel:
        """What it was said to be most often."""
        return self._labels.most_common(1)[0][0]

    def rows(self) -> Numbers:
        """What a Line takes, by the names of sight_panels."""
        points: list[list[float]] = []
        for t_s, values in self._points.points:
            if points and t_s - points[-1][TIME] > BROKEN_AFTER_S:
                points.append([(t_s + points[-1][TIME]) / 2, *[nan] * SIGMA_RANGE])
            points.append([t_s, *(nan if value is None else value for value in values)])
        return np.array(points).reshape(-1, SIGMA_RANGE + 1).T

    def name(self) -> str:
        """Like "3  bird, drone at best 12 %, 0.0 to 9.8 s (294)"."""
        sure = f"at best {100 * self.best:.0f} %" if self.label == "drone" else f"drone at best {100 * self.best:.0f} %"
        return f"{self.number}  {self.label}, {sure}, {self.begin_s:.1f} to {self.end_s:.1f} s ({self.detections})"


class SightPage:
    """Pictures and detections in, one page out."""

    def __init__(self) -> None:
        self._seen: dict[int, Seen] = {}
        self._tone = ToneMap()
        self._picture: NDArray[np.uint8] | None = None
        self._camera = ""
        self._pictures, self._begin_ns, self._end_ns = 0, 0, 0
        self.left_out = 0

    def see(self, block: Block) -> None:
        """Keep the last picture that shows anything new."""
        if not isinstance(block, Frame):
            return
        self._begin_ns = block.t_mono_ns if not self._pictures else self._begin_ns
        self._pictures, self._end_ns = self._pictures + 1, block.t_mono_ns
        self._camera = block.camera.name if block.camera else "a camera that nobody named"
        if self._picture is None or not (block.repeated or block.shutter):
            self._picture = self._tone.grey(block.picture)

    def take(self, said: Detection, t_s: float) -> None:
        """Note one detection, `t_s` after the recording's start."""
        if not isinstance(said, CameraDetection):
            return
        if said.track not in self._seen and len(self._seen) >= MOST_OBJECTS:
            self.left_out += 1
            return
        self._seen.setdefault(said.track, Seen(said.track, t_s)).take(said, t_s)

    def draw(self, title: str) -> Figure:
        """The page, with no screen; what was seen longest comes first."""
        from matplotlib.figure import Figure as Page  # noqa: PLC0415 -- matplotlib is an extra, and slow to load

        seen = sorted(self._seen.values(), key=lambda one: -one.detections)
        lines = [Line(one.name(), one.rows(), colour) for one, colour in zip(seen, colours_of(len(seen)), strict=True)]
        panels = fitting(lines)
        page = Page(figsize=(15, 14), layout="constrained")
        first, *rows = page.subplots(1 + len(panels), 1, height_ratios=(3.2, *(panel.height for panel in panels)))
        self._draw_picture(first, lines)
        for axes, panel in zip(rows, panels, strict=True):
            panel.draw(axes, lines)
            axes.set_xlim(0, max(self._seconds, 0.1))
        rows[-1].set_xlabel("seconds from the start of the recording")
        page.suptitle(self._title(title, seen), fontsize=14, fontweight="bold")
        _legend(page, lines)
        return page

    @property
    def _seconds(self) -> float:
        return (self._end_ns - self._begin_ns) / 1e9

    def _title(self, title: str, seen: Sequence[Seen]) -> str:
        count = sum(one.detections for one in seen) + self.left_out
        kinds = Counter(one.label for one in seen)
        what = ", ".join(f"{number} {label}" for label, number in kinds.most_common())
        found = f"{count} detections of {len(seen)} {'object' if len(seen) == 1 else 'objects'} ({what})" if count else "nothing was seen"
        return f"{title}: {found}, {self._seconds:.0f} s{self._how()}"

    def _how(self) -> str:
        if self._picture is None:
            return ""
        rows, columns = self._picture.shape
        rate = f" at {(self._pictures - 1) / self._seconds:.3g} Hz" if self._seconds > 0 else ""
        return f", {columns} x {rows} of {self._camera}{rate}"

    def _draw_picture(self, axes: Axes, lines: Sequence[Line]) -> None:
        axes.set_title("The last picture, and the way of each object in pixels; ring: where it was seen last", loc="left")
        if self._picture is None:
            say(axes, "the recording holds no picture")
            return
        axes.imshow(self._picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        for line in lines:
            x, y = path_of(line)
            axes.plot(x, y, color=line.colour, linewidth=1.2)
            axes.plot(x[-1:], y[-1:], color=line.colour, marker="o", markersize=10, fillstyle="none", linestyle="")
        rows, columns = self._picture.shape
        axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), xlabel="pixels", ylabel="pixels")


def _legend(page: Figure, lines: Sequence[Line]) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415 -- matplotlib is an extra, and slow to load

    handles = [Line2D([], [], color=line.colour, marker="o", label=line.name) for line in lines[:MOST_NAMED]]
    if len(lines) > MOST_NAMED:
        handles.append(Line2D([], [], color=OTHERS_COLOUR, marker="o", label=f"and {len(lines) - MOST_NAMED} more"))
    if handles:
        page.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 4), fontsize=9, frameon=False)
