"""How bodies move: paths that are pure functions of time, and how what flies leans along them."""

from __future__ import annotations

from math import atan2, cos, hypot, radians, sin
from typing import Literal, Protocol

import numpy as np
from msgspec import Struct

from tools.simulate.lens import Reals
from tools.simulate.scene import Drone, Other
from tools.simulate.shapes import Flying
from tools.simulate.world import Wander, World, in_air

Kind = Literal["drone", "bird", "aeroplane", "helicopter", "balloon", "insect", "vehicle"]
GRAVITY = 9.81


class Path(Protocol):
    """Metres east, north, up of the camera, and metres a second, at a time of the scene."""

    def at(self, t_s: float) -> tuple[Reals, Reals]: ...


class Straight:
    """A line through `place` at `middle_s`, with a waver of `waver_m` (1 sigma)."""

    def __init__(self, seed: str, place: Reals, velocity: Reals, middle_s: float, *, waver_m: float = 0.0, shortest_s: float = 1.5) -> None:
        self._place, self._velocity, self._middle_s = place, velocity, middle_s
        self._wavers = [Wander(f"{seed}/{axis}", waver_m, shortest_s, shortest_s * 6) for axis in "enu"] if waver_m else []
        self._rest = np.array([one.at(middle_s) for one in self._wavers]) if self._wavers else np.zeros(3)

    def at(self, t_s: float) -> tuple[Reals, Reals]:
        """Where it is and how fast."""
        place = self._place + self._velocity * (t_s - self._middle_s)
        if not self._wavers:
            return place, self._velocity
        off, speed = [one.at(t_s) for one in self._wavers], [one.rate(t_s) for one in self._wavers]
        return place + off - self._rest, self._velocity + speed


class Round:
    """Circles about a middle that drifts, at `place` at `middle_s`."""

    def __init__(self, place: Reals, velocity: Reals, middle_s: float, *, radius_m: float, speed_mps: float, start: float) -> None:
        self._radius, self._rate, self._start, self._middle_s = radius_m, speed_mps / radius_m, start, middle_s
        self._drift = velocity
        self._middle = place - radius_m * np.array([cos(start), sin(start), 0.0])

    def at(self, t_s: float) -> tuple[Reals, Reals]:
        """Where it is and how fast."""
        past = t_s - self._middle_s
        turn = self._start + self._rate * past
        place = self._middle + self._drift * past + self._radius * np.array([cos(turn), sin(turn), 0.0])
        return place, self._drift + self._radius * self._rate * np.array([-sin(turn), cos(turn), 0.0])


class Flown:
    """The path of one of the world's drones or others."""

    def __init__(self, world: World, one: Drone | Other) -> None:
        self._world, self._one = world, one

    def at(self, t_s: float) -> tuple[Reals, Reals]:
        """Where it is and how fast."""
        place, velocity = self._world.from_node(self._one, t_s)
        return np.array(place), np.array(velocity)

    def flies(self, t_s: float) -> bool:
        """Whether it is in the air."""
        return in_air(self._one, t_s)


class Pose(Struct, frozen=True):
    """Where a body is (ENU metres), how fast, and how it is turned: (3, 3) from its own frame to ENU."""

    place: Reals
    velocity: Reals
    turn: Reals


class Flyer:
    """Something that flies from `from_s` to `until_s`; a drone keeps its own heading while slow and leans forward as it goes."""

    def __init__(self, name: str, kind: Kind, body: Flying, path: Path, *, from_s: float = -1e9, until_s: float = 1e9) -> None:
        self.name, self.kind, self.body, self.path, self._from_s, self._until_s = name, kind, body, path, from_s, until_s
        self._yaw = Wander(f"{name}/yaw", 1.2, 5.0, 40.0)

    def pose(self, t_s: float) -> Pose | None:
        """None while it is not there."""
        if not self._from_s <= t_s < self._until_s or (isinstance(self.path, Flown) and not self.path.flies(t_s)):
            return None
        place, velocity = self.path.at(t_s)
        return Pose(place, velocity, self._turn(t_s, velocity))

    def _turn(self, t_s: float, velocity: Reals) -> Reals:
        east, north, up = (float(part) for part in velocity)
        speed = hypot(east, north)
        if self.kind in ("drone", "insect", "balloon"):
            lean = -min(radians(1.3 * speed), radians(28)) if self.kind == "drone" else 0.0
            return turned(self._yaw.at(t_s) + (atan2(east, north) if speed > 3 else 0.0), lean, 0.0)
        if speed < 1 and self.kind == "helicopter":
            return turned(self._yaw.at(t_s), 0.0, 0.0)
        if self.kind == "vehicle":
            return turned(atan2(east, north), 0.0, 0.0)
        return turned(atan2(east, north), atan2(up, max(speed, 0.5)), self._bank(t_s, velocity))

    def _bank(self, t_s: float, velocity: Reals) -> float:
        """A turn in balance: right side down where it turns right."""
        change = (self.path.at(t_s + 0.1)[1] - self.path.at(t_s - 0.1)[1]) / 0.2
        speed = max(hypot(velocity[0], velocity[1]), 0.5)
        aside = (change[0] * velocity[1] - change[1] * velocity[0]) / speed
        return float(np.clip(atan2(aside, GRAVITY), -1.0, 1.0))


def turned(heading: float, pitch: float, bank: float) -> Reals:
    """(3, 3) from a body's own frame to ENU: first bank about y, then pitch about x, then heading about z, clockwise from north."""
    ch, sh, cp, sp, cb, sb = cos(heading), sin(heading), cos(pitch), sin(pitch), cos(bank), sin(bank)
    about_z = np.array([[ch, sh, 0], [-sh, ch, 0], [0, 0, 1.0]])
    about_x = np.array([[1.0, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_y = np.array([[cb, 0, sb], [0, 1.0, 0], [-sb, 0, cb]])
    return np.asarray(about_z @ about_x @ about_y)


def towards(azimuth: float, speed_mps: float, climb_mps: float = 0.0) -> Reals:
    """A velocity from a heading in radians."""
    return np.array([speed_mps * sin(azimuth), speed_mps * cos(azimuth), climb_mps])
