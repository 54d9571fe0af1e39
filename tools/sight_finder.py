"""A plain finder of small objects (Bai and Zhou 2010: top-hats; Finn 1968: CFAR), to have tracks of objects and of clutter to learn from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.camera.observation import LEAST_PATCH_PX, PATCH_OVER_BOX, PATCH_PX, Observation

Picture = NDArray[np.float32]
KERNELS_PX = (9, 31)
THRESHOLD, FLOOR, A_FRAME = 4.5, 1.5, 20
CELL_PX = 41
GATE_PX, LOST_S, MEMORY = 6.0, 0.2, 0.04
KNOWN_AFTER = 15  # pictures until a pixel's own mean and spread are worth anything
LEAST, MOST = 5, 150
ALIGNED_PX = (160, 128)


class Candidate(Struct, frozen=True):
    """A blob: its box, peak over its surroundings and their spread, and how unlike the past it is in sigmas."""

    box: tuple[float, float, float, float]
    contrast: float
    noise: float
    moving: float | None


class Track(Struct):
    """Observations of one thing, where it is expected next, and how fast it goes."""

    seen: list[Observation]
    x: float
    y: float
    u: float = 0.0
    v: float = 0.0


def cut(picture: Picture, box: tuple[float, float, float, float]) -> Picture:
    """The (32, 32) patch about a box, its edge repeated beyond the picture's."""
    side = max(LEAST_PATCH_PX, PATCH_OVER_BOX * max(box[2], box[3]))
    scale = PATCH_PX / side
    x, y = box[0] + box[2] / 2 - 0.5, box[1] + box[3] / 2 - 0.5
    to_patch = np.array([[scale, 0, (PATCH_PX - 1) / 2 - scale * x], [0, scale, (PATCH_PX - 1) / 2 - scale * y]])
    flags = cv2.INTER_LINEAR if side <= 2 * PATCH_PX else cv2.INTER_AREA
    patch = cv2.warpAffine(picture, to_patch, (PATCH_PX, PATCH_PX), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(patch, np.float32)


class Finder:
    """Candidates of one picture after the other of one camera that hardly moves."""

    def __init__(self) -> None:
        self._mean: Picture | None = None
        self._square: Picture | None = None
        self._pictures = 0

    def find(self, picture: Picture) -> list[Candidate]:
        """At most A_FRAME candidates, the clearest first."""
        unlike = self._unlike(picture)
        found: list[tuple[float, Candidate]] = []
        for size in KERNELS_PX:
            for candidate, score in _blobs(picture, size, unlike):
                if not any(_same(candidate.box, other.box) for _, other in found):
                    found.append((score, candidate))
        found.sort(key=lambda pair: -pair[0])
        return [candidate for _, candidate in found[:A_FRAME]]

    def _unlike(self, picture: Picture) -> Picture | None:
        if self._mean is None or self._square is None:
            self._mean, self._square = picture.copy(), np.full_like(picture, 4.0)
            return None
        away = picture - self._mean
        unlike = np.abs(away) / np.sqrt(self._square + 1.0)
        self._mean += MEMORY * away
        self._square += MEMORY * (np.minimum(away * away, 9 * self._square + 9) - self._square)
        self._pictures += 1
        return unlike if self._pictures >= KNOWN_AFTER else None


def _same(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    reach = max(a[2], a[3], b[2], b[3]) / 2
    return abs(a[0] + a[2] / 2 - b[0] - b[2] / 2) < reach and abs(a[1] + a[3] / 2 - b[1] - b[3] / 2) < reach


def _blobs(picture: Picture, size: int, unlike: Picture | None) -> Iterator[tuple[Candidate, float]]:
    kernel = np.ones((size, size), np.uint8)
    smooth = cv2.blur(picture, (3, 3)) if size > KERNELS_PX[0] else picture
    hot = smooth - cv2.morphologyEx(smooth, cv2.MORPH_OPEN, kernel)
    cold = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, kernel) - smooth
    for sign, height in ((1.0, hot), (-1.0, cold)):
        around = cv2.blur(height, (CELL_PX + size, CELL_PX + size))
        spread = 1.25 * around + FLOOR
        score = height / spread
        _, _, stats, _ = cv2.connectedComponentsWithStats((score > THRESHOLD).astype(np.uint8), connectivity=8)
        order = np.argsort(-stats[1:, cv2.CC_STAT_AREA])[: 4 * A_FRAME] + 1
        for x, y, w, h, area in stats[order]:
            if area < 2 or max(w, h) > 2 * size or (size > KERNELS_PX[0] and max(w, h) < KERNELS_PX[0]):
                continue
            inside = np.s_[y : y + h, x : x + w]
            peak = np.unravel_index(int(score[inside].argmax()), (h, w))
            at = (y + peak[0], x + peak[1])
            moving = None if unlike is None else float(unlike[inside].max())
            yield Candidate((float(x), float(y), float(w), float(h)), sign * float(height[at]), float(spread[at]), moving), float(score[at])


class Shifts:
    """How far the picture's contents went since the first picture, by phase correlation (Kuglin and Hines 1975)."""

    def __init__(self) -> None:
        self._before: NDArray[np.float32] | None = None
        self._window = cv2.createHanningWindow(ALIGNED_PX, cv2.CV_32F)
        self.x = self.y = 0.0

    def follow(self, picture: Picture) -> None:
        """Take the next picture in."""
        small = np.asarray(cv2.resize(picture, ALIGNED_PX, interpolation=cv2.INTER_AREA), np.float32)
        if self._before is not None:
            (dx, dy), response = cv2.phaseCorrelate(self._before, small, self._window)
            if response > 0.05:
                self.x += dx * picture.shape[1] / ALIGNED_PX[0]
                self.y += dy * picture.shape[0] / ALIGNED_PX[1]
        self._before = small


def tracks(pictures: Iterable[NDArray[np.uint8]], rate_hz: float) -> list[list[Observation]]:
    """Observations by track, of every track of at least LEAST of them."""
    finder, shifts = Finder(), Shifts()
    alive: list[Track] = []
    ended: list[Track] = []
    for number, grey in enumerate(pictures):
        picture = grey.astype(np.float32)
        shifts.follow(picture)
        t_s = number / rate_hz
        ended += [track for track in alive if t_s - track.seen[-1].t_s > LOST_S]
        alive = [track for track in alive if t_s - track.seen[-1].t_s <= LOST_S]
        free = list(alive)
        for candidate in finder.find(picture):
            x, y = candidate.box[0] + candidate.box[2] / 2 - shifts.x, candidate.box[1] + candidate.box[3] / 2 - shifts.y
            seen = Observation(
                number, t_s, candidate.box, x, y, candidate.contrast, candidate.noise, cut(picture, candidate.box), candidate.moving
            )
            track = _nearest(free, seen)
            if track is None:
                alive.append(Track([seen], x, y))
                continue
            free.remove(track)
            _extend(track, seen)
    return [track.seen for track in [*ended, *alive] if len(track.seen) >= LEAST]


def _nearest(free: list[Track], seen: Observation) -> Track | None:
    gate = GATE_PX + max(seen.box[2:]) / 2
    near = []
    for track in free:
        past = seen.t_s - track.seen[-1].t_s
        away = np.hypot(track.x + track.u * past - seen.scene_x, track.y + track.v * past - seen.scene_y)
        if away < gate and track.seen[-1].contrast * seen.contrast > 0:
            near.append((float(away), len(near), track))
    return min(near)[2] if near else None


def _extend(track: Track, seen: Observation) -> None:
    past = max(seen.t_s - track.seen[-1].t_s, 1e-3)
    ahead_x, ahead_y = track.x + track.u * past, track.y + track.v * past
    off_x, off_y = seen.scene_x - ahead_x, seen.scene_y - ahead_y
    track.x, track.y = ahead_x + 0.6 * off_x, ahead_y + 0.6 * off_y
    track.u, track.v = track.u + 0.2 * off_x / past, track.v + 0.2 * off_y / past
    if len(track.seen) < MOST:
        track.seen.append(seen)
    else:
        track.seen[-1] = seen
