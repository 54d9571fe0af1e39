"""What the nursery imports before it forks: what at least two kinds of process need, so that they hold it once.

No driver and no detector, for those of other packages may start threads; no cv2, for the camera alone needs it.
"""

from __future__ import annotations

import gc
from importlib import import_module
from pathlib import Path

PRELOADED = {
    "edge_node.node.worker": "the loop of every sensor, with msgspec, zmq and the bus",
    "edge_node.node.hub": "of the hub alone, and started again in a tenth of the time",
    "numpy": "of all that hear, see or listen to radio, and of the hub",
    "numpy.fft": "of microphones and radios",
    "statistics": "of drivers that judge a device's clock",
    "ctypes": "of drivers and of numpy",
}
TASKS = Path("/proc/self/task")


class NotAlone(Exception):
    """Threads run in the nursery, and would be missing in what it forks."""


def preload() -> None:
    """Import it all, and have the garbage collector of each child leave it alone, lest it copies every page by looking; raises NotAlone."""
    gc.disable()
    for name in PRELOADED:
        import_module(name)
    gc.freeze()
    require_alone()


def require_alone() -> None:
    """Only who has one thread may fork: a lock that another holds would stay locked for ever."""
    threads = sum(1 for _ in TASKS.iterdir())
    if threads != 1:
        raise NotAlone(f"{threads} threads run in the nursery: it must have one to fork")
