"""Hours before one fixed camera: a recorded background looped forth and back, or a simulated one, with what passes and what disturbs.

Of what is real only the labelled objects are known; recordings are read where they lie (EDGE_NODE_DATA) and never kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, cos, radians, sin
from typing import NamedTuple

import cv2
import numpy as np

from edge_node.mounting import Mounting
from tools.bench.camera_clips import Clip, Label
from tools.simulate.flyers import Flyer
from tools.simulate.fractal import Floats
from tools.simulate.lens import Lens
from tools.simulate.outdoors import Band, Eye, Ground, Sky, Traffic
from tools.simulate.projector import Projector
from tools.simulate.rain import streaks
from tools.simulate.scene import Weather
from tools.simulate.sight import Pictures
from tools.simulate.thermal import Bolometer
from tools.simulate.traffic import Passing
from tools.simulate.video import GainControl, Grey, Video
from tools.simulate.world import Wander

RATE_HZ = 10.0
LIVELY = Traffic(birds=120, flocks=6, insects=120, aeroplanes=4, helicopters=1, balloons=1)
SHOWERS_S, SHOWER_S, SHOWER_MM_H = 1800.0, 300.0, 1.5
"""Every so often it rains for so long."""
AIR_LEVEL, LEVELS_A_K = 190.0, 3.0
"""What a body as warm as the air has in a gain-controlled thermal picture, and each kelvin over it."""
SHAKE_PX, SHAKE_DEG = 0.25, 0.01
NOISE_LEVELS = 0.35
"""Of the looped pictures' own noise, which comes again with every round, and must not."""
JUMP_LEVELS_A_K = 8.0
LEAST_SEEN = 0.1


class Shown(NamedTuple):
    """One picture, when, what there is to see in it, and whether the shutter was shut: then it is the one before once more."""

    picture: Grey
    t_s: float
    labels: Sequence[Label]
    shutter: bool


def looped(clip: Clip, seconds: float, *, seed: int = 1, traffic: Traffic = LIVELY) -> Iterator[Shown]:
    """A clip at 10 Hz, forth and back for so long, on a mast that shakes, with traffic, showers and, if thermal, a shutter."""
    step = max(1, round(clip.rate_hz / RATE_HZ))
    kept = [(k, picture) for k, picture in enumerate(clip.pictures()) if k % step == 0]
    band: Band = "visible" if clip.path.parent.name == "visible" else "thermal"
    height, width = kept[0][1].shape
    eye = Eye(band=band, width=width, height=height, tilt_deg=20.0, rate_hz=RATE_HZ, ffc_every_s=180.0 if band == "thermal" else 0.0)
    disturbed = _Disturbed(eye, traffic, seed)
    around = [*range(len(kept)), *range(len(kept) - 2, 0, -1)]
    last: Shown | None = None
    for n in range(ceil(seconds * RATE_HZ)):
        k, picture = kept[around[n % len(around)]]
        if last is not None and disturbed.shut(n / RATE_HZ):
            last = last._replace(t_s=n / RATE_HZ, shutter=True)
        else:
            last = disturbed.shown(picture, clip.labels.get(k, ()), n)
        yield last


def simulated(seconds: float, *, band: Band = "thermal", seed: int = 1, traffic: Traffic = LIVELY) -> Iterator[Shown]:
    """Wood, trees and houses under drifting clouds in a fresh wind, as a camera's 8-bit video, for so long."""
    width, height = (320, 256) if band == "thermal" else (640, 512)
    eye = Eye(band=band, width=width, height=height, tilt_deg=7.0, rate_hz=RATE_HZ, shake_deg=SHAKE_DEG, dead_share=0.0)
    sky, weather = Sky(cover=0.45, drift_mps=9.0), Weather(wind_mps=5.5)
    ground = Ground(wood_deg=2.2, wood_share=1.0, trees=40, leafy=0.7, houses=3)
    pictures = Pictures(eye, Passing(traffic, eye, seed, np.zeros(3)), sky=sky, ground=ground, weather=weather, seed=seed)
    video = Video(GainControl() if band == "thermal" else None, jpeg_quality=90)
    for n in range(ceil(seconds * RATE_HZ)):
        picture, truth = pictures.frame(n)
        labels = [Label(one.kind, one.box) for one in truth.sighted if one.seen >= LEAST_SEEN]
        yield Shown(video.grey(picture), n / RATE_HZ, labels, truth.shutter)


class _Disturbed:
    """What happens before and in a camera that looks at a recorded scene."""

    def __init__(self, eye: Eye, traffic: Traffic, seed: int) -> None:
        self._eye, self._seed, self._projector = eye, seed, Projector(eye, Lens(eye.camera()))
        self._passing, self._core = Passing(traffic, eye, seed, np.zeros(3)), Bolometer(eye, seed)
        self._mounting = Mounting(eye.azimuth_deg, eye.tilt_deg, 0.0)
        self._shakes = [Wander(f"{seed}/{axis}", size, 1 / 15, 1.0) for axis, size in (("x", SHAKE_PX), ("y", SHAKE_PX), ("r", SHAKE_DEG))]

    def shut(self, t_s: float) -> bool:
        """Whether the shutter is shut."""
        return self._core.shut(t_s)

    def shown(self, picture: Grey, labels: Sequence[Label], n: int) -> Shown:
        """The n-th picture with all that disturbs it."""
        t_s, rng = n / RATE_HZ, np.random.default_rng([self._seed, 8, n])
        levels = self._shaken(picture, t_s)
        levels += rng.standard_normal(levels.shape, np.float32) * np.float32(NOISE_LEVELS)
        passing = [label for flyer in self._passing(t_s) if (label := self._lay(levels, flyer, t_s))]
        if t_s % SHOWERS_S > SHOWERS_S - SHOWER_S:
            streaks(levels, SHOWER_MM_H, self._eye, AIR_LEVEL, rng)
        levels += np.float32(self._core.since_correction(t_s)[1] * JUMP_LEVELS_A_K)
        return Shown(np.asarray(np.clip(levels + 0.5, 0, 255), np.uint8), t_s, (*labels, *passing), shutter=False)

    def _shaken(self, picture: Grey, t_s: float) -> Floats:
        height, width = picture.shape
        right, down, turn = (shake.at(t_s) for shake in self._shakes)
        turned = np.array([[cos(radians(turn)), sin(radians(turn))], [-sin(radians(turn)), cos(radians(turn))]])
        middle = np.array([width / 2, height / 2])
        matrix = np.column_stack([turned, middle - turned @ middle + (right, down)])
        return np.asarray(cv2.warpAffine(picture.astype(np.float32), matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.float32)

    def _lay(self, levels: Floats, flyer: Flyer, t_s: float) -> Label | None:
        """Lay one body over the picture."""
        pose = flyer.pose(t_s)
        cast = self._projector.cast(flyer, pose, self._mounting, t_s) if pose else None
        if cast is None:
            return None
        sprite = cast.sprite
        height, width = sprite.cover.shape
        under = levels[sprite.top : sprite.top + height, sprite.left : sprite.left + width]
        shown = sprite.shown
        if self._eye.band == "thermal":
            shown = np.float32(AIR_LEVEL) * sprite.cover + np.float32(LEVELS_A_K) * shown
        under += shown - sprite.cover * under
        return Label(flyer.kind, cast.box) if cast.inside >= LEAST_SEEN else None
