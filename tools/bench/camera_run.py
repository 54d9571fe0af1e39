"""Greys through contenders, all on each picture in turn, so that their costs are measured on one machine at one time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import thread_time
from typing import Protocol

import cv2
from msgspec import Struct, field
from threadpoolctl import threadpool_limits

from tools.bench.camera_clips import Grey, Seen


class Contender(Protocol):
    """Whoever says what he sees in one picture after another; he has a state of one camera."""

    def step(self, frame: int, picture: Grey) -> Sequence[Seen]:
        """The confirmed tracks in this picture."""


class Run(Struct):
    """What one contender said of some pictures, and how much CPU time each took him."""

    seen: list[Seen] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)

    @property
    def frames(self) -> int:
        """How many pictures there were."""
        return len(self.ms)


def run(pictures: Iterable[Grey], contenders: Mapping[str, Contender]) -> dict[str, Run]:
    """All pictures through all contenders, on one thread, whose CPU time counts: neither other processes nor the decoder's threads do."""
    runs = {name: Run() for name in contenders}
    with one_thread():
        for frame, picture in enumerate(pictures):
            for name, contender in contenders.items():
                begun = thread_time()
                seen = contender.step(frame, picture)
                runs[name].ms.append(1000 * (thread_time() - begun))
                runs[name].seen += seen
    return runs


@contextmanager
def one_thread() -> Iterator[None]:
    """OpenCV and whatever multiplies matrices keep to one thread."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with threadpool_limits(1):
            yield
    finally:
        cv2.setNumThreads(before)
