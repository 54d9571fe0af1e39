"""What flies, as convex parts in its own frame (x right, y ahead, z up, metres): warmth over the air in kelvin and grey level of each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import cos, pi, sin
from random import Random

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

Points = NDArray[np.float64]


class Part(Struct, frozen=True):
    """A convex piece: points (n, 3), swollen by a radius; `opacity` under 1 for what blurs, as rotors do, or is thin, as exhaust is."""

    points: Points
    radius_m: float
    warmth_k: float
    grey: float
    opacity: float = 1.0


Shape = tuple[Part, ...]
GLINTS = 0.1
"""The share of parts that the sun makes bright."""


def rod(start: tuple[float, float, float], end: tuple[float, float, float], radius_m: float, warmth_k: float, grey: float) -> Part:
    """A stick with round ends, or a ball."""
    return Part(np.array([start, end]), radius_m, warmth_k, grey)


def plate(points: list[tuple[float, float, float]], warmth_k: float, grey: float, opacity: float = 1.0) -> Part:
    """A flat piece."""
    return Part(np.array(points), 0.0, warmth_k, grey, opacity)


def disc(middle: tuple[float, float, float], radius_m: float, *, warmth_k: float, grey: float, opacity: float) -> Part:
    """A rotor that turns faster than the picture is taken."""
    x, y, z = middle
    turn = np.linspace(0, 2 * pi, 14, endpoint=False)
    ring = np.stack([x + radius_m * np.cos(turn), y + radius_m * np.sin(turn), np.full(14, z)], 1)
    return Part(ring, 0.0, warmth_k, grey, opacity)


def dappled(random: Random, parts: Sequence[Part]) -> Shape:
    """The same parts in light and shade, some with the sun's glint."""
    lights = [random.uniform(0.6, 1.4) if random.random() > GLINTS else random.uniform(2, 4) for _ in parts]
    return tuple(replace(part, grey=min(part.grey * light, 250.0)) for part, light in zip(parts, lights, strict=True))


class Multirotor:
    """Arms from a body with a battery, motors at their ends; as hot as its load."""

    def __init__(self, seed: str, span_m: float, rotors: int = 4) -> None:
        random = Random(seed)
        self.span_m = span_m
        arm = span_m / 2
        light = random.random() < 0.4
        grey = random.uniform(120, 200) if light else random.uniform(25, 70)
        motor_k, battery_k, body_k, arm_k = random.uniform(12, 40), random.uniform(6, 22), random.uniform(2, 8), random.uniform(0, 3)
        blur = random.uniform(0.06, 0.16)
        rise, thick = random.uniform(0.0, 0.2) * arm, random.uniform(0.05, 0.09)
        parts = []
        for k in range(rotors):
            turn = 2 * pi * (k + 0.5) / rotors
            x, y = arm * sin(turn), arm * cos(turn)
            parts += [
                rod((0, 0, 0), (x, y, rise), thick * arm, arm_k, grey * 0.9),
                rod((x, y, rise - 0.12 * arm), (x, y, rise + 0.12 * arm), 0.1 * arm, motor_k, grey * 0.7),
                disc(
                    (x, y, rise + 0.2 * arm),
                    random.uniform(0.45, 0.6) * arm,
                    warmth_k=1.0,
                    grey=grey * 0.8,
                    opacity=blur,
                ),
            ]
        length, width = random.uniform(0.35, 0.6) * arm, random.uniform(0.15, 0.26) * arm
        parts += [
            rod((0, -length, 0), (0, length, 0), width, body_k, grey),
            rod((0, -0.6 * length, 0.5 * width), (0, 0.3 * length, 0.5 * width), 0.8 * width, battery_k, grey * 0.9),
            rod((0, 0.9 * length, -width), (0, 0.9 * length, -1.2 * width), 0.6 * width, body_k + 4, 20.0),
        ]
        if random.random() < 0.6:
            foot = -random.uniform(0.25, 0.5) * arm
            parts += [rod((s * width, 0, 0), (s * 2 * width, 0, foot), 0.035 * arm, 0.0, grey * 0.9) for s in (-1, 1)]
            parts += [
                rod((s * 2 * width, -0.6 * length, foot), (s * 2 * width, 0.6 * length, foot), 0.03 * arm, 0.0, grey * 0.9) for s in (-1, 1)
            ]
        self._parts = dappled(random, parts)

    def at(self, _t_s: float) -> Shape:
        """Its parts."""
        return self._parts


