"""Bodies drawn at random: what a kind may look like, how it moves, and where it must be to be so large in a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import pi
from random import Random

import numpy as np

from edge_node.mounting import Mounting
from tools.simulate.flyers import Flyer, Kind, Round, Straight, towards
from tools.simulate.lens import Lens, Reals
from tools.simulate.imager import GainControl, Grey, Video
from tools.simulate.outdoors import Band, Eye, Ground, Sky
from tools.simulate.scene import Weather
from tools.simulate.shapes import Airliner, Ball, Bird, Flying, Helicopter, Insect, Multirotor, Wing

from tools.simulate.sight import Pictures, Truth

SHARPEST_M = 0.25
LOWEST_SIN, LOW_SHARE = 0.02, 0.1
"""Most are over the horizon; some are not."""


def clip(seed: int, band: Band, kinds: Sequence[Kind], *, frames: int = 45, size_px: float | None = None) -> Iterator[tuple[Grey, Truth]]:
    """A random scene with bodies of these kinds about in it, as the 8-bit video of a random camera: 320x256 thermal, 640x512 visible, 30 Hz."""
    random = Random(f"{seed}/clip")
    shown = pictures(seed, band, kinds, middle_s=frames / 60, size_px=size_px)
    gain = GainControl(random.uniform(0.2, 1.0), random.uniform(0.6, 1.3), random.uniform(70, 130)) if band == "thermal" else None
    video = Video(gain, random.choice([0, random.randint(70, 95)]), random.uniform(0.0, 0.8))
    for k in range(frames):
        picture, truth = shown.frame(k)
        yield video.grey(picture), truth


def pictures(seed: int, band: Band, kinds: Sequence[Kind], *, middle_s: float = 0.75, size_px: float | None = None) -> Pictures:
    """A random scene before a random camera, with one body of each kind named, in the picture at `middle_s`."""
    random = Random(f"{seed}/pictures")
    width, height = (320, 256) if band == "thermal" else (640, 512)
    eye = Eye(
        band=band,
        width=width,
        height=height,
        hfov_deg=random.choice([12.0, 18.0, 24.0, 24.0, 32.0, 50.0]),
        azimuth_deg=random.uniform(0, 360),
        tilt_deg=random.uniform(1, 30),
        roll_deg=random.gauss(0, 1.5),
        rate_hz=30.0,
        shake_deg=random.choice([0.0, 0.005, 0.02]),
        pan_dps=random.choice([0.0, 0.0, random.uniform(0.5, 6)]) if band == "visible" else 0.0,
        pan_deg=20.0,
        psf_px=random.uniform(0.4, 1.1),
        netd_k=random.uniform(0.03, 0.12),
        dead_share=random.choice([0.0, 0.0, 5e-5]),
        ffc_every_s=0.0,
    )
    sky, ground, weather = _sky(random), _ground(random), Weather(temperature_c=random.uniform(-5, 28), wind_mps=random.uniform(0, 9))
    turn = random.uniform(0, 2 * pi)
    wind = towards(turn, weather.wind_mps)
    flyers = [flyer(f"{kind}-{n}", kind, eye, middle_s, size_px=size_px, wind=wind, seed=str(seed)) for n, kind in enumerate(kinds)]
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
        wood_deg=random.choice([0.0, random.uniform(0.4, 4)]),
        wood_share=random.random(),
        trees=random.choice([0, 20, 60]),
        leafy=random.random(),
        houses=random.choice([0, 8, 20]),
        poles=random.choice([0, 6, 12]),
    )


def body_of(kind: Kind, seed: str) -> Flying:
    """A body of a kind."""
    random = Random(f"{seed}/body")
    match kind:
        case "drone":
            if random.random() < 0.12:
                return Wing(seed, random.uniform(0.8, 2.2))
            return Multirotor(
                seed, random.choice([0.25, 0.35, 0.45, 0.7, 1.1]) * random.uniform(0.85, 1.15), random.choice([4, 4, 4, 4, 6, 8])
            )
        case "bird":
            span_m = float(np.exp(random.uniform(np.log(0.2), np.log(1.7))))
            beat_hz = min(12.0, max(2.5, 3.2 * span_m**-0.9 * random.uniform(0.8, 1.25)))
            return Bird(seed, span_m, beat_hz, random.choice([1.0, 1.0, 0.7, 0.45, 0.0]), random.uniform(0.6, 3.0))
        case "aeroplane":
            return Airliner(seed, random.choice([9.0, 11.0, 28.0, 34.0, 60.0]) * random.uniform(0.9, 1.1))
        case "helicopter":
            return Helicopter(seed, random.uniform(8, 16))
        case "balloon":
            return Ball(seed, random.uniform(0.25, 0.6), random.uniform(-2, 5))
        case "insect":
            return Insect(seed, random.uniform(0.004, 0.02))


def flyer(
    name: str, kind: Kind, eye: Eye, middle_s: float, *, size_px: float | None = None, wind: Reals | None = None, seed: str = ""
) -> Flyer:
    """One body that is somewhere in the picture at `middle_s`, `size_px` large (its span) or as large as its kind mostly is."""
    random = Random(f"{seed}/{name}/way")
    lens, mounting = Lens(eye.camera()), Mounting(eye.azimuth_deg, eye.tilt_deg, eye.roll_deg)
    body = body_of(kind, f"{seed}/{name}")
    size_px = size_px or float(np.exp(random.uniform(np.log(2), np.log(40))))
    range_m = max(body.span_m / (size_px * lens.pixel_rad), SHARPEST_M)
    place = _above_ground(lens, mounting, eye, range_m, random)
    return Flyer(name, kind, body, _path(kind, place, middle_s, random, f"{seed}/{name}", np.zeros(3) if wind is None else wind))


def flock(name: str, eye: Eye, middle_s: float, *, seed: str = "") -> list[Flyer]:
    """Birds of a feather on one way, each with a place and a waver of its own."""
    random = Random(f"{seed}/{name}/flock")
    first = flyer(f"{name}/0", "bird", eye, middle_s, size_px=float(np.exp(random.uniform(np.log(2), np.log(10)))), seed=seed)
    place, velocity = first.path.at(middle_s)
    span_m, found = first.body.span_m, []
    for k in range(random.randint(3, 25)):
        off = np.array([random.gauss(0, 1) for _ in "enu"]) * span_m * (4, 4, 1.5)
        beat = Bird(
            f"{seed}/{name}/{k}", span_m * random.uniform(0.9, 1.1), min(12.0, max(2.5, 3.2 * span_m**-0.9)), random.choice([1.0, 0.7]), 1.5
        )
        way = Straight(f"{seed}/{name}/{k}", place + off, velocity, middle_s, span_m * 0.6, 1.0)
        found.append(Flyer(f"{name}/{k}", "bird", beat, way))
    return found


def _above_ground(lens: Lens, mounting: Mounting, eye: Eye, range_m: float, random: Random) -> Reals:
    """A place in the picture, of some tries the first that is over the horizon, mostly."""
    direction = np.array([0.0, 1.0, 0.0])
    for _ in range(8):
        pixel = np.array([random.uniform(0.08, 0.92) * eye.width, random.uniform(0.06, 0.94) * eye.height])
        direction = mounting.to_enu(lens.directions(pixel))
        if direction[2] > LOWEST_SIN or random.random() < LOW_SHARE:
            break
    return direction * range_m


def _path(kind: Kind, place: Reals, middle_s: float, random: Random, seed: str, wind: Reals) -> Straight | Round:
    heading = random.uniform(0, 2 * pi)
    match kind:
        case "drone":
            speed = random.choice([0.0, 0.0, random.uniform(0.5, 4), random.uniform(2, 16)])
            if random.random() < 0.2:
                return Round(place, wind * 0, random.uniform(5, 60), max(speed, 1.0), heading, middle_s)
            return Straight(
                seed, place, towards(heading, speed, random.gauss(0, 0.12 * speed + 0.2)), middle_s, random.uniform(0.05, 1.5), 2.0
            )
        case "bird":
            speed = random.uniform(6, 17)
            if random.random() < 0.2:
                return Round(place, wind * 0.8, random.uniform(8, 40), speed, heading, middle_s)
            return Straight(
                seed, place, towards(heading, speed, random.gauss(0, 0.6)) + 0.5 * wind, middle_s, random.uniform(0.1, 0.8), 1.2
            )
        case "aeroplane":
            return Straight(
                seed,
                place,
                towards(heading, random.uniform(45, 90) if np.linalg.norm(place) < 3000 else 200.0, random.gauss(0, 2)),
                middle_s,
            )
        case "helicopter":
            return Straight(seed, place, towards(heading, random.choice([0.5, 20.0, 45.0, 65.0]), random.gauss(0, 1)), middle_s, 0.5, 4.0)
        case "balloon":
            return Straight(seed, place, wind + np.array([0.0, 0.0, random.uniform(0.3, 2.2)]), middle_s, 0.3, 3.0)
        case "insect":
            speed = random.uniform(0.3, 1.6)
            return Straight(seed, place, towards(heading, speed, random.gauss(0, 0.4)), middle_s, 0.12, 0.25)
