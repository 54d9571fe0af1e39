"""Where a drone was between its fixes: turns, sharp and slow, by the velocities that it says."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, sin

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from edge_node.field.align.between import agree
from edge_node.field.align.path import Path, Stand, path_of
from tests.edge_node.field.align.flights import CLOCK, HERE, remote_id, weaving

Vector = NDArray[np.float64]
Flight = Callable[[float], tuple[Vector, Vector]]
FIXES_S = np.arange(0.3, 40.0)
ASKED_S = np.arange(2.0, 37.0, 0.1)
SPEED_MPS = 16.0


def to_and_fro(t_s: float) -> tuple[Vector, Vector]:
    """Back at once every 7.7 s."""
    lap, of_lap_s = divmod(t_s, 7.7)
    east, sign = (of_lap_s, 1.0) if lap % 2 == 0 else (7.7 - of_lap_s, -1.0)
    return np.array([SPEED_MPS * east, 60.0, 30.0]), np.array([SPEED_MPS * sign, 0.0, 0.0])


def round_and_round(t_s: float) -> tuple[Vector, Vector]:
    """In a circle of 40 m."""
    turn = SPEED_MPS / 40.0 * t_s
    return np.array([40 * sin(turn), 60 + 40 * cos(turn), 30.0]), SPEED_MPS * np.array([cos(turn), -sin(turn), 0.0])


def path(flight: Flight, *, told: bool) -> Path:
    places, velocities = (np.array(column) for column in zip(*map(flight, FIXES_S), strict=True))
    said = velocities if told else None
    return Path("it", FIXES_S, places, sigma_m=np.ones(3), stand_sigma_m=np.ones(3), jitter_s=0.03, clock="utc", velocities_mps=said)


def off_m(flight: Flight, *, told: bool) -> tuple[Vector, Vector]:
    """Errors and how large they are said to be."""
    places, _, sigma_m, known = path(flight, told=told).at(ASKED_S)
    assert known.all()
    return np.linalg.norm(places - np.array([flight(float(at))[0] for at in ASKED_S]), axis=1), sigma_m


def test_velocities_tell_sharp_turns_that_places_leave_open() -> None:
    by_places, unsure_m = off_m(to_and_fro, told=False)
    off, sigma_m = off_m(to_and_fro, told=True)
    assert np.sqrt(np.mean(off**2)) < 0.6 * np.sqrt(np.mean(by_places**2))
    assert np.mean(sigma_m) < 0.4 * np.mean(unsure_m)
    assert (off < 1.2 * sigma_m + 0.05).all()


def test_a_turn_that_goes_on_is_a_steady_one() -> None:
    off, sigma_m = off_m(round_and_round, told=True)
    assert off.max() < 0.1
    assert sigma_m.max() < 0.1


def test_what_flies_straight_on_is_sure_and_its_speed_is_known() -> None:
    def straight(t_s: float) -> tuple[Vector, Vector]:
        return np.array([-80.0 + 4 * t_s, 60.0, 20.0 + t_s]), np.array([4.0, 0.0, 1.0])

    places, velocities, sigma_m, _ = path(straight, told=True).at(ASKED_S)
    assert sigma_m.max() < 1e-9
    assert np.allclose(places[:, 0], -80 + 4 * ASKED_S)
    assert np.allclose(velocities, [4.0, 0.0, 1.0])


def test_velocities_that_are_not_of_the_flight_are_not_taken() -> None:
    places, velocities = (np.array(column) for column in zip(*map(round_and_round, FIXES_S), strict=True))
    assert agree(FIXES_S, places, velocities)
    assert not agree(FIXES_S, places, np.zeros_like(velocities))
    assert not agree(FIXES_S, places, -velocities)


def test_a_drone_that_says_its_speed_is_followed_by_it() -> None:
    stand = Stand(HERE.latitude_deg, HERE.longitude_deg, HERE.altitude_wgs84_m)
    said = list(remote_id(weaving, error_m=0.0))
    assert path_of("it", said, stand, CLOCK).velocities_mps is None
    still = [replace(one, speed_mps=0.0, direction_deg=0.0, vertical_speed_mps=0.0) for one in said]
    assert path_of("it", still, stand, CLOCK).velocities_mps is None
    told = [
        replace(one, speed_mps=float(np.hypot(*speed[:2])), direction_deg=bearing_deg(speed), vertical_speed_mps=float(speed[2]))
        for one in said
        for speed in [velocity(one.timestamp_s or 0.0)]
    ]
    found = path_of("it", told, stand, CLOCK).velocities_mps
    assert found is not None
    assert np.linalg.norm(found, axis=1).max() > 5.0


def velocity(timestamp_s: float) -> Vector:
    """Of `weaving`, whose fixes begin 0.3 s after its start."""
    first_s = next(iter(remote_id(weaving))).timestamp_s or 0.0
    t_s = (timestamp_s - first_s) % 3600 + 0.3
    return np.asarray((weaving(t_s + 0.01) - weaving(t_s - 0.01)) / 0.02)


def bearing_deg(speed: Vector) -> float:
    return float(np.degrees(np.arctan2(speed[0], speed[1])) % 360)
