"""`edge-node detect --plot`: a recording on the page that fits what it holds."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from drivers.blocks import Block
from edge_node.messages import Detection
from edge_node.node.page import Page

REQUIREMENT = "matplotlib>=3.9"
PAGES = {
    "RadioFrame": "edge_node.node.plot_remote_id:RemoteIdPage",
    "AudioBlock": "edge_node.node.plot_sound:SoundPage",
}
DEFAULT = "RadioFrame"


class PlotUnavailable(Exception):
    """matplotlib is not installed; the text says how to."""


def require_matplotlib() -> None:
    """Raise PlotUnavailable where nothing can be drawn."""
    try:
        import matplotlib as mpl  # noqa: PLC0415 -- 40 MiB that nobody else needs
    except ImportError as error:
        raise PlotUnavailable(f"--plot needs matplotlib: {sys.executable} -m pip install '{REQUIREMENT}'") from error
    mpl.use("Agg")


class Plot:
    """Blocks and detections in, one picture out; the first block says which page it is."""

    def __init__(self) -> None:
        self._page: Page | None = None

    def see(self, block: Block) -> None:
        """Note one block."""
        self._page = self._page or _page(type(block).__name__)
        self._page.see(block)

    def take(self, said: Detection, t_s: float) -> None:
        """Note one detection, `t_s` after the recording's start."""
        if self._page:
            self._page.take(said, t_s)

    def save(self, path: Path, title: str) -> None:
        """Draw it as PNG, with no screen; raises OSError where the file cannot be written."""
        require_matplotlib()
        (self._page or _page(DEFAULT)).draw(title).savefig(path, dpi=110, format="png")


def _page(block_type: str) -> Page:
    module, _, name = PAGES.get(block_type, PAGES[DEFAULT]).partition(":")
    page: Page = getattr(import_module(module), name)()
    return page
