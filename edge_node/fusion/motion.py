"""A Kalman filter of constant velocity with white-noise acceleration (Bar-Shalom, Li, Kirubarajan 2001, section 6.2.2).

East, north and up share no noise, so the 6-state filter falls apart, exactly, into three of two states, and east and north
have one covariance. A covariance here is (position variance, position-velocity covariance, velocity variance).

What is said of a place is the truth and an error, a part of which lasts (`Measurement.lasting`). The filter follows the sum of both,
by what is new in each error; the lasting part is considered and never estimated (Schmidt 1966): all of it is in what is told.
"""

from __future__ import annotations

from math import hypot
from typing import NamedTuple

from edge_node.fusion.measurement import Measurement
from edge_node.geometry import LocalFrame
from edge_node.messages import Kinematics

Covariance = tuple[float, float, float]

# An acceleration of the stated size that lasts this long, again and again, makes the noise's spectral density.
MANOEUVRE_S = 1.0
MOST_ACCELERATION_MPS2 = 100.0
# What is assumed of an axis before anything is said of it.
PRIOR_ALTITUDE_VARIANCE = 10_000.0**2
KNOWN_ALTITUDE_VARIANCE = 1_000.0**2
JUMP_SIGMAS = 5.0
# Two receptions of one second's claims may come a moment apart, so a jump's speed is never taken over less than this.
JUMP_LEAST_S = 1.0
# After this long a prediction says less than the next claim.
MOST_GAP_S = 60.0
MOST_OFFSET_M = 5_000.0


class Pace(NamedTuple):
    """How fast a kind of object flies, before anything is said of it: 1-sigma speeds, and what none of its kind outruns."""

    sigma_speed_mps: float
    sigma_climb_mps: float
    most_mps: float


DRONE = Pace(20.0, 10.0, 150.0)
AIRCRAFT = Pace(150.0, 15.0, 700.0)