class Wing:
    """A small aeroplane without a pilot: foam wing, one motor."""

    def __init__(self, seed: str, span_m: float) -> None:
        random = Random(seed)
        self.span_m = span_m
        half, grey = span_m / 2, random.choice([40.0, 190.0])
        self._parts = (
            plate(
                [(-half, -0.1 * half, 0), (0, 0.25 * half, 0), (half, -0.1 * half, 0), (half, -0.25 * half, 0), (-half, -0.25 * half, 0)],
                1,
                grey,
            ),
            rod((0, -0.7 * half, 0), (0, 0.4 * half, 0), 0.08 * half, random.uniform(2, 8), grey),
            plate([(-0.3 * half, -0.7 * half, 0), (0.3 * half, -0.7 * half, 0), (0, -0.55 * half, 0.05 * half)], 1, grey),
            plate([(0, -0.75 * half, 0), (0, -0.5 * half, 0), (0, -0.75 * half, 0.25 * half)], 1, grey),
            rod((0, -0.2 * half, 0.02), (0, 0.1 * half, 0.02), 0.07 * half, random.uniform(8, 25), grey * 0.8),
        )

    def at(self, _t_s: float) -> Shape:
        """Its parts."""
        return self._parts


class Bird:
    """A body and two wings of two joints that beat, or are held: flap-gliders beat in bouts."""

    def __init__(self, seed: str, span_m: float, beat_hz: float, bout: float = 1.0, bout_s: float = 1.5) -> None:
        random = Random(seed)
        self.span_m = span_m
        self.beat_hz, self._bout, self._bout_s = beat_hz, bout, bout_s
        self._phase, self._start = random.uniform(0, 2 * pi), random.uniform(0, bout_s)
        self._swing = random.uniform(0.5, 0.95)
        self._grey = random.choice([random.uniform(15, 60), random.uniform(15, 60), random.uniform(150, 220)])
        self._wing_k, self._body_k = random.uniform(0.5, 4), random.uniform(4, 11)
        self._chord, self._length = random.uniform(0.25, 0.48), random.uniform(0.5, 0.8)

    def at(self, t_s: float) -> Shape:
        """Its parts, with the wings where they are now."""
        half = self.span_m / 2
        angle = 0.12
        if ((t_s + self._start) / self._bout_s) % 1.0 < self._bout:
            angle = self._swing * sin(2 * pi * self.beat_hz * t_s + self._phase)
        tip = 1.5 * angle + 0.35 * self._swing * cos(2 * pi * self.beat_hz * t_s + self._phase) * (angle != 0.12)
        length = self._length * half
        parts = [
            rod((0, -0.5 * length, 0), (0, 0.45 * length, 0), 0.17 * length, self._body_k, self._grey),
            rod((0, 0.45 * length, 0), (0, 0.62 * length, 0.02 * length), 0.1 * length, self._body_k + 2, self._grey),
            plate([(-0.12 * length, -0.6 * length, 0), (0.12 * length, -0.6 * length, 0), (0, -0.2 * length, 0)], self._wing_k, self._grey),
        ]
        return (*parts, *self._wing(-1, half, angle, tip), *self._wing(1, half, angle, tip))

    def _wing(self, side: int, half: float, angle: float, tip: float) -> list[Part]:
        chord = self._chord * half
        root = (0.0, 0.4 * chord, 0.0)
        wrist = (side * 0.45 * half * cos(angle), 0.55 * chord, 0.45 * half * sin(angle))
        end = (wrist[0] + side * 0.55 * half * cos(tip), -0.1 * chord, wrist[2] + 0.55 * half * sin(tip))
        back = (wrist[0], -0.45 * chord, wrist[2])
        return [
            plate([root, wrist, back, (0.0, -0.6 * chord, 0.0)], self._wing_k, self._grey),
            plate([wrist, end, back], self._wing_k * 0.8, self._grey * 0.95),
        ]


