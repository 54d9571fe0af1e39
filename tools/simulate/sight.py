"""What a camera sees of a scene: pictures, thermal or visible, each with the truth of every body in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from drivers.blocks import Camera
from edge_node.mounting import Mounting, angles_deg
from tools.simulate.canvas import Canvas
from tools.simulate.flyers import Flyer, Pose
from tools.simulate.fractal import Floats
from tools.simulate.ground import TOP_DEG, Panorama, Window
from tools.simulate.lens import Lens
from tools.simulate.outdoors import Eye, Ground, Sky
from tools.simulate.projector import Projector
from tools.simulate.rain import streaks
from tools.simulate.scene import Weather
from tools.simulate.sky import SkyDome, grid_of
from tools.simulate.sprite import Box
from tools.simulate.thermal import Bolometer
from tools.simulate.visible import LightSensor
from tools.simulate.world import Wander

Picture = NDArray[np.uint8] | NDArray[np.uint16]
Flyers = Callable[[float], Sequence[Flyer]]
FASTEST_SHAKE_S, SLOWEST_SHAKE_S = 1 / 15, 1.0
DEFAULTS = (Sky(), Ground(), Weather())


class Sighted(Struct, frozen=True):
    """One body in one picture.

    `box` is x, y, width, height in pixels (the first pixel reaches from 0 to 1), cut off at the picture's edges, without blur. `seen` is
    the share of it that neither the ground nor the edges hide; `contrast` the strongest change it makes, in kelvin or grey levels,
    without noise. `azimuth_deg` and `elevation_deg` are true.
    """

    name: str
    kind: str
    box: Box
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
        flyers: Flyers = lambda _: (),
        *,
        sky: Sky = DEFAULTS[0],
        ground: Ground = DEFAULTS[1],
        weather: Weather = DEFAULTS[2],
        seed: int = 0,
        rain: Callable[[float], float] | None = None,
    ) -> None:
        """`flyers` tells who is about at a time, `rain` how many mm/h fall then, where that is not as the sky says."""
        self.eye, self.camera, self.seed = eye, eye.camera(), seed
        self._flyers, self._rain = flyers, rain or (lambda _t_s: sky.rain_mm_h)
        self.lens = Lens(self.camera)
        self._projector = Projector(eye, self.lens)
        self._air_k = weather.temperature_c + 273.15
        self._grid = self.lens.directions(grid_of(eye.width, eye.height).astype(np.float64))
        self._dome = SkyDome(sky, self._air_k, eye.band, seed)
        self._panorama = self._stand(ground, weather.wind_mps)
        self._shakes = [Wander(f"{seed}/shake/{axis}", eye.shake_deg, FASTEST_SHAKE_S, SLOWEST_SHAKE_S) for axis in "atr"]
        self._core = Bolometer(eye, seed) if eye.band == "thermal" else LightSensor(eye, seed)

    def frame(self, k: int) -> tuple[Picture, Truth]:
        """The k-th picture, uint16 counts of 0.01 K or uint8 grey, and its truth; while the shutter is shut, those of the last before."""
        t_s = k / self.eye.rate_hz
        if isinstance(self._core, LightSensor):
            light, truth = self.scene(t_s)
            return self._core.grey(light, k), truth
        last = k
        while last > 0 and self._core.shut(last / self.eye.rate_hz):
            last -= 1
        kelvin, truth = self.scene(last / self.eye.rate_hz)
        counts = self._core.counts(kelvin, last, last / self.eye.rate_hz)
        return counts, replace(truth, t_s=t_s, shutter=last < k)

    def scene(self, t_s: float, *, bodies: bool = True) -> tuple[Floats, Truth]:
        """The picture before the electronics, in kelvin or grey levels, with or without what flies."""
        camera, mounting = self.pose(t_s)
        canvas = Canvas(self._dome, (self.eye.height, self.eye.width), mounting.to_enu(self._grid).astype(np.float32), t_s)
        if self._panorama is not None:
            canvas.ground(self._panorama, self.eye.azimuth_deg)
        posed = [(flyer, pose) for flyer in self._flyers(t_s) if (pose := flyer.pose(t_s))] if bodies else []
        posed.sort(key=lambda one: -float(np.linalg.norm(one[1].place)))
        sighted = [one for flyer, pose in posed if (one := self._draw(canvas, flyer, pose, mounting, t_s))]
        if (rain_mm_h := self._rain(t_s)) > 0:
            streaks(canvas.picture, rain_mm_h, self.eye, self._air_k, np.random.default_rng([self.seed, 7, round(t_s * 1e4)]))
        return canvas.picture, Truth(t_s, camera, tuple(sighted))

    def pose(self, t_s: float) -> tuple[Camera, Mounting]:
        """The camera as it says it is turned, and as the shaking mast really turns it."""
        eye = self.eye
        azimuth_deg = eye.azimuth_deg + self._panned(t_s)
        azimuth, tilt, roll = (shake.at(t_s) for shake in self._shakes)
        return (
            replace(self.camera, azimuth_deg=azimuth_deg % 360),
            Mounting(azimuth_deg + azimuth, eye.tilt_deg + tilt, eye.roll_deg + roll),
        )

    def _panned(self, t_s: float) -> float:
        """To and fro within `pan_deg` at a steady rate."""
        reach, rate = self.eye.pan_deg, self.eye.pan_dps
        if reach <= 0 or rate <= 0:
            return 0.0
        way = (rate * t_s + reach) % (4 * reach)
        return way - reach if way < 2 * reach else 3 * reach - way

    def _stand(self, ground: Ground, wind_mps: float) -> Panorama | None:
        """The panorama as far as this camera ever sees it; None where it sees sky alone."""
        directions = Mounting(0.0, self.eye.tilt_deg, self.eye.roll_deg).to_enu(self._grid)
        low = float(np.degrees(np.arcsin(directions[..., 2].min()))) - 1
        if low > TOP_DEG - 1:
            return None
        azimuth = np.degrees(np.arctan2(directions[..., 0], directions[..., 1]))
        reach = min(180.0, float(np.abs(azimuth).max()) + self.eye.pan_deg + 8)
        window = Window(self.eye.azimuth_deg, reach, low, float(np.degrees(self.lens.pixel_rad)))
        return Panorama(ground, self._air_k, self.eye.band, self.seed, window=window, wind_mps=wind_mps)

    def _draw(self, canvas: Canvas, flyer: Flyer, pose: Pose, mounting: Mounting, t_s: float) -> Sighted | None:
        """Lay one body over the picture; None where nothing of it is in there."""
        cast = self._projector.cast(flyer, pose, mounting, t_s)
        if cast is None:
            return None
        range_m = float(np.linalg.norm(pose.place))
        seen, contrast = canvas.lay(cast.sprite, self._air_k if self.eye.band == "thermal" else 0.0, range_m)
        azimuth_deg, elevation_deg = angles_deg(pose.place)
        return Sighted(
            name=flyer.name,
            kind=flyer.kind,
            box=cast.box,
            azimuth_deg=azimuth_deg,
            elevation_deg=elevation_deg,
            range_m=range_m,
            seen=seen * cast.inside,
            contrast=contrast,
        )
