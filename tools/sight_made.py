"""Simulated tracks of flying things before backgrounds of real pictures or of none."""

from __future__ import annotations

import cv2
import numpy as np
from msgspec import Struct

from edge_node.camera.observation import LEAST_PATCH_PX, PATCH_OVER_BOX, PATCH_PX, Observation
from tools.sight_sprites import BODIES, Picture, Random, View, drawn, turned

CANVAS_PX = 96
SUNLIT = {"aeroplane": 2.5}  # aeroplanes are white
BEAT_HZ = {"bird": (2.5, 14.0), "insect": (30.0, 200.0)}


class Flight(Struct, frozen=True):
    """How a kind flies: sizes a second, how much that changes, how far it wavers, how far it tumbles and rolls, side in pixels."""

    speed: tuple[float, float]
    swerve: tuple[float, float]
    waver: tuple[float, float]
    tumble: tuple[float, float]
    side_px: tuple[float, float]


FLIGHTS = {
    "drone": Flight((0.01, 12), (0.02, 2.0), (0.005, 0.08), (0.02, 0.3), (4, 40)),
    "bird": Flight((1.0, 25), (0.05, 3.0), (0.02, 0.25), (0.05, 0.5), (3, 26)),
    "aeroplane": Flight((0.3, 8), (0.0, 0.05), (0.002, 0.02), (0.0, 0.03), (4, 40)),
    "helicopter": Flight((0.05, 6), (0.01, 0.3), (0.005, 0.05), (0.01, 0.1), (4, 40)),
    "balloon": Flight((0.02, 2.0), (0.005, 0.1), (0.005, 0.1), (0.01, 0.2), (3, 30)),
    "insect": Flight((5.0, 120), (2.0, 60.0), (0.1, 1.0), (0.5, 3.0), (3, 30)),
}


def made(kind: str, backgrounds: list[Picture], thermal: bool, rng: Random, length: int = 45) -> list[Observation]:
    """One track of a simulated thing before a piece of one of some pictures."""
    flight, rate_hz = FLIGHTS[kind], float(rng.choice((9.0, 15.0, 25.0, 30.0, 30.0, 30.0)))
    side = _between(rng, flight.side_px)
    behind = _piece(backgrounds, rng)
    noise = float(np.std(np.diff(behind, axis=1))) / 1.4 + rng.uniform(0.3, 2.0)
    contrast = noise * float(np.exp(rng.uniform(np.log(4), np.log(60)))) * _sign(kind, thermal, rng)
    yaw, pitch, roll = rng.uniform(0, 2 * np.pi), rng.normal(0.15, 0.35), rng.normal(0, 0.12)
    heading, speed = rng.uniform(0, 2 * np.pi), _between(rng, flight.speed) * side
    swerve, waver, tumble = _between(rng, flight.swerve), _between(rng, flight.waver) * side, _between(rng, flight.tumble)
    beat_hz = _between(rng, BEAT_HZ.get(kind, (20.0, 90.0)))
    velocity = speed * np.array([np.cos(heading), 0.5 * np.sin(heading)])
    place, sigma_px, growth = np.zeros(2), rng.uniform(0.05, 0.4), rng.normal(0, 0.08)
    saturated = rng.uniform(0.4, 1.2)
    sun = (0.0, 0.0, 0.0) if thermal else (rng.uniform(0, SUNLIT.get(kind, 0.8)), rng.uniform(-0.15, 0.15), rng.uniform(0.03, 0.2))
    blur, kept, body = rng.uniform(0.5, 1.2), rng.uniform(0.75, 1.0), int(rng.integers(2**32))
    gliding = kind == "bird" and rng.uniform() < 0.25
    seen: list[Observation] = []
    for frame in range(length):
        t_s = frame / rate_hz
        velocity = velocity + rng.normal(0, 1, 2) * (swerve * (side + 0.3 * speed) / np.sqrt(rate_hz))
        place = place + velocity / rate_hz
        yaw, roll = yaw + rng.normal(0, tumble / np.sqrt(rate_hz)), roll + rng.normal(0, 0.3 * tumble / np.sqrt(rate_hz))
        if rng.uniform() > kept:
            continue
        phase = 0.3 if gliding else 2 * np.pi * beat_hz * t_s
        lines = BODIES[kind](np.random.default_rng(body), phase)
        centre = (CANVAS_PX - 1) / 2 + rng.uniform(-0.5, 0.5, 2) + rng.normal(0, 1, 2) * min(waver, 3.0)
        now = side * float(np.exp(growth * t_s))
        sprite = drawn(lines, View(turned(yaw, pitch, roll), now, (float(centre[0]), float(centre[1])), blur), CANVAS_PX)
        sprite = np.minimum(sprite / max(float(sprite.max()), 1e-3), saturated) / min(saturated, 1.0)
        shown = _sunlit(sprite, sun, now)
        picture = np.clip(behind + contrast * shown + rng.normal(0, noise, behind.shape).astype(np.float32), 0, 255)
        box = _box(sprite, rng)
        moves = place + rng.normal(0, sigma_px, 2) + (centre - (CANVAS_PX - 1) / 2)
        peak = float(contrast * sprite.max())
        fresh = float(abs(peak) / noise * rng.uniform(0.3, 1.0)) if frame >= 2 else None
        seen.append(Observation(frame, t_s, box, moves[0], moves[1], peak, noise * float(rng.uniform(0.9, 1.6)), cut(picture, box), fresh))
    return seen