class Airliner:
    """Fuselage, wings, tail, hot engines and what they blow; a light aeroplane has one in its nose."""

    def __init__(self, seed: str, span_m: float) -> None:
        random = Random(seed)
        self.span_m = span_m
        half, jet = span_m / 2, span_m > 16
        grey = random.choice([60.0, 200.0, 235.0])
        skin = random.uniform(-4, 3)
        body = 0.95 * half
        sweep = 0.35 * half if jet else 0.0
        parts = [
            rod((0, -body, 0), (0, body, 0), 0.1 * half, skin, grey),
            *(
                plate(
                    [
                        (0, 0.28 * half, 0),
                        (s * half, -sweep, 0.05 * half),
                        (s * half, -sweep - 0.1 * half, 0.05 * half),
                        (0, -0.1 * half, 0),
                    ],
                    skin,
                    grey,
                )
                for s in (-1, 1)
            ),
            plate([(-0.36 * half, -body, 0), (0.36 * half, -body, 0), (0, -0.75 * body, 0)], skin, grey),
            plate([(0, -body, 0), (0, -0.75 * body, 0.05 * half), (0, -0.95 * body, 0.36 * half)], skin, grey),
        ]
        if jet:
            for s in (-1, 1):
                parts.append(
                    rod((s * 0.34 * half, -0.05 * half, -0.06 * half), (s * 0.34 * half, 0.2 * half, -0.06 * half), 0.07 * half, 45.0, grey)
                )
                parts.append(
                    plate(
                        [
                            (s * 0.27 * half, -0.1 * half, -0.06 * half),
                            (s * 0.41 * half, -0.1 * half, -0.06 * half),
                            (s * 0.34 * half, -2.2 * half, 0),
                        ],
                        40,
                        grey,
                        0.2,
                    )
                )
        else:
            parts.append(rod((0, 0.8 * body, 0), (0, body, 0), 0.09 * half, random.uniform(25, 50), grey * 0.8))
        self._parts = dappled(random, parts)

    def at(self, _t_s: float) -> Shape:
        """Its parts."""
        return self._parts


class Helicopter:
    """Cabin, boom, hot exhaust, a disc of blades that flickers."""

    def __init__(self, seed: str, span_m: float) -> None:
        random = Random(seed)
        self.span_m = span_m
        half, grey, skin = span_m / 2, random.choice([40.0, 70.0, 160.0]), random.uniform(-2, 4)
        self._blade_hz, self._half, self._grey = random.uniform(5, 7), half, grey
        parts = (
            rod((0, -0.1 * half, -0.22 * half), (0, 0.42 * half, -0.22 * half), 0.18 * half, skin, grey),
            rod((0, -0.1 * half, -0.12 * half), (0, -1.1 * half, -0.08 * half), 0.05 * half, skin, grey),
            rod((0, -0.15 * half, -0.05 * half), (0, 0.12 * half, -0.05 * half), 0.1 * half, random.uniform(25, 60), grey),
            plate(
                [(0.05 * half, -0.2 * half, -0.02 * half), (-0.05 * half, -0.2 * half, -0.02 * half), (0, -0.9 * half, 0.05 * half)],
                30,
                grey,
                0.25,
            ),
            plate([(0, -1.2 * half, -0.1 * half), (0, -1.0 * half, -0.1 * half), (0, -1.15 * half, 0.18 * half)], skin, grey),
            rod((0.15 * half, -0.1 * half, -0.48 * half), (0.15 * half, 0.4 * half, -0.48 * half), 0.02 * half, skin, grey),
            rod((-0.15 * half, -0.1 * half, -0.48 * half), (-0.15 * half, 0.4 * half, -0.48 * half), 0.02 * half, skin, grey),
            disc((0, 0, 0.06 * half), half, warmth_k=1.0, grey=grey, opacity=0.12),
        )
        self._parts = dappled(random, parts)

    def at(self, t_s: float) -> Shape:
        """Its parts, and two blades where the picture catches them."""
        turn = 2 * pi * self._blade_hz * t_s
        x, y, half = cos(turn), sin(turn), self._half
        blade = [(-x * half - 0.05 * y * half, -y * half + 0.05 * x * half, 0.06 * half), (x * half, y * half, 0.06 * half)]
        blade += [(x * half + 0.05 * y * half, y * half - 0.05 * x * half, 0.06 * half), (-x * half, -y * half, 0.06 * half)]
        return (*self._parts, plate([blade[0], blade[1], blade[2], blade[3]], 2.0, self._grey * 0.7, 0.5))


