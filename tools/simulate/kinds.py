"""What each kind of body may look like, how it may move, and where it must be to be so large in a picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import asin, atan2, exp, log, pi, radians
from random import Random
from typing import NamedTuple

import numpy as np

from edge_node.mounting import Mounting
from tools.simulate.flyers import Flyer, Kind, Path, Round, Straight, towards
from tools.simulate.lens import Lens, Reals
from tools.simulate.outdoors import Eye
from tools.simulate.shapes import Airliner, Ball, Bird, Flying, Helicopter, Insect, Multirotor, Vehicle, Wing

SHARPEST_M, CAR_M = 0.25, 1.8
LOWEST_SIN, LOW_SHARE = 0.02, 0.1
"""Most are over the horizon; some are not."""


def body_of(kind: Kind, seed: str, span_m: float | None = None) -> Flying:
    """A body of a kind, of a span where one is told."""
    if span_m is None and kind in BODIES:
        return BODIES[kind](seed, Random(f"{seed}/body"))
    return SPANNED[kind](seed, span_m or CAR_M)


def _drone_body(seed: str, random: Random) -> Flying:
    if random.random() < 0.12:
        return Wing(seed, random.uniform(0.8, 2.2))
    span_m = random.choice([0.25, 0.35, 0.45, 0.7, 1.1]) * random.uniform(0.85, 1.15)
    return Multirotor(seed, span_m, random.choice([4, 4, 4, 4, 6, 8]))


def _bird_body(seed: str, random: Random) -> Flying:
    span_m = float(np.exp(random.uniform(np.log(0.2), np.log(1.7))))
    bout = random.choice([1.0, 1.0, 0.7, 0.45, 0.0])
    return Bird(seed, span_m, beat_of(span_m) * random.uniform(0.8, 1.25), bout, random.uniform(0.6, 3.0))


def beat_of(span_m: float) -> float:
    """Wing beats a second of a bird so wide: 12 for a sparrow, 3 for a crow, less for a stork."""
    return float(min(12.0, max(2.5, 3.2 * span_m**-0.9)))


BODIES: dict[Kind, Callable[[str, Random], Flying]] = {
    "drone": _drone_body,
    "bird": _bird_body,
    "aeroplane": lambda seed, random: Airliner(seed, random.choice([9.0, 11.0, 28.0, 34.0, 60.0]) * random.uniform(0.9, 1.1)),
    "helicopter": lambda seed, random: Helicopter(seed, random.uniform(8, 16)),
    "balloon": lambda seed, random: Ball(seed, random.uniform(0.25, 0.6), random.uniform(-2, 5)),
    "insect": lambda seed, random: Insect(seed, random.uniform(0.004, 0.02)),
}
SPANNED: dict[Kind, Callable[[str, float], Flying]] = {
    "drone": Multirotor,
    "bird": lambda seed, span_m: Bird(seed, span_m, beat_of(span_m)),
    "aeroplane": Airliner,
    "helicopter": Helicopter,
    "balloon": lambda seed, span_m: Ball(seed, span_m, 2.0),
    "insect": Insect,
    "vehicle": Vehicle,
}
"""Bodies of a span in metres: from wing tip to wing tip, across a rotor, or how wide a vehicle is."""


def flyer(
    name: str,
    kind: Kind,
    eye: Eye,
    middle_s: float,
    *,
    size_px: float | None = None,
    wind: Reals | None = None,
    seed: str = "",
    paths: Paths | None = None,
) -> Flyer:
    """One body that is somewhere in the picture at `middle_s`, `size_px` large (its span), or 3 to 45 of a picture of 320.

    It moves as `paths` have it, or as what people film.
    """
    random = Random(f"{seed}/{name}/way")
    lens, mounting = Lens(eye.camera()), Mounting(eye.azimuth_deg, eye.tilt_deg, eye.roll_deg)
    body = body_of(kind, f"{seed}/{name}")
    size_px = size_px or float(np.exp(random.uniform(np.log(3), np.log(45)))) * eye.width / 320
    range_m = max(body.span_m / (size_px * lens.pixel_rad), SHARPEST_M)
    place = _above_ground(lens, mounting, eye, range_m, random)
    own = f"{seed}/{name}"
    way = Way(Random(f"{own}/path"), f"{own}/waver", place, middle_s, np.zeros(3) if wind is None else wind)
    return Flyer(name, kind, body, (paths or PATHS)[kind](way))


def flock(name: str, eye: Eye, middle_s: float, *, seed: str = "") -> list[Flyer]:
    """Birds of a feather on one way, each with a place and a waver of its own."""
    random = Random(f"{seed}/{name}/flock")
    first = flyer(f"{name}/0", "bird", eye, middle_s, size_px=float(np.exp(random.uniform(np.log(2), np.log(10)))), seed=seed)
    place, velocity = first.path.at(middle_s)
    span_m, found = first.body.span_m, []
    for k in range(random.randint(3, 25)):
        off = np.array([random.gauss(0, 1) for _ in "enu"]) * span_m * (4, 4, 1.5)
        bird = Bird(f"{seed}/{name}/{k}", span_m * random.uniform(0.9, 1.1), beat_of(span_m), random.choice([1.0, 0.7]))
        way = Straight(f"{seed}/{name}/{k}", place + off, velocity, middle_s, waver_m=span_m * 0.6, shortest_s=1.0)
        found.append(Flyer(f"{name}/{k}", "bird", bird, way))
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


class Way(NamedTuple):
    """Where a body is when, and what else decides its path."""

    random: Random
    seed: str
    place: Reals
    middle_s: float
    wind: Reals

    def straight(self, velocity: Reals, waver_m: float, shortest_s: float) -> Straight:
        """Along a velocity."""
        return Straight(self.seed, self.place, velocity, self.middle_s, waver_m=waver_m, shortest_s=shortest_s)

    def round(self, drift: Reals, radius_m: float, speed_mps: float) -> Round:
        """In circles."""
        start = self.random.uniform(0, 2 * pi)
        return Round(self.place, drift, self.middle_s, radius_m=radius_m, speed_mps=speed_mps, start=start)

    def ahead(self, speed_mps: float, climb_mps: float, dps: tuple[float, float]) -> Reals:
        """A velocity with a climb of so much (1 sigma), to or from the camera as far as it must to cross the picture no faster.

        How fast it crosses is drawn from a range of degrees a second.
        """
        random = self.random
        across_mps = float(np.linalg.norm(self.place)) * radians(exp(random.uniform(*map(log, dps))))
        aside = asin(min(1.0, across_mps / max(speed_mps, 1e-6))) * random.choice([-1, 1])
        return towards(atan2(self.place[0], self.place[1]) + random.choice([0, pi]) + aside, speed_mps, random.gauss(0, climb_mps))


CROSSING_DPS: dict[Kind, tuple[float, float]] = {
    "drone": (0.2, 6.0),
    "bird": (0.4, 12.0),
    "aeroplane": (0.1, 3.0),
    "helicopter": (0.05, 3.0),
    "insect": (5.0, 120.0),
}
"""How fast each kind crosses pictures that people film: recorded drones 0.7 to 3, birds 0.1 to 8, aeroplanes 0.1 to 2 degrees a second."""


def _droning(way: Way) -> Path:
    random = way.random
    speed = random.choice([0.0, 0.0, random.uniform(0.5, 4), random.uniform(2, 16)])
    if random.random() < 0.2:
        radius_m = random.uniform(3, 40)
        fastest_mps = float(np.linalg.norm(way.place)) * radians(CROSSING_DPS["drone"][1])
        return way.round(way.wind * 0, radius_m, max(min(speed, fastest_mps), 0.5))
    return way.straight(way.ahead(speed, 0.1 * speed, CROSSING_DPS["drone"]), exp(random.uniform(log(0.03), log(0.4))), 3.0)


def _winged(way: Way) -> Path:
    random = way.random
    speed = random.uniform(6, 17)
    if random.random() < 0.2:
        return way.round(way.wind * 0.8, random.uniform(8, 40), speed)
    return way.straight(way.ahead(speed, 0.4, CROSSING_DPS["bird"]) + 0.2 * way.wind, random.uniform(0.1, 0.8), 1.2)


def _under_power(way: Way) -> Path:
    """Aeroplanes and helicopters; who is far and large flies fast."""
    speed = way.random.uniform(45, 90) if np.linalg.norm(way.place) < 3000 else 200.0
    return way.straight(way.ahead(speed, 2.0, CROSSING_DPS["aeroplane"]), 0.0, 1.0)


def _hovering(way: Way) -> Path:
    return way.straight(way.ahead(way.random.choice([0.5, 20.0, 45.0, 65.0]), 0.5, CROSSING_DPS["helicopter"]), 0.5, 4.0)


def _adrift(way: Way) -> Path:
    return way.straight(way.wind + np.array([0.0, 0.0, way.random.uniform(0.3, 2.2)]), 0.3, 3.0)


def _buzzing(way: Way) -> Path:
    return way.straight(way.ahead(way.random.uniform(0.3, 1.6), 0.4, CROSSING_DPS["insect"]), 0.12, 0.25)


Paths = Mapping[Kind, Callable[[Way], Path]]
PATHS: Paths = {
    "drone": _droning,
    "bird": _winged,
    "aeroplane": _under_power,
    "helicopter": _hovering,
    "balloon": _adrift,
    "insect": _buzzing,
}
