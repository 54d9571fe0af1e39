"""How the vehicle stands at any time of the last seconds, out of all that its devices say; no device, no pose."""

from __future__ import annotations

from math import hypot, isfinite
from typing import Literal

from msgspec import Struct

from edge_node.messages import AttitudeFix, PositionFix
from edge_node.pose.angles import Angle, Angles, Reading, turn_deg
from edge_node.pose.course import Course
from edge_node.pose.doubt import Doubt
from edge_node.pose.gyro import Gyro

HeadingSource = Literal["true", "gyro", "course", "held"]
MOST_SOURCES = 4
MOST_SIGMA_DEG = 30.0
"""A front that is known no better than this is not known."""
STANDING_MPS, FIX_FRESH_NS = 0.5, 5_000_000_000
HELD_DRIFT_DPS, HELD_NS = 0.1 / 60, 3_600_000_000_000
"""A vehicle that stands does not turn, but what it stands on may."""
PUSHED_DEG = 5.0
"""What a gyro turns by more than this, the vehicle was turned by somebody."""
LEVEL_SIGMA_DEG = 3.0
"""Of a vehicle whose tilt nobody measures: a road of 5 % is 2.9 degrees steep."""
TILT_FRESH_NS = 1_000_000_000


class Stand(Struct, frozen=True, gc=False):
    """At one time: where the front points, how far the nose is up and the right side down, degrees with 1-sigma errors.

    `source` is what the heading is by: "course" is that over ground, "held" that of before the vehicle stopped. `sigma_tilt_deg` None:
    nobody measures the tilt, and a level vehicle is assumed.
    """

    heading_deg: float
    sigma_heading_deg: float
    turn_rate_dps: float
    source: HeadingSource
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    sigma_tilt_deg: float | None = None