class Ball:
    """A toy balloon with its string, or an insect's body: `warmth_k` over the air."""

    def __init__(self, seed: str, span_m: float, warmth_k: float, string: bool = True) -> None:
        random = Random(seed)
        self.span_m = span_m
        r, grey = span_m / 2, random.uniform(30, 220)
        tail = (rod((0, 0, -r), (0, 0, -2.2 * r), 0.02 * r, 0.0, grey),) if string else ()
        self._parts = (rod((0, 0, -0.1 * r), (0, 0, 0.1 * r), r, warmth_k, grey), *tail)

    def at(self, _t_s: float) -> Shape:
        """Its parts."""
        return self._parts


class Insect:
    """A body and two wings that are a blur."""

    def __init__(self, seed: str, span_m: float) -> None:
        random = Random(seed)
        self.span_m = span_m
        r, grey = span_m / 2, random.uniform(15, 60)
        self._parts = (
            rod((0, -0.6 * r, 0), (0, 0.6 * r, 0), 0.25 * r, random.uniform(0.5, 6), grey),
            *(
                plate([(0, -0.2 * r, 0), (0, 0.2 * r, 0), (s * r, 0.3 * r, 0.3 * r), (s * r, -0.5 * r, 0.3 * r)], 0.5, grey, 0.25)
                for s in (-1, 1)
            ),
        )

    def at(self, _t_s: float) -> Shape:
        """Its parts."""
        return self._parts


class Vehicle:
    """A car or van as wide as its span: a body on the road, a cabin, a warm bonnet and warm wheels."""

    def __init__(self, seed: str, span_m: float) -> None:
        random = Random(seed)
        self.span_m = span_m
        half, grey, skin = span_m / 2, random.choice([40.0, 90.0, 150.0, 210.0]), random.uniform(-2, 3)
        wheels = [(s * 0.85 * half, y * half, -0.65 * half) for s in (-1, 1) for y in (-1.5, 1.5)]
        sides = [(s * 0.6 * half, 2.0 * half, -0.2 * half) for s in (-1, 1)]
        parts = (
            *(rod((x, -y, z), (x, y, z), 0.4 * half, skin, grey) for x, y, z in sides),
            rod((0, -1.1 * half, 0.4 * half), (0, 0.7 * half, 0.4 * half), 0.6 * half, skin, grey * 0.7),
            rod((-0.5 * half, 1.9 * half, 0), (0.5 * half, 1.9 * half, 0), 0.25 * half, random.uniform(5, 15), grey),
            *(rod(wheel, wheel, 0.33 * half, random.uniform(5, 15), 20.0) for wheel in wheels),
        )
        self._parts = dappled(random, parts)

    def at(self, _t_s: float) -> Shape:
        """Its parts."""
        return self._parts


Flying = Multirotor | Wing | Bird | Airliner | Helicopter | Ball | Insect | Vehicle


@cache
def circle() -> Points:
    """Twelve points (12, 2) of the unit circle, a little outside so that their polygon has its area."""
    turn = np.linspace(0, 2 * pi, 12, endpoint=False)
    return np.stack([np.cos(turn), np.sin(turn)], 1) * 1.024
