"""Two nodes 500 m apart that see an object with 2 degrees of error, the object's flights, and the least errors that there can be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edge_node.fusion.filter.models import AXES, STATE, STRAIGHT, Array
from edge_node.fusion.filter.sensing import across
from edge_node.geometry import LocalFrame
from tools.c2.picture import Event

NODES = np.array([[-250.0, 0.0, 5.0], [250.0, 0.0, 5.0]])
FRAME = LocalFrame(56.95, 24.1, 20.0)
SIGMA = np.radians(2.0)
SIGMAS = np.full(len(NODES), SIGMA)
REPORT_S = 0.5
SECONDS = 20.0
NOT_SAID = ("kinematics", "identity", "sound", "sight", "target")
START = np.array([30.0, 450.0, 80.0])
START_SIGMA_M = 20.0
SPEED_MPS = np.array([4.0, 4.0, 1.0])
CHANGES_S, ANSWERS_S = 3.0, 0.8
"""How often a pilot changes his mind, and how soon the aircraft follows."""


def white_acceleration(t: float) -> tuple[Array, Array]:
    """Transition and noise (6, 6) of the filter's straight model, written down once more."""
    each, move = np.diag([STRAIGHT.density, STRAIGHT.density, STRAIGHT.climb_density]), np.eye(STATE)
    move[:AXES, AXES:] = np.eye(AXES) * t
    return move, np.block([[each * t**3 / 3, each * t**2 / 2], [each * t**2 / 2, each * t]])


def straight(rng: np.random.Generator, step_s: float = REPORT_S) -> Array:
    """States (steps, 6) of an object that goes as the filter's straight model says: by white acceleration."""
    move, noise = white_acceleration(step_s)
    state = np.concatenate([START + rng.normal(0, START_SIGMA_M, AXES), rng.normal(0, 1, AXES) * SPEED_MPS])
    root = np.linalg.cholesky(noise)
    states = [state]
    for _ in range(round(SECONDS / step_s) - 1):
        states.append(move @ states[-1] + root @ rng.normal(0, 1, STATE))
    return np.array(states)


def manoeuvring(rng: np.random.Generator, step_s: float = REPORT_S) -> Array:
    """States (steps, 6) of a multirotor that stands, flies straight and turns with up to 0.6 rad/s at up to 12 m/s."""
    place, heading, usual = START + rng.normal(0, START_SIGMA_M, AXES), rng.uniform(0, 2 * np.pi), rng.uniform(3, 12)
    manner, speed, fine_s = int(rng.integers(0, 4)), usual, 0.1
    states = []
    for step in range(round(SECONDS / fine_s)):
        if rng.random() < fine_s / CHANGES_S:
            manner = int(rng.integers(0, 4))
        heading += {2: 0.5, 3: -0.5}.get(manner, 0.0) * rng.uniform(0.6, 1.2) * fine_s
        speed += ((0.3 if manner == 0 else usual) - speed) * fine_s / ANSWERS_S
        velocity = np.array([speed * np.sin(heading), speed * np.cos(heading), 0.5 * np.sin(heading)])
        if step % round(step_s / fine_s) == 0:
            states.append(np.concatenate([place, velocity]))
        place = place + velocity * fine_s
    return np.array(states)


def seen(place: Array, rng: np.random.Generator, poses: Array) -> Array:
    """Unit vectors (nodes, 3) that point to `place` (3), each with a random error and that of its node's pose (nodes, 2)."""
    towards = place - NODES
    towards = towards / np.linalg.norm(towards, axis=1, keepdims=True)
    off = rng.normal(0, SIGMA, (len(NODES), 2)) + poses
    towards = towards + np.einsum("nd,nda->na", off, across(towards))
    return np.asarray(towards / np.linalg.norm(towards, axis=1, keepdims=True))


