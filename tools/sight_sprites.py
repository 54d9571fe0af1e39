"""Small flying things as seen from anywhere: bodies of thick lines in space, projected, heated and blurred."""

from __future__ import annotations

from collections.abc import Callable
from math import pi
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
Random = np.random.Generator
Lines = list[tuple[tuple[float, float, float], tuple[float, float, float], float, float]]
"""From, to (x right, y ahead, z up, of a body whose larger side is about 1), thickness, and brightness or heat."""

FINER = 2


def drone(rng: Random, phase: float) -> Lines:
    """A multirotor: a body, arms with motors at their ends, sometimes legs, a battery that is warm or not."""
    arms = int(rng.choice((4, 4, 4, 4, 6, 8)))
    warm, body, arm = rng.uniform(0.6, 1.4), rng.uniform(0.5, 1.2), rng.uniform(0.3, 1.1)
    wide, raised, turn = rng.uniform(0.8, 1.2), rng.uniform(-0.02, 0.08), rng.uniform(0.5, 1.1)
    thick, motor = rng.uniform(0.06, 0.12), rng.uniform(0.1, 0.18)
    lines: Lines = [((0, -0.12, 0), (0, 0.12, 0), rng.uniform(0.1, 0.22), body)]
    for k in range(arms):
        angle = 2 * pi * (k + 0.5) / arms + (turn - 0.8) * (1 if k % 2 else -1) * (arms == 4)
        end = (0.45 * wide * float(np.cos(angle)), 0.45 * float(np.sin(angle)), raised)
        lines.append(((0, 0, 0), end, thick, arm))
        lines.append((end, (end[0], end[1], end[2] + 0.05), motor, warm))
        if rng.uniform() < 0.3:
            blade = 0.22
            spin = phase * 9 + k
            dx, dy = blade * float(np.cos(spin)), blade * float(np.sin(spin))
            lines.append(((end[0] - dx, end[1] - dy, end[2] + 0.06), (end[0] + dx, end[1] + dy, end[2] + 0.06), 0.03, 0.3))
    if rng.uniform() < 0.4:
        lines += [((side, 0, 0), (side, 0, -0.2), 0.04, arm) for side in (-0.12, 0.12)]
    return lines


def bird(rng: Random, phase: float) -> Lines:
    """A body, two wings of two joints that beat, and a tail."""
    warm, wing = rng.uniform(0.6, 1.2), rng.uniform(0.3, 1.0)
    lift = float(np.sin(phase)) * rng.uniform(0.5, 1.0)
    fold = 0.3 * float(np.cos(phase))
    long = rng.uniform(0.35, 0.5)
    lines: Lines = [((0, -0.2, 0), (0, 0.2, 0), rng.uniform(0.12, 0.22), warm), ((0, -0.2, 0), (0, -0.35, 0), 0.08, wing)]
    for side in (-1, 1):
        elbow = (side * long * 0.5 * float(np.cos(lift)), 0.08, long * 0.5 * float(np.sin(lift)))
        bend = lift * 0.6 + fold
        tip = (elbow[0] + side * long * 0.6 * float(np.cos(bend)), -0.06, elbow[2] + long * 0.6 * float(np.sin(bend)))
        lines += [((0, 0.05, 0), elbow, 0.11, wing), (elbow, tip, 0.07, wing)]
    return lines


def aeroplane(rng: Random, _phase: float) -> Lines:
    """Fuselage, swept or straight wings, a tail with a fin, warm engines."""
    warm, sweep, span = rng.uniform(0.8, 1.6), rng.uniform(0, 0.3), rng.uniform(0.35, 0.5)
    skin = rng.uniform(0.4, 1.0)
    lines: Lines = [((0, -0.45, 0), (0, 0.5, 0), rng.uniform(0.08, 0.13), skin), ((0, -0.42, 0), (0, -0.48, 0.16), 0.05, skin)]
    for side in (-1, 1):
        lines.append(((0, 0.08, 0), (side * span, 0.08 - sweep, 0.02), 0.07, skin))
        lines.append(((0, -0.42, 0.02), (side * 0.17, -0.42 - sweep / 2, 0.03), 0.04, skin))
        lines.append(((side * span * 0.4, 0.06, -0.04), (side * span * 0.4, -0.02, -0.04), 0.07, warm))
    return lines


