"""What every page of a recording is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import Block
from edge_node.messages import Detection

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_POINTS = 4_000
MOST_NAMED = 30
OTHERS_COLOUR = "0.7"


class PlotUnavailable(Exception):
    """matplotlib is not installed, or this cannot be drawn so; the text says what to do."""


class Sheet(Protocol):
    """Blocks and detections in as they pass; its memory is bounded, whatever the recording's length."""

    def see(self, block: Block) -> None:
        """Note one block."""

    def take(self, said: Detection, t_s: float) -> None:
        """Note one detection, `t_s` after the recording's start."""


@runtime_checkable
class Painting(Sheet, Protocol):
    """A sheet that OpenCV paints."""

    def paint(self, title: str) -> NDArray[np.uint8]:
        """The picture (rows, columns, blue green red)."""


@runtime_checkable
class Page(Sheet, Protocol):
    """A sheet that matplotlib draws."""

    def draw(self, title: str) -> Figure:
        """The page, with no screen."""


class Thinned:
    """Points in time, at most so many: when they are too many, every other one goes."""

    def __init__(self) -> None:
        self.points: list[tuple[float, Any]] = []
        self._every = 1
        self._seen = 0

    def add(self, t_s: float, value: Any) -> None:
        """Take a point, or pass it over."""
        self._seen += 1
        if self._seen % self._every == 0:
            self.points.append((t_s, value))
        if len(self.points) >= MOST_POINTS:
            del self.points[::2]
            self._every *= 2


def colours_of(count: int) -> list[Any]:
    """Ten that differ well for few, a whole circle for up to thirty, and grey for who is not named."""
    from matplotlib import colormaps  # noqa: PLC0415

    named = min(count, MOST_NAMED)
    ring = (
        [colormaps["tab10"](k) for k in range(10)] if named <= 10 else [colormaps["turbo"](0.04 + 0.92 * k / named) for k in range(named)]
    )
    return [ring[k] if k < named else OTHERS_COLOUR for k in range(count)]


def say(axes: Axes, words: str) -> None:
    """Words where nothing can be drawn."""
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", fontsize=12, color="0.5")
