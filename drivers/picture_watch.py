"""Is a camera still looking: repeats, a shutter in front of it, a frozen picture, a black one."""

from __future__ import annotations

import numpy as np

from drivers.grabbed import Picture

SPARSE = 16
SHUTTER_REPEATS = 3
"""A thermal camera holds its last picture while its shutter is closed; a rate that is converted repeats one once or twice."""


class PictureWatch:
    """Compares each picture with the one before; times are monotonic, in ns."""

    def __init__(self, now_ns: int) -> None:
        self._last: Picture | None = None
        self._changed_ns = self._shown_ns = now_ns
        self.repeats = 0

    def see(self, picture: Picture, now_ns: int) -> bool:
        """Take a picture; returns whether it is the one before once more."""
        same = self._last is not None and _same(self._last, picture)
        self.repeats = self.repeats + 1 if same else 0
        self._last = picture
        if not same:
            self._changed_ns = now_ns
        if not _uniform(picture):
            self._shown_ns = now_ns
        return same

    @property
    def holds(self) -> bool:
        """Whether it has repeated itself so often that a thermal camera's shutter must be closed."""
        return self.repeats >= SHUTTER_REPEATS

    def trouble(self, now_ns: int, after_ns: int) -> str:
        """What is wrong with what it shows, after so long; empty when nothing is."""
        if now_ns - self._shown_ns > after_ns:
            return "gives pictures of one single value: is its cap on, or its sensor dead?"
        if now_ns - self._changed_ns > after_ns:
            return "gives the very same picture again and again: it is frozen"
        return ""


def _same(one: Picture, other: Picture) -> bool:
    if one.shape != other.shape or not np.array_equal(one[::SPARSE, ::SPARSE], other[::SPARSE, ::SPARSE]):
        return False
    return bool(np.array_equal(one, other))


def _uniform(picture: Picture) -> bool:
    few = picture[::SPARSE, ::SPARSE]
    return bool(few.min() == few.max() and picture.min() == picture.max())
