"""What the node's detector costs on one thread at four sizes beside OpenCV's MOG2 alone, and how much memory its worker holds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from math import inf
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_node.camera.detector import CameraDetector
from tools.bench.camera_clips import Grey, Seen, clips
from tools.bench.camera_node import Node
from tools.bench.camera_peers import Detector, mixture
from tools.bench.camera_run import Contender, run
from tools.bench.figure import Figure
from tools.bench.node import pids, pss_mib
from tools.stage import Stage, stage

SIZES = ((320, 256), (640, 512), (1280, 720), (1920, 1080))
WARM_UP, FRAMES = 30, 150
CLIPS = 2
# What a picture that was made larger lost of its sensor's noise, and bodies that fly through it.
NOISE_GREY, BODIES, BODY_GREY, BODY_PX = 2.0, 5, 30.0, 1.5
NOISES = 8
SENSOR = '\n[[sensor]]\nname = "camera"\ndriver = "recording"\npath = "{path}"\npace = "recorded"\nloop = true\n'
SETTLED_S = 8.0


def figures() -> Iterator[Figure]:
    """Milliseconds a frame, and the worker's proportional set size at 640 x 512."""
    for width, height in SIZES:
        yield _size(width, height)
    with stage() as here:
        yield _memory(here)


class Alone:
    """A detector without a tracker."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def step(self, frame: int, picture: Grey) -> Sequence[Seen]:
        """Nothing: only its time is asked for."""
        del frame
        self._detector.boxes(picture)
        return ()


def _size(width: int, height: int) -> Figure:
    ours: list[float] = []
    theirs: list[float] = []
    band: Literal["thermal", "visible"] = "thermal" if width == SIZES[0][0] else "visible"
    for clip in [one for one in clips(band) if one.kind == "drone"][:CLIPS]:
        contenders: dict[str, Contender] = {"node": Node(CameraDetector(), band, clip.rate_hz), "MOG2": Alone(mixture())}
        made = run(islice(pictures(clip.pictures(), width, height), WARM_UP + FRAMES), contenders)
        ours += made["node"].ms[WARM_UP:]
        theirs += made["MOG2"].ms[WARM_UP:]
    return Figure(f"camera.cost.{width}x{height}_ms", float(np.median(ours)), "ms", float(np.median(theirs)), "MOG2 alone")


def pictures(real: Iterator[Grey], width: int, height: int, seed: int = 1) -> Iterator[Grey]:
    """A real clip cut and made larger to this size, with noise of its own and bodies that fly through it."""
    rng = np.random.default_rng(seed)
    noises = rng.normal(0, NOISE_GREY, (NOISES, height, width)).astype(np.float32)
    place = rng.uniform((0, 0), (width, height), (BODIES, 2))
    speed = rng.uniform(-4, 4, (BODIES, 2))
    for number, picture in enumerate(real):
        larger = cv2.resize(_cut(picture, width / height), (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
        if picture.shape != (height, width):
            larger += noises[rng.integers(NOISES)]
        for x, y in (place + number * speed) % (width, height):
            _draw(larger, float(x), float(y))
        yield np.clip(larger, 0, 255).astype(np.uint8)


def _cut(picture: Grey, aspect: float) -> Grey:
    rows = min(picture.shape[0], round(picture.shape[1] / aspect))
    top = (picture.shape[0] - rows) // 2
    return picture[top : top + rows]


def _draw(picture: NDArray[np.float32], x: float, y: float) -> None:
    """Lay a small bright body over a picture."""
    reach = round(4 * BODY_PX)
    left, top = max(int(x) - reach, 0), max(int(y) - reach, 0)
    part = picture[top : int(y) + reach + 1, left : int(x) + reach + 1]
    rows, columns = np.indices(part.shape)
    part += BODY_GREY * np.exp(-((columns + left - x) ** 2 + (rows + top - y) ** 2) / (2 * BODY_PX**2)).astype(np.float32)


def _memory(here: Stage) -> Figure:
    """Of the worker that plays a visible clip at its own pace."""
    clip = next(one for one in clips("visible") if one.kind == "drone")
    memory_mib = inf
    with here.node(SENSOR.format(path=clip.path)):
        while not pids(here).get("camera"):
            time.sleep(0.05)
        time.sleep(SETTLED_S)
        memory_mib = pss_mib(pids(here)["camera"])
    return Figure("camera.pss_mib", memory_mib, "MiB", against="640 x 512 at 30 Hz")
