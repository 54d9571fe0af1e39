"""`edge-node detect --plot`: a recording on the page that fits what it holds, or as a film."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Protocol

from drivers.blocks import Block
from edge_node.messages import Detection
from edge_node.picture.page import Page, Painting, PlotUnavailable, Sheet

REQUIREMENT = "matplotlib>=3.9"
PAGES = {
    "RadioFrame": "edge_node.picture.remote_id:RemoteIdPage",
    "AudioBlock": "edge_node.picture.sound:SoundPage",
    "Frame": "edge_node.picture.sight:SightPage",
    "IqBlock": "edge_node.picture.spectrum:SpectrumPage",
}
DEFAULT = "RadioFrame"
FILM = ".mp4"


class Drawing(Protocol):
    """What becomes a file; blocks come before what was detected in them."""

    def see(self, block: Block) -> None:
        """Note one block; raises PlotUnavailable for one that cannot be drawn so."""

    def take(self, said: Detection, t_s: float) -> None:
        """Note one detection, `t_s` after the recording's start."""

    def save(self, title: str) -> None:
        """Write the file; raises OSError where that cannot be done."""


def drawing(path: Path) -> Drawing:
    """A film where the name ends in .mp4, else a page; raises PlotUnavailable, or OSError where nothing can be written there."""
    if path.suffix.lower() == FILM:
        from edge_node.picture.film import Film  # noqa: PLC0415 -- OpenCV, which a page of radio does without

        return Film(path)
    return Plot(path)


def require_matplotlib() -> None:
    """Raise PlotUnavailable where nothing can be drawn."""
    try:
        import matplotlib as mpl  # noqa: PLC0415 -- 40 MiB that nobody else needs
    except ImportError as error:
        raise PlotUnavailable(f"--plot needs matplotlib: {sys.executable} -m pip install '{REQUIREMENT}'") from error
    mpl.use("Agg")


class Plot:
    """Blocks and detections in, one picture out; the first block says which page it is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sheet: Sheet | None = None

    def see(self, block: Block) -> None:
        """Note one block; raises PlotUnavailable where matplotlib is needed for it and is not installed."""
        self._sheet = self._sheet or _sheet(type(block).__name__)
        self._sheet.see(block)

    def take(self, said: Detection, t_s: float) -> None:
        """Note one detection, `t_s` after the recording's start."""
        if self._sheet:
            self._sheet.take(said, t_s)

    def save(self, title: str) -> None:
        """Draw it as PNG, with no screen; raises OSError where the file cannot be written."""
        sheet = self._sheet or _sheet(DEFAULT)
        if isinstance(sheet, Page):
            sheet.draw(title).savefig(self._path, dpi=110, format="png")
        elif isinstance(sheet, Painting):
            import cv2  # noqa: PLC0415 -- a page that matplotlib draws does without

            self._path.write_bytes(cv2.imencode(".png", sheet.paint(title))[1].tobytes())


def _sheet(block_type: str) -> Sheet:
    module, _, name = PAGES.get(block_type, PAGES[DEFAULT]).partition(":")
    sheet: Sheet = getattr(import_module(module), name)()
    if isinstance(sheet, Page):
        require_matplotlib()
    return sheet
