"""What a camera that stands still shows over days: sun and clouds, haze, rain, snow, wind in trees, cars that park, lamps at night.

The ground is one rendered scene; light, weather and what comes and goes change it. Pictures are made one by one for any second of the days.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin
from typing import Literal

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from tools.simulate.fractal import Floats, fractal
from tools.simulate.outdoors import Eye, Ground, Sky
from tools.simulate.rain import streaks
from tools.simulate.scene import Weather
from tools.simulate.sight import Pictures

DAY_S = 86_400
WIDTH, HEIGHT, HFOV_DEG = 160, 128, 40.0
BARE = Ground(hills_deg=0.0, wood_deg=0.0, trees=0, houses=0, poles=0)
TARGET, DARKEST_GAIN, BRIGHTEST_GAIN = 105.0, 0.4, 8.0
"""Automatic exposure brings the middle of a picture there, as far as it can."""
NEAR_M, FAR_M = 25.0, 1_500.0
MINUTE_S, MEAN_OF = (50.0, 25.0, 0.0), 60
"""Three moments stand for the sixty pictures of a minute, whose noise is left in the mean."""
SUNNY, NIGHT = 0.3, -0.03
LATITUDE_SIN, LATITUDE_COS = 0.77, 0.63
Clouds = Literal["cumulus", "stratus", "cirrus"]
Grey = np.ndarray[tuple[int, int], np.dtype[np.uint8]]
Spoils = Callable[[Floats, float, np.random.Generator], Floats]


class Spell(Struct, frozen=True):
    """Some hours of one weather."""

    begins_s: float
    sky: Sky
    sunny: float
    wind_mps: float
    snow: float


class Parked(Struct, frozen=True):
    """Something with sharp edges that stands there for a while."""

    begins_s: float
    ends_s: float
    box: tuple[int, int, int, int]
    grey: float


class SightDays:
    """One camera's days; the same seed gives the same ones. `visibility_m` is that of fog where it is asked for."""

    def __init__(self, seed: int, days: float) -> None:
        rng = np.random.default_rng([seed, 11])
        self._seed, self._sees_at_night = seed, bool(rng.random() < 0.5)
        self.eye = Eye(band="visible", width=WIDTH, height=HEIGHT, hfov_deg=HFOV_DEG, tilt_deg=float(rng.uniform(4, 9)), shake_deg=0.0)
        self._night_light = 0.04 if self._sees_at_night else 0.004
        self._declination = float(rng.uniform(-0.4, 0.4))
        self._azimuth_deg = float(rng.uniform(0, 360))
        self._winter = self._declination < -0.2
        self._plate, self._cover = self._ground()
        self._relief = [cv2.GaussianBlur(fractal(rng, HEIGHT, WIDTH, 1.0), (0, 0), 0.5) for _ in range(3)]
        down = np.linspace(1.0, 0.0, HEIGHT, dtype=np.float32)[:, None]
        self._depth_m = np.clip(NEAR_M * (FAR_M / NEAR_M) ** (down * 1.6), NEAR_M, FAR_M) * np.ones((1, WIDTH), np.float32)
        self._lamps = [(int(rng.integers(WIDTH)), int(rng.uniform(0.5, 0.9) * HEIGHT)) for _ in range(15)]
        self.spells = _spells(days * DAY_S, self._winter, rng)
        self._parked = _parked(days * DAY_S, rng)
        self._shown: tuple[Spell, Pictures] | None = None

    def look(self, t_s: float, spoils: Spoils | None = None, fog_m: float | None = None) -> tuple[Floats, Grey]:
        """The mean of a minute's pictures and the last; `spoils` is what sits before the lens, `fog_m` how far one sees."""
        rng = np.random.default_rng([self._seed, 12, round(t_s)])
        lights = [self._before_sensor(t_s - ago_s, rng, spoils, fog_m) for ago_s in MINUTE_S]
        exposed = [self._exposed(light) for light in lights]
        mean, noise = np.mean([signal for signal, _ in exposed], axis=0), exposed[-1][1]
        small = rng.standard_normal(noise.shape, np.float32) * noise / np.float32(MEAN_OF**0.5)
        return np.asarray(np.clip(mean + small, 0, 255), np.float32), _digital(*exposed[-1], rng)

    def is_night(self, t_s: float) -> bool:
        """Whether the sun is well below the horizon."""
        return self._sun(t_s)[0] < NIGHT

    def is_sunny(self, t_s: float) -> bool:
        """Whether the sun shines by then."""
        return self._spell(t_s).sunny * min(max(4 * self._sun(t_s)[0], 0.0), 1.0) > SUNNY

    def _before_sensor(self, t_s: float, rng: np.random.Generator, spoils: Spoils | None, fog_m: float | None) -> Floats:
        spell = self._spell(t_s)
        up, around = self._sun(t_s)
        day = float(np.clip((up + 0.1) / 0.25, 0.0, 1.0))
        direct = spell.sunny * float(np.clip(up * 4, 0.0, 1.0))
        by_day = self._light(t_s, spell, direct, around, fog_m)
        light = np.asarray(by_day * np.float32(self._night_light + (1 - self._night_light) * day**2), np.float32)
        light = self._lit_by_lamps(light, day, rng)
        light = self._flared(light, direct, up, around)
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), 0.45 + 0.05 * spell.wind_mps * float(rng.random())), np.float32)
        if spell.sky.rain_mm_h > 0:
            streaks(light, spell.sky.rain_mm_h, self.eye, 0.0, rng)
        if spoils is not None:
            light = spoils(light, direct, rng)
        return light

    def _ground(self) -> tuple[Floats, Floats]:
        """The ground's grey, and where it is before the sky."""
        one, other = (
            Pictures(
                self.eye,
                sky=Sky(cover=0.0, sun_elevation_deg=20.0, sun_azimuth_deg=azimuth),
                seed=self._seed,
                weather=Weather(wind_mps=0.0),
            )
            for azimuth in (0.0, 180.0)
        )
        front, behind = one.scene(0.0)[0], other.scene(0.0)[0]
        return front, np.asarray(np.abs(front - behind) < 0.05, np.float32)

    def _spell(self, t_s: float) -> Spell:
        return next(one for one in reversed(self.spells) if one.begins_s <= max(t_s, 0.0))

    def _sun(self, t_s: float) -> tuple[float, float]:
        """Sine of its elevation, and its azimuth against the camera's (radians)."""
        hour = 2 * pi * (t_s / DAY_S - 0.5)
        up = LATITUDE_SIN * sin(self._declination) + LATITUDE_COS * cos(self._declination) * cos(hour)
        return up, hour + pi - np.radians(self._azimuth_deg)

    def _light(self, t_s: float, spell: Spell, direct: float, around: float, fog_m: float | None) -> Floats:
        """Sky and ground by day; what is far pales in the haze."""
        if self._shown is None or self._shown[0] is not spell:
            sky = replace(spell.sky, sun_elevation_deg=-60.0, rain_mm_h=0.0)
            self._shown = spell, Pictures(self.eye, sky=sky, ground=BARE, seed=self._seed + round(spell.begins_s))
        sky_now = self._shown[1].scene(t_s, bodies=False)[0] if fog_m is None else np.full((HEIGHT, WIDTH), 120, np.float32)
        ground = self._plate + 90.0 * spell.snow * (1 - np.clip(self._plate / 120, 0, 1))
        facing = self._relief[0] + cos(around) * self._relief[1] + sin(around) * self._relief[2]
        ground = ground * (1 + 0.35 * direct) * (1 + (0.04 + 0.12 * direct) * (1 - 0.5 * spell.snow) * facing)
        for one in self._parked:
            if one.begins_s <= t_s < one.ends_s:
                x, y, width, height = one.box
                ground[y : y + height, x : x + width] = one.grey
                ground[y : y + height // 3, x + 2 : x + width - 2] = 0.5 * one.grey
        through = np.exp(-3.912 * self._depth_m / np.float32(fog_m or spell.sky.visibility_m))
        ground = ground * through + float(sky_now.mean()) * (1 - through)
        return np.asarray(sky_now * (1 - self._cover) + ground * self._cover, np.float32)

    def _lit_by_lamps(self, light: Floats, day: float, rng: np.random.Generator) -> Floats:
        if day > 0.4:
            return light
        lamps = np.zeros_like(light)
        for x, y in self._lamps:
            lamps[y, x] = 30.0 * rng.uniform(0.9, 1.1)
        return np.asarray(light + cv2.GaussianBlur(lamps, (0, 0), 0.8) + cv2.GaussianBlur(lamps, (0, 0), 5.0), np.float32)

    def _flared(self, light: Floats, direct: float, up: float, around: float) -> Floats:
        """Ghosts of a sun that is near the picture: blurred discs on the line through its middle."""
        off = float(np.hypot(np.sin(around / 2) * 2, up - 0.2))
        if direct <= 0.05 or off > 0.7 or cos(around) < 0:
            return light
        ghosts = np.zeros_like(light)
        for along, radius in ((-0.5, 9), (-0.2, 5), (0.4, 12)):
            middle = round(WIDTH * (0.5 + along * sin(around))), round(HEIGHT * (0.5 - along * (up - 0.2) * 2))
            cv2.circle(ghosts, middle, radius, 14.0 * direct * (1 - off), -1)
        return np.asarray(light + cv2.GaussianBlur(ghosts, (0, 0), 2.0) + 40 * direct * max(0.0, 0.4 - off), np.float32)

    def _exposed(self, light: Floats) -> tuple[Floats, Floats]:
        """With as much gain as it takes and there is, and the noise that goes with it (1 sigma)."""
        most = BRIGHTEST_GAIN * (8 if self._sees_at_night else 1)
        gain = float(np.clip(TARGET / max(float(np.median(light)), 1e-3), DARKEST_GAIN, most))
        signal = light * np.float32(gain)
        noise = np.sqrt(0.01 * np.maximum(signal, 0) * gain + (0.4 * max(gain, 1.0)) ** 2)
        return np.asarray(signal, np.float32), np.asarray(noise, np.float32)


def _digital(signal: Floats, noise: Floats, rng: np.random.Generator) -> Grey:
    return np.asarray(np.clip(signal + rng.standard_normal(signal.shape, np.float32) * noise + 0.5, 0, 255), np.uint8)


def _spells(seconds: float, winter: bool, rng: np.random.Generator) -> list[Spell]:
    """Weather that follows on weather; snow stays for a day or two."""
    made, t_s, snow_until_s = list[Spell](), 0.0, -1.0
    while t_s < seconds:
        kind = rng.choice(["clear", "cumulus", "stratus", "cirrus", "rain", "mist", "gale"], p=[0.2, 0.25, 0.2, 0.1, 0.12, 0.06, 0.07])
        if winter and kind == "rain" and rng.random() < 0.5:
            snow_until_s = t_s + rng.uniform(0.5, 2.0) * DAY_S
        cover = {"clear": 0.02, "cumulus": rng.uniform(0.2, 0.7), "cirrus": rng.uniform(0.3, 0.9), "gale": 0.6}.get(str(kind), 0.97)
        clouds: Clouds = "stratus" if kind in ("stratus", "rain", "mist") else "cumulus"
        clouds = "cirrus" if kind == "cirrus" else clouds
        sky = Sky(
            clouds=clouds,
            cover=cover,
            base_m=float(rng.uniform(500, 2_500)) * (4 if clouds == "cirrus" else 1),
            drift_mps=float(rng.uniform(2, 15)),
            wind_from_deg=float(rng.uniform(0, 360)),
            visibility_m=float(
                rng.uniform(1_500, 4_000) if kind == "mist" else rng.uniform(4_000, 8_000) if kind == "rain" else rng.uniform(8_000, 40_000)
            ),
            rain_mm_h=float(rng.uniform(0.5, 8)) if kind == "rain" else 0.0,
        )
        sunny = float(np.clip(1.1 - 1.15 * cover, 0, 1))
        wind_mps = float(rng.uniform(8, 18)) if kind == "gale" else float(rng.uniform(0, 7))
        made.append(Spell(t_s, sky, sunny, wind_mps, 0.9 if t_s < snow_until_s else 0.0))
        t_s += float(rng.uniform(0.5, 6)) * 3_600
    return made


def _parked(seconds: float, rng: np.random.Generator) -> list[Parked]:
    made = []
    for _ in range(rng.poisson(8 * seconds / DAY_S)):
        begins_s, lasts_s = float(rng.uniform(0, seconds)), float(rng.exponential(3_600.0))
        width, height = int(rng.integers(8, 36)), int(rng.integers(6, 18))
        box = int(rng.integers(0, WIDTH - width)), int(rng.integers(round(HEIGHT * 0.6), HEIGHT - height)), width, height
        made.append(Parked(begins_s, begins_s + lasts_s, box, float(rng.uniform(20, 220))))
    return made
