"""A recording of IQ as one picture: its waterfall, with what was detected boxed and named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from drivers.blocks import Block, IqBlock
from edge_node.messages import Detection, LinkDetection, RemoteIdDetection
from edge_node.picture.lettering import LINE_PX, Coloured, write
from edge_node.picture.spectrum_brush import (
    BELOW,
    HEIGHT,
    LEFT,
    MOST_NAMED,
    RIGHT,
    TOP,
    WIDTH,
    WORDS,
    Box,
    Boxed,
    Scale,
    coloured,
    colours_of,
    draw_axes,
    draw_link,
    list_links,
)
from edge_node.picture.waterfall import Waterfall

MOST_LINKS = 100
DRONEID_HZ, DRONEID_S = 9.015e6, 0.643e-3
"""What a DroneID frame takes, which its detection need not say."""


class SpectrumPage:
    """Blocks and detections in, one picture out; it shows the band that the recording begins in."""

    def __init__(self) -> None:
        self._links: dict[str, Boxed] = {}
        self._waterfall: Waterfall | None = None
        self._rate_hz, self._first = 1.0, 0
        self._center_hz: float | None = None
        self.left_out = self.elsewhere = 0

    def see(self, block: Block) -> None:
        """Take the block into the waterfall; one of another band is counted only."""
        if not isinstance(block, IqBlock):
            return
        if self._waterfall is None:
            self._waterfall = Waterfall(block.sample_rate_hz)
            self._rate_hz, self._center_hz, self._first = block.sample_rate_hz, block.center_hz, block.sequence
        if (block.sample_rate_hz, block.center_hz) != (self._rate_hz, self._center_hz):
            self.elsewhere += 1
            return
        self._waterfall.add(block.samples, block.sequence - self._first)

    def take(self, said: Detection, t_s: float) -> None:
        """Note one detection, `t_s` after the recording's start."""
        if isinstance(said, LinkDetection):
            lasts = said.duration_s is None
            begin_s = t_s - (said.t_mono_ns - said.first_mono_ns) / 1e9 if lasts else t_s
            if link := self._link(f"{said.track} {said.link.replace('_', ' ')}", said.alarm, begin_s):
                link.channels_hz = said.channels_hz
                link.take(Box(begin_s, t_s + (said.duration_s or 0.0), said.center_hz, said.bandwidth_hz), lasts=lasts)
        elif isinstance(said, RemoteIdDetection):
            who = said.ids[0].value if said.ids else said.transmitter
            if link := self._link(f"{said.transport.replace('_', ' ')} {who}", True, t_s):
                link.take(Box(t_s, t_s + DRONEID_S, said.center_hz, DRONEID_HZ), lasts=False)

    def _link(self, name: str, alarm: bool, t_s: float) -> Boxed | None:
        if name not in self._links and len(self._links) >= MOST_LINKS:
            self.left_out += 1
            return None
        return self._links.setdefault(name, Boxed(name, alarm, t_s))

    def paint(self, title: str) -> Coloured:
        """The picture, whatever was heard; alarms are listed first, then what was heard most."""
        links = sorted(self._links.values(), key=lambda one: (not one.alarm, -one.detections))
        rows = min(len(links), MOST_NAMED) + (len(links) > MOST_NAMED)
        canvas = np.full((TOP + HEIGHT + BELOW + LINE_PX * (rows + 1), LEFT + WIDTH + RIGHT, 3), 20, np.uint8)
        seconds = self._waterfall.seconds if self._waterfall else 0.0
        scale = Scale(max(seconds, 1e-6), self._rate_hz, self._center_hz)
        if self._waterfall and seconds:
            canvas[TOP : TOP + HEIGHT, LEFT : LEFT + WIDTH] = coloured(self._waterfall)
        else:
            write(canvas, "the recording is too short to be drawn", (LEFT + 40, TOP + HEIGHT // 2), WORDS)
        draw_axes(canvas, scale)
        colours = colours_of(links)
        for link, colour in zip(reversed(links), reversed(colours), strict=True):
            draw_link(canvas, scale, link, colour)
        list_links(canvas, links, colours)
        write(canvas, self._title(title, links, seconds), (LEFT, TOP - 12), WORDS)
        return canvas

    def _title(self, title: str, links: Sequence[Boxed], seconds: float) -> str:
        alarms = sum(link.alarm for link in links)
        found = f"{len(links)} {'link' if len(links) == 1 else 'links'}, {alarms} of drones" if links else "nothing was detected"
        where = "centre unknown" if self._center_hz is None else f"{self._center_hz / 1e6:g} MHz"
        left = f"; {self.left_out} detections not drawn" if self.left_out else ""
        other = f"; {self.elsewhere} blocks of other bands not drawn" if self.elsewhere else ""
        plain = title.encode("ascii", "replace").decode()
        return f"{plain}: {found}, {seconds:.4g} s of {self._rate_hz / 1e6:g} MS/s, {where}{left}{other}"