class Pose:
    """Bounded; takes what devices say in any order, and raises nothing for it."""

    def __init__(self) -> None:
        self._north: dict[str, tuple[Angles, Doubt]] = {}
        self._course_angles, self._course = Angles(), Course()
        self._gyro = Gyro()
        self._pitch, self._roll = Angles(), Angles()
        self._fix: PositionFix | None = None
        self._held: tuple[int, Angle] | None = None
        self._troubles: dict[str, str] = {}

    def hear_attitude(self, said: AttitudeFix) -> None:
        """What a compass, two antennas or an IMU say."""
        self._tilt(said)
        if said.trouble or said.heading_deg is not None:
            self._name(said.sensor, said.trouble or "")
        if said.heading_deg is None or said.sigma_heading_deg is None or not isfinite(said.heading_deg):
            return
        reading = Reading(said.t_mono_ns, said.heading_deg % 360, said.sigma_heading_deg, said.sigma_t_s)
        if said.heading_kind == "gyro":
            self._gyro.take(reading)
        elif said.heading_kind == "true":
            self._take_north(said.sensor, reading)

    def hear_fix(self, fix: PositionFix) -> None:
        """What a receiver says of how it moves."""
        if not fix.has_fix or fix.speed_mps is None or not isfinite(fix.speed_mps):
            return
        self._fix = fix
        front = self._measured(fix.t_mono_ns)
        if fix.speed_mps < STANDING_MPS:
            if front is not None:
                self._held = fix.t_mono_ns, front[1]
        else:
            self._held = None
        front_deg = front[1].angle_deg if front and front[0] in ("true", "gyro") else None
        course = self._course.heading(fix, front_deg)
        if course is not None and self._course_angles.take(course):
            self._gyro.align(course)

    def speed_mps(self, t_mono_ns: int) -> float | None:
        """How fast the vehicle drives; None where nobody said it lately."""
        fix = self._fix
        return fix.speed_mps if fix and abs(t_mono_ns - fix.t_mono_ns) <= FIX_FRESH_NS else None

    def at(self, t_mono_ns: int) -> Stand | None:
        """How the vehicle stands at a time; None where its front is not known to 30 degrees."""
        found = (self._measured(t_mono_ns), self._standing(t_mono_ns))
        known = min(filter(None, found), key=lambda one: one[1].sigma_deg, default=None)
        if known is None or known[1].sigma_deg > MOST_SIGMA_DEG:
            return None
        source, front = known
        tilt = self._tilt_at(t_mono_ns)
        pitch_deg, roll_deg, sigma_tilt_deg = tilt or (0.0, 0.0, None)
        return Stand(front.angle_deg, front.sigma_deg, front.rate_dps, source, pitch_deg, roll_deg, sigma_tilt_deg)

    def words(self, t_mono_ns: int) -> str:
        """Say how the vehicle stands, and what is wrong with whom."""
        stand = self.at(t_mono_ns)
        by = {"true": "", "gyro": " by gyro", "course": " by its course", "held": " as it stood"}
        if stand is None:
            front = "no heading: bearings count from the vehicle's front"
        else:
            front = f"heading {stand.heading_deg:.0f}° ± {stand.sigma_heading_deg:.1f}°{by[stand.source]}"
        troubles = [f"{sensor}: {trouble}" for sensor, trouble in self._troubles.items()]
        return ", ".join([front, *troubles, *(["it backs up"] if self._course.reverses else [])])

    def _take_north(self, sensor: str, reading: Reading) -> None:
        if sensor not in self._north and len(self._north) >= MOST_SOURCES:
            return
        angles, doubt = self._north.setdefault(sensor, (Angles(), Doubt()))
        believed = doubt.believes(reading, self.speed_mps(reading.t_mono_ns))
        if doubt.trouble:
            self._name(sensor, doubt.trouble)
        if believed and angles.take(reading):
            self._gyro.align(reading)

    def _measured(self, t_mono_ns: int) -> tuple[HeadingSource, Angle] | None:
        """By whoever is surest now of gyro, compass and antennas, else by the course."""
        found: list[tuple[HeadingSource, Angle]] = []
        speed_mps = self.speed_mps(t_mono_ns)
        calm = speed_mps is not None and speed_mps < STANDING_MPS
        if (gyro := self._gyro.at(t_mono_ns)) is not None:
            found.append(("gyro", gyro))
        found += [("true", angle) for angles, _ in self._north.values() if (angle := angles.at(t_mono_ns, calm)) is not None]
        if not found and (course := self._course_angles.at(t_mono_ns, calm)) is not None:
            found.append(("course", course))
        return min(found, key=lambda one: one[1].sigma_deg, default=None)

    def _standing(self, t_mono_ns: int) -> tuple[HeadingSource, Angle] | None:
        """As it was when it stopped, while the receiver says that it stands."""
        if self._held is None or self._fix is None or t_mono_ns - self._fix.t_mono_ns > FIX_FRESH_NS:
            return None
        since_ns, front = self._held
        held_ns = max(t_mono_ns - since_ns, 0)
        gyro = self._gyro.at(t_mono_ns)
        pushed = gyro is not None and abs(turn_deg(front.angle_deg, gyro.angle_deg)) > PUSHED_DEG + 3 * gyro.sigma_deg
        if pushed or held_ns > HELD_NS:
            return None
        return "held", Angle(front.angle_deg, front.sigma_deg + HELD_DRIFT_DPS * held_ns / 1e9, 0.0)

    def _tilt(self, said: AttitudeFix) -> None:
        if said.pitch_deg is None or said.roll_deg is None or said.sigma_tilt_deg is None:
            return
        for angles, value_deg in ((self._pitch, said.pitch_deg), (self._roll, said.roll_deg)):
            angles.take(Reading(said.t_mono_ns, value_deg, said.sigma_tilt_deg, said.sigma_t_s))

    def _tilt_at(self, t_mono_ns: int) -> tuple[float, float, float] | None:
        newest, pitch, roll = self._pitch.newest, self._pitch.at(t_mono_ns), self._roll.at(t_mono_ns)
        if newest is None or pitch is None or roll is None or t_mono_ns - newest.t_mono_ns > TILT_FRESH_NS:
            return None
        return _signed(pitch.angle_deg), _signed(roll.angle_deg), hypot(pitch.sigma_deg, roll.sigma_deg) / 2**0.5

    def _name(self, sensor: str, trouble: str) -> None:
        """Keep what is wrong with a device, as long as it is."""
        self._troubles.pop(sensor, None)
        if trouble and len(self._troubles) < MOST_SOURCES:
            self._troubles[sensor] = trouble


def _signed(angle_deg: float) -> float:
    return (angle_deg + 180.0) % 360.0 - 180.0