def _between(rng: Random, limits: tuple[float, float]) -> float:
    low, high = max(limits[0], 1e-3), max(limits[1], 2e-3)
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _sign(kind: str, thermal: bool, rng: Random) -> float:
    cold = {"balloon": 0.5, "insect": 0.5, "bird": 0.2, "drone": 0.05}.get(kind, 0.1) if thermal else 0.75
    return -1.0 if rng.uniform() < cold else 1.0


def _piece(backgrounds: list[Picture], rng: Random) -> Picture:
    """A square of some picture, the calmest of a few; of one grey where there is no picture."""
    pieces = []
    for _ in range(int(rng.choice((1, 4, 8)))) if backgrounds else ():
        whole = backgrounds[int(rng.integers(len(backgrounds)))]
        x, y = int(rng.integers(whole.shape[1] - CANVAS_PX + 1)), int(rng.integers(whole.shape[0] - CANVAS_PX + 1))
        pieces.append(whole[y : y + CANVAS_PX, x : x + CANVAS_PX])
    if not pieces:
        return np.full((CANVAS_PX, CANVAS_PX), 120, np.float32)
    return min(pieces, key=lambda piece: float(np.std(piece)))


def _sunlit(sprite: Picture, sun: tuple[float, float, float], side_px: float) -> Picture:
    """The same with a side that is turned to the sun: so much of it, so many sizes to the right and above."""
    share, right, up = sun
    moved = np.array([[1.0, 0.0, right * side_px], [0.0, 1.0, -up * side_px]])
    lit = cv2.warpAffine(sprite, moved, sprite.shape[::-1])
    return np.asarray(sprite - share * np.minimum(lit, sprite), np.float32)


def _box(sprite: Picture, rng: Random) -> tuple[float, float, float, float]:
    """What a finder draws about it: where it is above some share of its peak, a pixel more or less."""
    rows, columns = np.nonzero(sprite > sprite.max() * rng.uniform(0.25, 0.5))
    left, top, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    x, y = left + rng.choice((-1, 0, 0, 0, 1)), top + rng.choice((-1, 0, 0, 0, 1))
    return float(x), float(y), float(max(right - x, 1)), float(max(bottom - y, 1))


def cut(picture: Picture, box: tuple[float, float, float, float]) -> Picture:
    """The (32, 32) patch about a box."""
    side = round(max(PATCH_OVER_BOX * max(box[2], box[3]), LEAST_PATCH_PX))
    patch = cv2.getRectSubPix(picture, (side, side), (box[0] + (box[2] - 1) / 2, box[1] + (box[3] - 1) / 2))
    return np.asarray(cv2.resize(patch, (PATCH_PX, PATCH_PX), interpolation=cv2.INTER_AREA), np.float32)
