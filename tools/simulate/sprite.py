"""One flying body as a lens and a sensor make it: projected, blurred by motion and optics, and summed over whole pixels."""

from __future__ import annotations

from math import ceil, floor

import cv2
import numpy as np
from msgspec import Struct

from tools.simulate.fractal import Floats
from tools.simulate.lens import Lens, Reals
from tools.simulate.outdoors import Band
from tools.simulate.shapes import Shape, circle

ACROSS = 112
"""A body is drawn at least so many subpixels large, and at most `FINEST` to a pixel."""
FINEST = 24
BLURRED_AT = 4
"""Subpixels a pixel at which the blur is made."""
LARGEST_PX = 4096.0
SHIFT = 4
Box = tuple[float, float, float, float]


class Outline(Struct, frozen=True):
    """A part in the picture: a convex polygon (n, 2) in pixels, its value over the air's (kelvin) or its grey level."""

    points: Reals
    value: float
    opacity: float


class Sprite(Struct, frozen=True):
    """A window (rows, columns) of the picture at `left`, `top`: value times cover, and cover from 0 to 1."""

    left: int
    top: int
    shown: Floats
    cover: Floats


def outlines(lens: Lens, shape: Shape, place: Reals, turn: Reals, band: Band) -> list[Outline]:
    """A shape at `place` (metres in the camera's frame), turned by (3, 3), far parts first; none where it is behind the camera."""
    if place[1] < 0.02:
        return []
    corners = np.concatenate([part.points for part in shape]) @ turn.T + place
    pixels, ahead = lens.pixels(corners), corners[:, 1]
    if not np.isfinite(pixels).all() or np.abs(pixels).max() > LARGEST_PX * 4:
        return []
    range_m = float(np.linalg.norm(place))
    found, first = [], 0
    for part in shape:
        own = slice(first, first + len(part.points))
        first = own.stop
        points = pixels[own]
        if part.radius_m:
            ring = circle() * (part.radius_m / range_m / lens.pixel_rad)
            points = (points[:, None] + ring[None]).reshape(-1, 2)
        hull = cv2.convexHull(points.astype(np.float32))[:, 0].astype(np.float64)
        value = part.warmth_k if band == "thermal" else part.grey
        found.append((float(ahead[own].mean()), Outline(hull, value, part.opacity)))
    return [outline for _, outline in sorted(found, key=lambda one: -one[0])]


def box_of(parts: list[Outline]) -> Box:
    """x, y, width, height in pixels about all that is not mere blur; pixel (0, 0) reaches from 0 to 1."""
    solid = [part.points for part in parts if part.opacity > 0.5] or [part.points for part in parts]
    every = np.concatenate(solid) + 0.5
    low, high = every.min(0), every.max(0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def drawn(
    parts: list[Outline], size: tuple[int, int], *, psf_px: float, smear_px: tuple[float, float] = (0.0, 0.0), defocus_px: float = 0.0
) -> Sprite | None:
    """The parts as seen by a picture of `size` (width, height), None where they are outside of it."""
    width, height = size
    every = np.concatenate([part.points for part in parts])
    low, high = every.min(0), every.max(0)
    margin = 1 + ceil(3 * psf_px + defocus_px + max(abs(smear_px[0]), abs(smear_px[1])))
    left, top = max(floor(low[0]) - margin, -margin), max(floor(low[1]) - margin, -margin)
    right, bottom = min(ceil(high[0]) + margin + 1, width + margin), min(ceil(high[1]) + margin + 1, height + margin)
    if right <= max(left, 0) or bottom <= max(top, 0) or left >= width or top >= height:
        return None
    fine = int(np.clip(round(ACROSS / max(float((high - low).max()), 1.0)), 1, FINEST))
    fine = fine // BLURRED_AT * BLURRED_AT if fine > BLURRED_AT else (4 if fine > 2 else fine)
    canvas = np.zeros(((bottom - top) * fine, (right - left) * fine, 2), np.float32)
    for part in parts:
        _fill(canvas, part, left, top, fine)
    coarse = min(fine, BLURRED_AT)
    if fine > coarse:
        canvas = np.asarray(
            cv2.resize(canvas, ((right - left) * coarse, (bottom - top) * coarse), interpolation=cv2.INTER_AREA), np.float32
        )
    canvas = _blurred(canvas, coarse, psf_px, smear_px, defocus_px)
    if coarse > 1:
        canvas = np.asarray(cv2.resize(canvas, (right - left, bottom - top), interpolation=cv2.INTER_AREA), np.float32)
    inside = canvas[max(0, -top) : height - top, max(0, -left) : width - left]
    return Sprite(max(left, 0), max(top, 0), inside[..., 0], inside[..., 1])


def _fill(canvas: Floats, part: Outline, left: int, top: int, fine: int) -> None:
    """Lay a polygon over a canvas; a filled polygon of OpenCV is half a subpixel too large all round, so it is drawn smaller."""
    points = (part.points + 0.5 - (left, top)) * fine - 0.5
    middle = points.mean(0)
    reach = np.maximum(np.linalg.norm(points - middle, axis=1, keepdims=True), 1e-6)
    points = middle + (points - middle) * np.maximum(1 - 0.5 / reach, 0.0)
    fixed = np.rint(points * (1 << SHIFT)).astype(np.int32)
    if part.opacity >= 1:
        cv2.fillConvexPoly(canvas, fixed, (part.value, 1.0), cv2.LINE_8, SHIFT)
        return
    mask = np.zeros(canvas.shape[:2], np.float32)
    cv2.fillConvexPoly(mask, fixed, part.opacity, cv2.LINE_8, SHIFT)
    canvas *= 1 - mask[..., None]
    canvas += mask[..., None] * np.array([part.value, 1.0], np.float32)


def _blurred(canvas: Floats, fine: int, psf_px: float, smear_px: tuple[float, float], defocus_px: float) -> Floats:
    length = max(abs(smear_px[0]), abs(smear_px[1])) * fine
    if length > 1:
        canvas = np.asarray(cv2.filter2D(canvas, -1, _line(smear_px, fine), borderType=cv2.BORDER_CONSTANT), np.float32)
    if defocus_px * fine > 1:
        size = 2 * round(defocus_px * fine / 2) + 1
        canvas = np.asarray(cv2.blur(cv2.blur(canvas, (size, size)), (size // 2 * 2 + 1, size // 2 * 2 + 1)), np.float32)
    if psf_px * fine > 0.3:
        canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), psf_px * fine, borderType=cv2.BORDER_CONSTANT), np.float32)
    return canvas


def _line(smear_px: tuple[float, float], fine: int) -> Floats:
    """Where the body was during the exposure, as a kernel of sum 1."""
    across, down = (ceil(abs(one) * fine / 2) for one in smear_px)
    kernel = np.zeros((2 * down + 1, 2 * across + 1), np.uint8)
    x, y = smear_px[0] * fine / 2, smear_px[1] * fine / 2
    cv2.line(
        kernel,
        (round((across - x) * 16), round((down - y) * 16)),
        (round((across + x) * 16), round((down + y) * 16)),
        255,
        1,
        cv2.LINE_AA,
        4,
    )
    return np.asarray(kernel / max(float(kernel.sum()), 1.0), np.float32)
