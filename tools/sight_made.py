"""Simulated tracks of flying things before backgrounds of real pictures or of none."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from msgspec import Struct

from edge_node.camera.observation import LEAST_PATCH_PX, PATCH_OVER_BOX, PATCH_PX, Observation
from tools.sight_light import Picture, Random, some_light
from tools.simulate.flyers import Kind, turned
from tools.simulate.kinds import body_of
from tools.simulate.lens import Lens
from tools.simulate.outdoors import Band, Eye
from tools.simulate.shapes import Flying
from tools.simulate.sprite import Sprite, drawn, outlines

CANVAS_PX = 96
LENS = Lens(Eye(width=CANVAS_PX, height=CANVAS_PX, hfov_deg=4.0).camera())
KINDS: tuple[Kind, ...] = ("drone", "bird", "aeroplane", "helicopter", "balloon", "insect")


class Flight(Struct, frozen=True):
    """How a kind flies: sizes a second, how much that changes, how far it wavers, how far it tumbles and rolls, side in pixels."""

    speed: tuple[float, float]
    swerve: tuple[float, float]
    waver: tuple[float, float]
    tumble: tuple[float, float]
    side_px: tuple[float, float]


FLIGHTS: dict[Kind, Flight] = {
    "drone": Flight((0.01, 12), (0.02, 2.0), (0.005, 0.08), (0.02, 0.3), (4, 44)),
    "bird": Flight((1.0, 25), (0.05, 3.0), (0.02, 0.25), (0.05, 0.5), (3, 30)),
    "aeroplane": Flight((0.3, 8), (0.0, 0.05), (0.002, 0.02), (0.0, 0.03), (4, 44)),
    "helicopter": Flight((0.05, 6), (0.01, 0.3), (0.005, 0.05), (0.01, 0.1), (4, 44)),
    "balloon": Flight((0.02, 2.0), (0.005, 0.1), (0.005, 0.1), (0.01, 0.2), (3, 30)),
    "insect": Flight((5.0, 120), (2.0, 60.0), (0.1, 1.0), (0.5, 3.0), (3, 30)),
}
LEVEL = 0.12
"""How far off level a body flies, 1 sigma in radians."""


class View(NamedTuple):
    """How a body is turned (heading, pitch, bank), seen from how far below, its size and where its middle is, how unsharp it is."""

    turn: tuple[float, float, float]
    below: float
    side_px: float
    at: tuple[float, float]
    blur_px: float


def made(kind: Kind, backgrounds: list[Picture], band: Band, rng: Random, length: int = 45) -> list[Observation]:
    """One track of a simulated thing before a piece of one of some pictures."""
    flight, rate_hz = FLIGHTS[kind], float(rng.choice((9.0, 15.0, 25.0, 30.0, 30.0, 30.0)))
    side = _between(rng, flight.side_px)
    behind = _piece(backgrounds, rng)
    noise = float(np.std(np.diff(behind, axis=1))) / 1.4 + float(np.exp(rng.uniform(np.log(0.15), np.log(2.0))))
    body, light = body_of(kind, f"{rng.integers(2**32)}"), some_light(kind, band, rng)
    yaw, pitch, roll = rng.uniform(0, 2 * np.pi), rng.normal(0.0, LEVEL), rng.normal(0, LEVEL)
    below = abs(rng.normal(0.0, 0.45))
    heading, speed = rng.uniform(0, 2 * np.pi), _between(rng, flight.speed) * side
    swerve, waver, tumble = _between(rng, flight.swerve), _between(rng, flight.waver) * side, _between(rng, flight.tumble)
    velocity = speed * np.array([np.cos(heading), 0.5 * np.sin(heading)])
    place, sigma_px, growth = np.zeros(2), rng.uniform(0.05, 0.4), rng.normal(0, 0.08)
    blur, kept, began_s = rng.uniform(0.4, 1.2), rng.uniform(0.75, 1.0), rng.uniform(0, 100)
    seen: list[Observation] = []
    for frame in range(length):
        t_s = frame / rate_hz
        velocity = velocity + rng.normal(0, 1, 2) * (swerve * (side + 0.3 * speed) / np.sqrt(rate_hz))
        place = place + velocity / rate_hz
        yaw, roll = yaw + rng.normal(0, tumble / np.sqrt(rate_hz)), roll + rng.normal(0, 0.3 * tumble / np.sqrt(rate_hz))
        if rng.uniform() > kept:
            continue
        off = rng.uniform(-0.5, 0.5, 2) + rng.normal(0, 1, 2) * min(waver, 3.0)
        view = View((yaw, pitch, roll), below, side * float(np.exp(growth * t_s)), (float(off[0]), float(off[1])), blur)
        sprite = shown(body, began_s + t_s, view, band)
        change = light.change(sprite, behind, noise)
        picture = np.clip(behind + change + rng.normal(0, noise, behind.shape).astype(np.float32), 0, 255)
        box = _box(np.abs(change), rng)
        moves = place + rng.normal(0, sigma_px, 2) + off
        peak = float(change.flat[np.abs(change).argmax()])
        fresh = float(abs(peak) / noise * rng.uniform(0.3, 1.0)) if frame >= 2 else None
        spread = noise * float(rng.uniform(0.9, 1.6))
        seen.append(Observation(frame, t_s, box, moves[0], moves[1], peak, spread, cut(picture, box), fresh))
    return seen


def shown(body: Flying, t_s: float, view: View, band: Band) -> Sprite:
    """A body in the middle of a canvas of CANVAS_PX squared."""
    range_m = body.span_m / (view.side_px * LENS.pixel_rad)
    right, down = (LENS.pixel_rad * part for part in view.at)
    place = range_m * np.array([right, 1.0, -down])
    towards = turned(0.0, -view.below, 0.0) @ turned(*view.turn)
    sprite = drawn(outlines(LENS, body.at(t_s), place, towards, band), (CANVAS_PX, CANVAS_PX), psf_px=view.blur_px)
    if sprite is None:
        raise ValueError(f"a body of {view.side_px} px at {view.at} is outside of its canvas")
    return sprite


def _between(rng: Random, limits: tuple[float, float]) -> float:
    low, high = max(limits[0], 1e-3), max(limits[1], 2e-3)
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


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


def _box(change: Picture, rng: Random) -> tuple[float, float, float, float]:
    """What a finder draws about it: where it changes the picture by some share of its peak, a pixel more or less."""
    rows, columns = np.nonzero(change > change.max() * rng.uniform(0.2, 0.5))
    left, top, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    x, y = left + rng.choice((-1, 0, 0, 0, 1)), top + rng.choice((-1, 0, 0, 0, 1))
    return float(x), float(y), float(max(right - x, 1)), float(max(bottom - y, 1))


def cut(picture: Picture, box: tuple[float, float, float, float]) -> Picture:
    """The (32, 32) patch about a box."""
    side = round(max(PATCH_OVER_BOX * max(box[2], box[3]), LEAST_PATCH_PX))
    patch = cv2.getRectSubPix(picture, (side, side), (box[0] + (box[2] - 1) / 2, box[1] + (box[3] - 1) / 2))
    return np.asarray(cv2.resize(patch, (PATCH_PX, PATCH_PX), interpolation=cv2.INTER_AREA), np.float32)
