"""Scenes drawn at random before random cameras: what a classifier may learn from and a detector must live with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import pi
from random import Random

from tools.simulate.flyers import Kind, towards
from tools.simulate.kinds import Paths, flyer
from tools.simulate.outdoors import Band, Eye, Ground, Sky
from tools.simulate.scene import Weather
from tools.simulate.sight import Pictures, Truth
from tools.simulate.video import GainControl, Grey, Video


def clip(
    seed: int,
    band: Band,
    kinds: Sequence[Kind],
    *,
    frames: int = 45,
    every: int = 1,
    size_px: float | None = None,
    paths: Paths | None = None,
    picture_px: tuple[int, int] | None = None,
) -> Iterator[tuple[Grey, Truth]]:
    """A random scene with bodies of these kinds in it, as the 8-bit video of a random camera (30 Hz; see `pictures`): every so many."""
    random = Random(f"{seed}/clip")
    shown = pictures(seed, band, kinds, middle_s=frames / 60, size_px=size_px, paths=paths, picture_px=picture_px)
    gain = GainControl(random.uniform(0.2, 1.0), random.uniform(0.7, 2.2), random.uniform(70, 130)) if band == "thermal" else None
    video = Video(gain, random.choice([0, *(random.randint(60, 92) for _ in range(3))]), random.uniform(0.5, 0.93))
    for k in range(0, frames, every):
        picture, truth = shown.frame(k)
        yield video.grey(picture), truth


def pictures(
    seed: int,
    band: Band,
    kinds: Sequence[Kind],
    *,
    middle_s: float = 0.75,
    size_px: float | None = None,
    paths: Paths | None = None,
    picture_px: tuple[int, int] | None = None,
) -> Pictures:
    """A random scene before a random camera, 320x256 thermal or 640x512 visible where `picture_px` does not say how large.

    One body of each kind named is in it at `middle_s`; how they are made and move, `kinds.flyer` tells.
    """
    random = Random(f"{seed}/pictures")
    width, height = picture_px or ((320, 256) if band == "thermal" else (640, 512))
    hfov_deg = random.choice([12.0, 18.0, 24.0, 24.0, 32.0, 50.0])
    eye = Eye(
        band=band,
        width=width,
        height=height,
        hfov_deg=hfov_deg,
        azimuth_deg=random.uniform(0, 360),
        tilt_deg=hfov_deg * random.uniform(0.0, 0.4) if random.random() < 0.8 else random.uniform(10, 50),
        roll_deg=random.gauss(0, 1.5),
        rate_hz=30.0,
        shake_deg=random.choice([0.0, 0.005, 0.02]),
        pan_dps=random.choice([0.0, 0.0, random.uniform(0.5, 6)]) if band == "visible" else 0.0,
        pan_deg=20.0,
        psf_px=random.uniform(0.4, 1.1) if band == "thermal" else random.uniform(0.3, 0.8),
        netd_k=random.uniform(0.03, 0.12),
        dead_share=random.choice([0.0, 0.0, 5e-5]),
        ffc_every_s=0.0,
    )
    sky, ground, weather = _sky(random), _ground(random), Weather(temperature_c=random.uniform(-5, 28), wind_mps=random.uniform(0, 9))
    wind = towards(random.uniform(0, 2 * pi), weather.wind_mps)
    flyers = [
        flyer(f"{kind}-{n}", kind, eye, middle_s, size_px=size_px, wind=wind, seed=str(seed), paths=paths) for n, kind in enumerate(kinds)
    ]
    return Pictures(eye, lambda _: flyers, sky=sky, ground=ground, weather=weather, seed=seed)


def _sky(random: Random) -> Sky:
    return Sky(
        clouds=random.choice(["cumulus", "stratus", "cirrus"]),
        cover=random.choice([0.0, 0.0, random.random(), random.random(), 1.0]),
        base_m=random.uniform(600, 3000),
        drift_mps=random.uniform(0, 18),
        wind_from_deg=random.uniform(0, 360),
        visibility_m=random.uniform(4_000, 40_000),
        damp=random.uniform(0.06, 0.4),
        sun_azimuth_deg=random.uniform(0, 360),
        sun_elevation_deg=random.uniform(5, 55),
        rain_mm_h=random.choice([0.0] * 9 + [2.0]),
    )


def _ground(random: Random) -> Ground:
    return Ground(
        hills_deg=random.uniform(0.1, 1.5),
        wood_deg=random.choice([0.0, *(random.uniform(0.4, 5) for _ in range(3))]),
        wood_share=random.uniform(0.3, 1),
        trees=random.choice([0, 30, 90]),
        leafy=random.choice([0.0, 0.0, random.random(), 1.0]),
        houses=random.choice([0, 8, 20]),
        poles=random.choice([0, 6, 12]),
    )
