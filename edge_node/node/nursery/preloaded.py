"""What the nursery has ready before it forks: what at least two kinds of process need, so that they hold it once.

Nothing of other packages, which may do anything when they are imported. No cv2, for the camera alone needs it.
"""

from __future__ import annotations

import ctypes
import gc
import os
from importlib import import_module
from pathlib import Path

from edge_node.config import Config, from_json, to_json

GIVE_BACK_BYTES = 1 << 20
PRELOADED = {
    "edge_node.node.worker": "the loop of every sensor, with msgspec, zmq and the bus",
    "edge_node.node.hub": "of the hub alone, which is back the sooner",
    "edge_node.remote_id.detector": "a node has one receiver for Wi-Fi and one for Bluetooth",
    "numpy": "of all that hear, see or listen to radio, and of the hub",
    "numpy.fft": "of microphones and radios",
    "numpy.ma": "numpy.median looks for masked arrays",
    "numpy.random": "microphones and cameras draw samples",
    "statistics": "of drivers that judge a device's clock",
    "ctypes": "of drivers and of numpy",
    "importlib.resources": "what was learned lies beside the code of microphones and cameras",
    "zipfile": "and is packed",
    "subprocess": "of drivers whose device is held by a process",
}
OF_ALL = {
    "OPENBLAS_NUM_THREADS": "1",
    # Of large arrays: else glibc keeps up to 64 MiB of what a process let go (mallopt(3)).
    "MALLOC_MMAP_THRESHOLD_": str(GIVE_BACK_BYTES),
    "MALLOC_TRIM_THRESHOLD_": str(GIVE_BACK_BYTES),
}
"""The environment of every process of the node."""
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
TASKS = Path("/proc/self/task")


class NotAlone(Exception):
    """Threads run in the nursery, and would be missing in what it forks."""


def preload() -> None:
    """Have it all ready, and out of sight of the garbage collectors to come, which copy a page by looking at it; raises NotAlone."""
    gc.disable()
    os.environ.update(OF_ALL)
    _give_back()
    for name in PRELOADED:
        import_module(name)
    from_json(to_json(Config()))  # msgspec finds out what a type is like when it first meets it
    gc.freeze()
    require_alone()


def _give_back() -> None:
    """What glibc reads of OF_ALL when a program starts, for one that runs; other C libraries know nothing of it."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, GIVE_BACK_BYTES)
        mallopt(M_TRIM_THRESHOLD, GIVE_BACK_BYTES)


def require_alone() -> None:
    """Only who has one thread may fork: a lock that another holds would stay locked for ever."""
    threads = sum(1 for _ in TASKS.iterdir())
    if threads != 1:
        raise NotAlone(f"{threads} threads run in the nursery: it must have one to fork")
