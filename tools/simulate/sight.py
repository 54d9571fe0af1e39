"""What a camera sees of a scene: pictures, thermal or visible, each with the truth of every body in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import hypot

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from drivers.blocks import Camera
from edge_node.mounting import Mounting, angles_deg
from tools.simulate.fractal import Floats
from tools.simulate.flyers import Flyer, Pose
from tools.simulate.ground import LIMB_STEP, TOP_DEG, Panorama
from tools.simulate.imager import Bolometer, LightSensor
from tools.simulate.lens import Lens, Reals
from tools.simulate.outdoors import Eye, Ground, Sky
from tools.simulate.rain import streaks
from tools.simulate.scene import Weather
from tools.simulate.sky import SkyDome, enlarged, grid_of
from tools.simulate.sprite import Outline, Sprite, box_of, drawn, outlines
from tools.simulate.world import Wander

Picture = NDArray[np.uint8] | NDArray[np.uint16]
FASTEST_SHAKE_S, SLOWEST_SHAKE_S = 1 / 15, 1.0
SHUTTER_S = 0.004
"""How long a visible camera exposes."""
APERTURE_M = 0.012
FOCUSED_M = 60.0
"""Where the lens is sharp from half of it on: what is nearer is a blur."""


class Sighted(Struct, frozen=True):
    """One body in one picture.

    `box` is x, y, width, height in pixels, cut off at the picture's edges. `seen` is the share of it that neither the ground nor the
    edges hide; `contrast` the strongest difference it makes, in kelvin or grey levels, without noise. `azimuth_deg`, `elevation_deg`
    are true.
    """

    name: str
    kind: str
    box: tuple[float, float, float, float]
    azimuth_deg: float
    elevation_deg: float
    range_m: float
    seen: float
    contrast: float


class Truth(Struct, frozen=True):
    """What one picture shows: when, from which pose (without the mast's shaking), the bodies far to near, and if the shutter was shut."""

    t_s: float
    camera: Camera
    sighted: tuple[Sighted, ...]
    shutter: bool = False


class Pictures:
    """A camera's pictures, `frame(k)` at k / rate_hz seconds; the same arguments and seed give the same ones in any order."""

    def __init__(
        self,
        eye: Eye,
        flyers: Callable[[float], Sequence[Flyer]] = lambda _: (),
        *,
        sky: Sky = Sky(),
        ground: Ground = Ground(),
        weather: Weather = Weather(),
        seed: int = 0,
    ) -> None:
        """`flyers` tells who is about at a time."""
        self.eye, self.camera, self.seed = eye, eye.camera(), seed
        self._flyers, self._sky = flyers, sky
        self.lens = Lens(self.camera)
        self._air_k = weather.temperature_c + 273.15
        self._full = (eye.height, eye.width)
        self._grid = self.lens.directions(grid_of(eye.width, eye.height).astype(np.float64))
        self._dome = SkyDome(sky, self._air_k, eye.band, seed)
        self._panorama = self._stand(ground, weather.wind_mps)
        self._shakes = [Wander(f"{seed}/shake/{axis}", eye.shake_deg, FASTEST_SHAKE_S, SLOWEST_SHAKE_S) for axis in "atr"]
        self._core = Bolometer(eye, seed) if eye.band == "thermal" else LightSensor(eye, seed)

    def frame(self, k: int) -> tuple[Picture, Truth]:
        """The k-th picture, uint16 counts of 0.01 K or uint8 grey, and its truth; a frozen one shows what was before the shutter."""
        t_s = k / self.eye.rate_hz
        if isinstance(self._core, LightSensor):
            light, truth = self.scene(t_s)
            return self._core.grey(light, k), truth
        begun_s = self._core.shutter(t_s)
        last = k
        while begun_s is not None and last > 0 and self._core.shutter(last / self.eye.rate_hz) is not None:
            last -= 1
        kelvin, truth = self.scene(last / self.eye.rate_hz)
        counts = self._core.counts(kelvin, last, last / self.eye.rate_hz)
        return counts, replace(truth, t_s=t_s, shutter=begun_s is not None)

    def scene(self, t_s: float, bodies: bool = True) -> tuple[Floats, Truth]:
        """The picture before the electronics, in kelvin or grey levels, with or without what flies."""
        camera, mounting = self.pose(t_s)
        grid = mounting.to_enu(self._grid).astype(np.float32)
        picture = self._dome.paint(grid, self._full, t_s)
        cover, places = self._paint_ground(picture, grid, t_s)
        found = []
        for flyer in sorted(self._flyers(t_s), key=lambda one: -self._range(one, t_s)) if bodies else ():
            pose = flyer.pose(t_s)
            if pose is not None and (sighted := self._draw(picture, cover, places, flyer, pose, mounting, t_s)):
                found.append(sighted)
        if self._sky.rain_mm_h > 0:
            streaks(picture, self._sky.rain_mm_h, self.eye, self._air_k, np.random.default_rng([self.seed, 7, round(t_s * 1e4)]))
        return picture, Truth(t_s, camera, tuple(found))

    def pose(self, t_s: float) -> tuple[Camera, Mounting]:
        """The camera as it says it is turned, and as the shaking mast really turns it."""
        eye = self.eye
        azimuth_deg = eye.azimuth_deg + self._panned(t_s)
        camera = replace(self.camera, azimuth_deg=azimuth_deg % 360)
        azimuth, tilt, roll = (shake.at(t_s) for shake in self._shakes)
        return camera, Mounting(azimuth_deg + azimuth, eye.tilt_deg + tilt, eye.roll_deg + roll)

    def _panned(self, t_s: float) -> float:
        """To and fro within `pan_deg` at a steady rate."""
        reach, rate = self.eye.pan_deg, self.eye.pan_dps
        if reach <= 0 or rate <= 0:
            return 0.0
        way = (rate * t_s + reach) % (4 * reach)
        return way - reach if way < 2 * reach else 3 * reach - way

    def _range(self, flyer: Flyer, t_s: float) -> float:
        pose = flyer.pose(t_s)
        return float(np.linalg.norm(pose.place)) if pose else 0.0

    def _stand(self, ground: Ground, wind_mps: float) -> Panorama | None:
        """The panorama as far as this camera ever sees it; None where it sees sky alone."""
        directions = Mounting(0.0, self.eye.tilt_deg, self.eye.roll_deg).to_enu(self._grid)
        elevation = np.degrees(np.arcsin(directions[..., 2]))
        low = float(elevation.min()) - 1
        if low > TOP_DEG - 1:
            return None
        azimuth = np.degrees(np.arctan2(directions[..., 0], directions[..., 1]))
        reach = min(180.0, float(np.abs(azimuth).max()) + self.eye.pan_deg + 2)
        pixel_deg = float(np.degrees(self.lens.pixel_rad))
        return Panorama(ground, self._air_k, self.eye.band, self.seed, pixel_deg, (-reach, reach, low), wind_mps)

    def _paint_ground(self, picture: Floats, grid: Floats, t_s: float) -> tuple[Floats | None, Floats | None]:
        """Lay the panorama over the sky; its cover and where each pixel lies in it."""
        panorama = self._panorama
        if panorama is None:
            return None, None
        azimuth = np.degrees(np.arctan2(grid[..., 0], grid[..., 1])) - np.float32(self.eye.azimuth_deg)
        azimuth = (azimuth + 180) % 360 - 180
        elevation = np.degrees(np.arcsin(np.clip(grid[..., 2], -1, 1)))
        places = enlarged(panorama.places(azimuth, elevation).astype(np.float32), self._full)
        cover = np.zeros(self._full, np.float32)
        rows = slice(int(np.argmax((places[..., 1] >= panorama.first_row - 2).any(1))), None)
        sway = cv2.remap(panorama.blow(t_s), places[rows] * np.float32(1 / LIMB_STEP), None, cv2.INTER_LINEAR)
        moved = places[rows].copy()
        moved[..., 0] -= sway
        layer = cv2.remap(panorama.shown, moved, None, cv2.INTER_LINEAR)
        cover[rows] = layer[..., 1]
        picture[rows] *= 1 - layer[..., 1]
        picture[rows] += layer[..., 0]
        return cover, places

    def _draw(
        self, picture: Floats, cover: Floats | None, places: Floats | None, flyer: Flyer, pose: Pose, mounting: Mounting, t_s: float
    ) -> Sighted | None:
        """Lay one body over the picture; None where nothing of it is in there."""
        eye, range_m = self.eye, float(np.linalg.norm(pose.place))
        parts = self._outlines(flyer, pose, mounting, t_s)
        if not parts:
            return None
        lag_s = eye.lag_s if eye.band == "thermal" else SHUTTER_S
        defocus_px = APERTURE_M * max(0.0, 1 / range_m - 2 / FOCUSED_M) / self.lens.pixel_rad
        sprite = drawn(parts, eye.width, eye.height, eye.psf_px, self._smear(pose, mounting, lag_s), min(defocus_px, 40.0))
        if sprite is None or not sprite.cover.size:
            return None
        return self._lay(picture, cover, places, sprite, parts, flyer, pose, range_m)

    def _lay(
        self,
        picture: Floats,
        cover: Floats | None,
        places: Floats | None,
        sprite: Sprite,
        parts: list[Outline],
        flyer: Flyer,
        pose: Pose,
        range_m: float,
    ) -> Sighted | None:
        window = (
            slice(sprite.top, sprite.top + sprite.cover.shape[0]),
            slice(sprite.left, sprite.left + sprite.cover.shape[1]),
        )
        through = self._dome.through(range_m)
        open_share = np.full_like(sprite.cover, through)
        if cover is not None and places is not None and self._panorama is not None:
            depth = cv2.remap(
                self._panorama.depth_m, places[window], None, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=float("inf")
            )
            open_share *= 1 - cover[window] * (depth < range_m)
        base = self._air_k if self.eye.band == "thermal" else 0.0
        alpha = sprite.cover * open_share
        change = (sprite.shown + np.float32(base) * sprite.cover) * open_share - alpha * picture[window]
        picture[window] += change
        whole = box_of(parts)
        box = _cut(whole, self.eye.width, self.eye.height)
        if box is None:
            return None
        hidden = float((sprite.cover * open_share).sum() / max(float(sprite.cover.sum()), 1e-9)) / through
        azimuth_deg, elevation_deg = angles_deg(pose.place)
        return Sighted(
            name=flyer.name,
            kind=flyer.kind,
            box=box,
            azimuth_deg=azimuth_deg,
            elevation_deg=elevation_deg,
            range_m=range_m,
            seen=hidden * box[2] * box[3] / max(whole[2] * whole[3], 1e-9),
            contrast=float(change.flat[np.abs(change).argmax()]),
        )

    def _outlines(self, flyer: Flyer, pose: Pose, mounting: Mounting, t_s: float) -> list[Outline]:
        place = mounting.to_device(pose.place)
        range_m = float(np.linalg.norm(place))
        reach_px = hypot(self.eye.width, self.eye.height) + flyer.body.span_m / range_m / self.lens.pixel_rad
        middle = self.lens.pixels(place)
        if place[1] <= 0 or not np.isfinite(middle).all() or np.abs(middle - (self.eye.width / 2, self.eye.height / 2)).max() > reach_px:
            return []
        turn = np.stack([mounting.to_device(column) for column in pose.turn.T], 1)
        return outlines(self.lens, flyer.body.at(t_s), place, turn, self.eye.band)

    def _smear(self, pose: Pose, mounting: Mounting, lag_s: float) -> tuple[float, float]:
        """How far the body moves in the picture while it is exposed, pixels."""
        places: Reals = np.stack([pose.place, pose.place - pose.velocity * lag_s])
        now, before = self.lens.pixels(mounting.to_device(places))
        if not np.isfinite(before).all():
            return 0.0, 0.0
        across, down = np.clip(now - before, -60.0, 60.0)
        return float(across), float(down)


def _cut(box: tuple[float, float, float, float], width: int, height: int) -> tuple[float, float, float, float] | None:
    """The part of a box that lies in the picture."""
    left, top = max(box[0], 0.0), max(box[1], 0.0)
    right, bottom = min(box[0] + box[2], float(width)), min(box[1] + box[3], float(height))
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None
