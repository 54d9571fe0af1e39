"""A recording of sound on one page: spectrogram with blade pass, bearing and probability over time."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from drivers.blocks import AudioBlock, Block
from edge_node.messages import AcousticDetection, Detection
from edge_node.picture.page import MOST_NAMED, OTHERS_COLOUR, Thinned, colours_of, say
from edge_node.picture.sound_panels import BLADE_PASS, SIGMA_ELEVATION, TIME, Line, Numbers, fitting
from edge_node.picture.spectrogram import Spectrogram

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_SOURCES = 100
# Between two detections that are further apart nothing was heard.
BROKEN_AFTER_S = 2.0
QUIETEST, LOUDEST = 8.0, 99.8
MOST_SPAN_DB = 60.0
TICKS_HZ = (50, 100, 200, 500, 1000, 2000, 5000)


class Heard:
    """All that is drawn of one of the detector's tracks."""

    def __init__(self, number: int, t_s: float) -> None:
        self.number, self.detections, self.best, self.label = number, 0, -1.0, ""
        self.begin_s = self.end_s = t_s
        self._points = Thinned()

    def take(self, said: AcousticDetection, t_s: float) -> None:
        """Note one detection; the label is that of the surest."""
        if said.probability > self.best:
            self.label, self.best = said.label, said.probability
        self.detections += 1
        self.end_s = t_s
        bearing = said.azimuth_deg, said.sigma_azimuth_deg, said.elevation_deg, said.sigma_elevation_deg
        self._points.add(t_s, (said.probability, said.blade_pass_hz, *bearing))

    def rows(self) -> Numbers:
        """What a Line takes."""
        points: list[list[float]] = []
        for t_s, values in self._points.points:
            if points and t_s - points[-1][TIME] > BROKEN_AFTER_S:
                points.append([(t_s + points[-1][TIME]) / 2, *[nan] * SIGMA_ELEVATION])
            points.append([t_s, *(nan if value is None else value for value in values)])
        return np.array(points).T

    def name(self) -> str:
        """Like "3  multirotor, at best 97 %, 0 to 28 s (57)"."""
        when = f"{self.begin_s:.0f} to {self.end_s:.0f} s"
        return f"{self.number}  {self.label.replace('_', '-')}, at best {100 * self.best:.0f} %, {when} ({self.detections})"


class SoundPage:
    """Blocks and detections in, one picture out."""

    def __init__(self) -> None:
        self._heard: dict[int, Heard] = {}
        self._spectrogram: Spectrogram | None = None
        self._array = ""
        self._rate_hz = self._channels = self._channel = self._frames = 0
        self.left_out = 0

    def see(self, block: Block) -> None:
        """Take one channel of the block into the spectrogram."""
        if not isinstance(block, AudioBlock):
            return
        if self._spectrogram is None:
            self._spectrogram = self._begun(block)
        self._spectrogram.add(block.samples[:, self._channel])
        self._frames += len(block.samples)

    def _begun(self, block: AudioBlock) -> Spectrogram:
        """Choose the channel of middling level: neither a dead microphone nor one that crackles."""
        self._rate_hz, self._channels = block.sample_rate_hz, block.samples.shape[1]
        self._channel = int(np.argsort(np.square(block.samples).mean(axis=0))[self._channels // 2])
        self._array = block.array.name if block.array else "of an array that nobody named"
        return Spectrogram(block.sample_rate_hz)

    def take(self, said: Detection, t_s: float) -> None:
        """Note one detection, `t_s` after the recording's start."""
        if not isinstance(said, AcousticDetection):
            return
        if said.track not in self._heard and len(self._heard) >= MOST_SOURCES:
            self.left_out += 1
            return
        self._heard.setdefault(said.track, Heard(said.track, t_s)).take(said, t_s)

    def draw(self, title: str) -> Figure:
        """The page, with no screen; the source that was heard longest comes first."""
        from matplotlib.figure import Figure as Page  # noqa: PLC0415

        heard = sorted(self._heard.values(), key=lambda one: -one.detections)
        lines = [Line(one.name(), one.rows(), colour) for one, colour in zip(heard, colours_of(len(heard)), strict=True)]
        panels = fitting(lines)
        page = Page(figsize=(15, 11), layout="constrained")
        first, *rows = page.subplots(1 + len(panels), 1, sharex=True, height_ratios=(2.3, *(panel.height for panel in panels)))
        self._draw_spectrogram(page, first, lines)
        for axes, panel in zip(rows, panels, strict=True):
            panel.draw(axes, lines)
        rows[-1].set_xlabel("seconds from the start of the recording")
        rows[-1].set_xlim(0, max(self._seconds, 0.1))
        page.suptitle(self._title(title, heard), fontsize=14, fontweight="bold")
        _legend(page, lines)
        return page

    @property
    def _seconds(self) -> float:
        return self._frames / self._rate_hz if self._rate_hz else 0.0

    def _title(self, title: str, heard: list[Heard]) -> str:
        count = sum(one.detections for one in heard) + self.left_out
        microphones = "1 microphone" if self._channels == 1 else f"{self._channels} microphones ({self._array})"
        sources = f"{len(heard)} {'source' if len(heard) == 1 else 'sources'}"
        found = f"{count} detections of {sources}" if count else "no drone was heard"
        return f"{title}: {found}, {self._seconds:.0f} s, {microphones} at {self._rate_hz / 1000:g} kHz"

    def _draw_spectrogram(self, page: Figure, axes: Axes, lines: Sequence[Line]) -> None:
        which = f"Sound, channel {self._channel + 1} of {self._channels}" if self._channels > 1 else "Sound; one microphone has no bearing"
        axes.set_title(f"{which}; dots: blade pass", loc="left")
        if self._spectrogram is None or not self._spectrogram.columns:
            say(axes, "the recording is too short to be drawn")
            return
        edges_s, level_db = self._spectrogram.decibels()
        edges_hz = self._spectrogram.edges_hz
        quietest_db, loudest_db = map(float, np.percentile(level_db, (QUIETEST, LOUDEST)))
        least_db = min(max(quietest_db, loudest_db - MOST_SPAN_DB), loudest_db - 1)
        axes.set_facecolor("black")
        mesh = axes.pcolormesh(edges_s, edges_hz, level_db, vmin=least_db, vmax=loudest_db, cmap="magma")
        page.colorbar(mesh, ax=axes, label="dB of full scale in a band", pad=0.01)
        for line in lines:
            axes.scatter(line.rows[TIME], line.rows[BLADE_PASS], s=16, color=[line.colour], edgecolors="white", linewidths=0.7, zorder=3)
        ticks = [hz for hz in TICKS_HZ if edges_hz[0] <= hz <= edges_hz[-1]]
        axes.set(yscale="log", ylim=(edges_hz[0], edges_hz[-1]), ylabel="Hz")
        axes.set_yticks(ticks, [f"{hz:g}" for hz in ticks])
        axes.set_yticks([], minor=True)


def _legend(page: Figure, lines: Sequence[Line]) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415

    handles = [Line2D([], [], color=line.colour, marker="o", label=line.name) for line in lines[:MOST_NAMED]]
    if len(lines) > MOST_NAMED:
        handles.append(Line2D([], [], color=OTHERS_COLOUR, marker="o", label=f"and {len(lines) - MOST_NAMED} more"))
    if handles:
        handles.append(Line2D([], [], color="0.2", marker="^", linestyle="", label="heard for the first time"))
        page.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 4), fontsize=9, frameon=False)