class Motion:
    """Place and velocity of one object as of `t_mono_ns`, about an origin that follows it; every number in it is finite."""

    __slots__ = (
        *("_climb", "_density", "_east", "_frame", "_horizontal", "_north", "_pace", "_up", "_velocity", "_vertical"),
        *("_age_s", "_lasting_up_m2", "_lasting_m2", "_sigma_age_s", "t_mono_ns"),
    )
    _frame: LocalFrame
    _east: float
    _north: float
    _up: float
    _velocity: tuple[float, float]
    _climb: float
    _pace: Pace
    _horizontal: Covariance
    _vertical: Covariance
    _lasting_m2: float
    _lasting_up_m2: float
    _age_s: float
    _sigma_age_s: float
    t_mono_ns: int

    def __init__(self, first: Measurement, t_mono_ns: int, acceleration_mps2: float, pace: Pace = DRONE) -> None:
        self._density = min(acceleration_mps2, MOST_ACCELERATION_MPS2) ** 2 * MANOEUVRE_S
        self._pace = pace
        self._begin(first, t_mono_ns)

    def update(self, said: Measurement, t_mono_ns: int) -> bool:
        """Predict to a time that is not before `t_mono_ns` and take the measurement in; False for a jump, which starts anew."""
        elapsed_s = (t_mono_ns - self.t_mono_ns) / 1e9
        if elapsed_s > MOST_GAP_S:
            self._begin(said, t_mono_ns)
            return True
        before = self._east, self._north, self._up
        self._predict(elapsed_s)
        altitude = self._up if said.altitude_wgs84_m is None else said.altitude_wgs84_m
        place = self._frame.to_enu(said.latitude_deg, said.longitude_deg, altitude)
        if self._jumps(said, place, before, max(elapsed_s, JUMP_LEAST_S)):
            self._begin(said, t_mono_ns)
            return False
        self.t_mono_ns = t_mono_ns
        self._take(said, place)
        if hypot(self._east, self._north) > MOST_OFFSET_M:
            self._move_origin()
        return True

    def kinematics(self) -> Kinematics:
        """The state at `t_mono_ns`, carried on by the age of what was said; an altitude that nothing bounds to a kilometre is unknown."""
        (east, north), age_s = self._velocity, self._age_s
        place = self._east + east * age_s, self._north + north * age_s, self._up + self._climb * age_s
        latitude, longitude, altitude = self._frame.to_geodetic(*place)
        (h, hv, hw), (u, uv, uw) = (predicted(axis, age_s, self._density) for axis in (self._horizontal, self._vertical))
        aged = self._sigma_age_s**2
        h, u, aside = h + self._lasting_m2, u + self._lasting_up_m2 + aged * self._climb**2, aged * east * north
        return Kinematics(
            latitude_deg=latitude,
            longitude_deg=longitude,
            altitude_wgs84_m=altitude if u < KNOWN_ALTITUDE_VARIANCE else None,
            velocity_east_mps=east,
            velocity_north_mps=north,
            velocity_up_mps=self._climb,
            covariance=(
                *(h + aged * east**2, aside, 0.0, hv, 0.0, 0.0),
                *(aside, h + aged * north**2, 0.0, 0.0, hv, 0.0),
                *(0.0, 0.0, u, 0.0, 0.0, uv),
                *(hv, 0.0, 0.0, hw, 0.0, 0.0),
                *(0.0, hv, 0.0, 0.0, hw, 0.0),
                *(0.0, 0.0, uv, 0.0, 0.0, uw),
            ),
        )

    def _begin(self, said: Measurement, t_mono_ns: int) -> None:
        self.t_mono_ns = t_mono_ns
        self._frame = LocalFrame(said.latitude_deg, said.longitude_deg)
        self._east, self._north, self._up = 0.0, 0.0, said.altitude_wgs84_m or 0.0
        self._velocity, self._climb = (0.0, 0.0), 0.0
        new = 1.0 - said.lasting
        self._horizontal = new * said.sigma_horizontal_m**2, 0.0, self._pace.sigma_speed_mps**2
        altitude_variance = PRIOR_ALTITUDE_VARIANCE if said.altitude_wgs84_m is None else new * said.sigma_vertical_m**2
        self._lasting_up_m2 = 0.0
        self._note_lasting(said)
        self._vertical = altitude_variance, 0.0, self._pace.sigma_climb_mps**2
        self._take_velocity(said)

    def _predict(self, elapsed_s: float) -> None:
        self._east += self._velocity[0] * elapsed_s
        self._north += self._velocity[1] * elapsed_s
        self._up += self._climb * elapsed_s
        self._horizontal = predicted(self._horizontal, elapsed_s, self._density)
        self._vertical = predicted(self._vertical, elapsed_s, self._density)

    def _jumps(self, said: Measurement, place: tuple[float, float, float], before: tuple[float, float, float], elapsed_s: float) -> bool:
        """Whether a place is both outside the filter's gate and out of reach in the time since the last."""
        moved = hypot(place[0] - before[0], place[1] - before[1])
        off = hypot(place[0] - self._east, place[1] - self._north)
        if moved > self._pace.most_mps * elapsed_s and off**2 > JUMP_SIGMAS**2 * (self._horizontal[0] + said.sigma_horizontal_m**2):
            return True
        rose, off = abs(place[2] - before[2]), place[2] - self._up
        return rose > self._pace.most_mps * elapsed_s and off**2 > JUMP_SIGMAS**2 * (self._vertical[0] + said.sigma_vertical_m**2)

    def _take(self, said: Measurement, place: tuple[float, float, float]) -> None:
        new = 1.0 - said.lasting
        self._note_lasting(said)
        self._horizontal, gain, gain_velocity = updated(self._horizontal, new * said.sigma_horizontal_m**2)
        off_east, off_north = place[0] - self._east, place[1] - self._north
        self._east += gain * off_east
        self._north += gain * off_north
        self._velocity = self._velocity[0] + gain_velocity * off_east, self._velocity[1] + gain_velocity * off_north
        if said.altitude_wgs84_m is not None:
            self._vertical, gain, gain_velocity = updated(self._vertical, new * said.sigma_vertical_m**2)
            off = place[2] - self._up
            self._up += gain * off
            self._climb += gain_velocity * off
        self._take_velocity(said)

    def _note_lasting(self, said: Measurement) -> None:
        self._lasting_m2 = said.lasting * said.sigma_horizontal_m**2
        self._age_s, self._sigma_age_s = said.age_s, said.sigma_age_s
        if said.altitude_wgs84_m is not None:
            self._lasting_up_m2 = said.lasting * said.sigma_vertical_m**2

    def _take_velocity(self, said: Measurement) -> None:
        if said.velocity_mps is not None:
            covariance, gain, gain_place = updated(self._horizontal[::-1], said.sigma_velocity_mps**2)
            self._horizontal = covariance[::-1]
            off_east, off_north = said.velocity_mps[0] - self._velocity[0], said.velocity_mps[1] - self._velocity[1]
            self._velocity = self._velocity[0] + gain * off_east, self._velocity[1] + gain * off_north
            self._east += gain_place * off_east
            self._north += gain_place * off_north
        if said.climb_mps is not None:
            covariance, gain, gain_place = updated(self._vertical[::-1], said.sigma_climb_mps**2)
            self._vertical = covariance[::-1]
            off = said.climb_mps - self._climb
            self._climb += gain * off
            self._up += gain_place * off

    def _move_origin(self) -> None:
        """Set the origin under the object; a step of one second turns the velocity into the new axes."""
        (east, north), climb = self._velocity, self._climb
        place = self._frame.to_geodetic(self._east, self._north, self._up)
        ahead = self._frame.to_geodetic(self._east + east, self._north + north, self._up + climb)
        self._frame = LocalFrame(place[0], place[1])
        self._east, self._north, self._up = self._frame.to_enu(*place)
        ahead = self._frame.to_enu(*ahead)
        self._velocity, self._climb = (ahead[0] - self._east, ahead[1] - self._north), ahead[2] - self._up


def predicted(covariance: Covariance, elapsed_s: float, density: float) -> Covariance:
    """One axis's covariance after a time; `density` is the acceleration's power spectral density, m2/s3."""
    place, mixed, velocity = covariance
    noise = density * elapsed_s
    return (
        place + elapsed_s * (2 * mixed + elapsed_s * (velocity + noise / 3)),
        mixed + elapsed_s * (velocity + noise / 2),
        velocity + noise,
    )


def updated(covariance: Covariance, noise: float) -> tuple[Covariance, float, float]:
    """Covariance after its first state was measured with this variance, and the gains of both states.

    Built of sums and products of what is not negative, so it stays positive semi-definite however it is rounded.
    """
    measured, mixed, other = covariance
    total = measured + noise
    determinant = max(measured * other - mixed * mixed, 0.0)
    return (measured * noise / total, mixed * noise / total, (determinant + other * noise) / total), measured / total, mixed / total