def helicopter(rng: Random, phase: float) -> Lines:
    """A cabin with a hot engine on top, a boom, a tail rotor and a disc that is hardly seen."""
    warm, skin = rng.uniform(0.8, 1.6), rng.uniform(0.5, 1.0)
    lines: Lines = [
        ((0, 0.05, -0.05), (0, 0.28, -0.05), rng.uniform(0.2, 0.28), skin),
        ((0, 0.05, 0.08), (0, 0.15, 0.08), 0.13, warm),
        ((0, 0.0, 0), (0, -0.5, 0.05), 0.07, 0.8 * skin),
        ((0, -0.5, 0.0), (0, -0.5, 0.16), 0.05, 0.7 * skin),
    ]
    spin = phase * 7
    lines.append(
        (
            (-0.5 * float(np.cos(spin)), 0.12 - 0.5 * float(np.sin(spin)), 0.17),
            (0.5 * float(np.cos(spin)), 0.12 + 0.5 * float(np.sin(spin)), 0.17),
            0.03,
            rng.uniform(0.1, 0.5),
        )
    )
    return lines


def balloon(rng: Random, _phase: float) -> Lines:
    """A ball or drop, sometimes with a string and something on it."""
    shape = rng.uniform(0.7, 1.0)
    lines: Lines = [((0, 0, 0.02), (0, 0, -0.02), 0.9 * shape, 1.0), ((0, 0, -0.1), (0, 0, -0.3), 0.6 * shape, 1.0)]
    if rng.uniform() < 0.4:
        lines.append(((0, 0, -0.9), (0, 0, -1.0), 0.15, 0.8))
    return lines


def insect(rng: Random, phase: float) -> Lines:
    """A body out of focus with a blur of wings."""
    smear = rng.uniform(0, 0.8)
    side = float(np.cos(phase))
    return [
        ((0, -0.2 - smear / 2, 0), (0, 0.2 + smear / 2, 0), rng.uniform(0.2, 0.5), 1.0),
        ((-0.4 * side, 0, 0.1), (0.4 * side, 0, 0.1), 0.25, rng.uniform(0.1, 0.6)),
    ]


BODIES: dict[str, Callable[[Random, float], Lines]] = {
    "drone": drone,
    "bird": bird,
    "aeroplane": aeroplane,
    "helicopter": helicopter,
    "balloon": balloon,
    "insect": insect,
}


def turned(yaw: float, pitch: float, roll: float) -> NDArray[np.float64]:
    """The (2, 3) rows that project a body, turned so, to right and up in the picture."""
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    about_z = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    flat = (about_x @ about_z)[[0, 2]]
    return np.asarray(np.array([[cr, -sr], [sr, cr]]) @ flat)


class View(NamedTuple):
    """How a body is projected (2, 3), its size, where its middle is in the picture, and how unsharp it is."""

    rows: NDArray[np.float64]
    side_px: float
    at: tuple[float, float]
    blur_px: float


def drawn(lines: Lines, view: View, shape: int) -> Picture:
    """A (shape, shape) picture of a body, its brightest lines about 1."""
    canvas = np.zeros((shape * FINER, shape * FINER), np.float32)
    scale = view.side_px * FINER * 16

    def pixel(point: tuple[float, float, float]) -> tuple[int, int]:
        right, up = view.rows @ np.array(point)
        return round((view.at[0] + 0.5) * FINER * 16 + right * scale), round((view.at[1] + 0.5) * FINER * 16 - up * scale)

    for start, end, thick, bright in sorted(lines, key=lambda line: line[3]):
        cv2.line(canvas, pixel(start), pixel(end), float(bright), max(1, round(thick * view.side_px * FINER)), cv2.LINE_AA, 4)
    small = cv2.resize(canvas, (shape, shape), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), view.blur_px), np.float32)