def told(towards: Array, t_s: float, sigma_pose: float, sigma: Array = SIGMAS, *, raised: bool = True) -> Iterator[Event]:
    """Bearings (nodes, 3) or (nodes, objects, 3) with their sigmas (nodes) as C2 hears them: where each node stands, and what it says."""
    for number, (some, node, of_one) in enumerate(zip(towards, NODES, sigma, strict=True)):
        latitude_deg, longitude_deg, altitude_m = FRAME.to_geodetic(*node)
        head = {"node8": f"node-{number}", "epoch": 1, "clock_sigma_s": 0.0, "t_utc_ms": round(t_s * 1000)}
        place = {"latitude_deg": latitude_deg, "longitude_deg": longitude_deg, "altitude_wgs84_m": altitude_m, "sigma_m": None}
        bearings = [_bearing(one, float(of_one), sigma_pose, raised=raised) for one in np.atleast_2d(some)]
        tracks = [{"number": track, "state": "confirmed", "age_s": 0.0, "bearing": one} for track, one in enumerate(bearings, 1)]
        yield {"kind": "status", "place": place, **head}
        yield {"kind": "tracks", "tracks": [dict.fromkeys(NOT_SAID) | track for track in tracks], **head}


def _bearing(towards: Array, sigma: float, sigma_pose: float, *, raised: bool) -> Event:
    elevation = float(np.arcsin(towards[2]))
    return {
        "azimuth_deg": float(np.degrees(np.arctan2(towards[0], towards[1]))) % 360,
        "sigma_azimuth_deg": float(np.degrees(sigma) / np.cos(elevation)),
        "elevation_deg": float(np.degrees(elevation)) if raised else None,
        "sigma_elevation_deg": float(np.degrees(sigma)) if raised else None,
        "azimuth_rate_dps": None,
        "elevation_rate_dps": None,
        "sigma_pose_deg": float(np.degrees(sigma_pose)) or None,
        "reference": "true_north",
    }


def slopes(place: Array) -> Array:
    """How the angles of all nodes (2 nodes), radians, change with place (3)."""
    towards = place - NODES
    far = np.linalg.norm(towards, axis=1)
    axes = across(towards / far[:, None])
    return np.asarray((axes / far[:, None, None]).reshape(-1, AXES))


def momentary_bound(place: Array, sigma_pose: float) -> Array:
    """Cramer-Rao bound (3, 3) of a place from one bearing of each node, with errors of pose as unknowns."""
    slope = slopes(place)
    whole = np.concatenate([slope, np.eye(len(slope))], axis=1)
    information = whole.T @ whole / SIGMA**2
    information[AXES:, AXES:] += np.eye(len(slope)) / max(sigma_pose, 1e-6) ** 2
    return np.asarray(np.linalg.inv(information)[:AXES, :AXES])


def following_bound(flights: Array, sigma_pose: float, step_s: float = REPORT_S) -> tuple[Array, Array]:
    """Least root mean square errors of place (steps) of flights (n, steps, 6) by the straight model; errors of pose are unknown constants.

    The first is the posterior Cramer-Rao bound (Tichavsky, Muravchik, Nehorai 1998): bearings tell at each step what they tell in the mean
    over the flights. The second is the mean of what it would be for each flight alone, which is what can be had where geometry differs.
    """
    size = STATE + 2 * len(NODES)
    move, noise = np.eye(size), np.zeros((size, size))
    move[:STATE, :STATE], noise[:STATE, :STATE] = white_acceleration(step_s)
    told_of = np.array([[_told(place, size) for place in flight[:, :AXES]] for flight in flights])
    prior = np.diag(1 / np.concatenate([np.full(AXES, 1e4), SPEED_MPS, np.full(2 * len(NODES), max(sigma_pose, 1e-6))]) ** 2)
    return _through(told_of.mean(axis=0, keepdims=True), prior, move, noise), _through(told_of, prior, move, noise)


def _through(told_of: Array, prior: Array, move: Array, noise: Array) -> Array:
    """Root (steps) of the mean over n of the bound of place, for information (n, steps, d, d) told at each step."""
    information, places = prior + told_of[:, 0], []
    for step in range(told_of.shape[1]):
        if step:
            information = np.linalg.inv(move @ np.linalg.inv(information) @ move.T + noise) + told_of[:, step]
        places.append(np.sqrt(np.mean(np.trace(np.linalg.inv(information)[:, :AXES, :AXES], axis1=1, axis2=2))))
    return np.array(places)


def _told(place: Array, size: int) -> Array:
    slope = slopes(place)
    whole = np.zeros((len(slope), size))
    whole[:, :AXES], whole[:, STATE:] = slope, np.eye(len(slope))
    return np.asarray(whole.T @ whole / SIGMA**2)
