"""Links whose bursts somebody else makes as samples at a rate of their own: where a transmitter such as DroneID's is plugged in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.messages import LinkKind
from tools.simulate.iq.slots import Slots
from tools.simulate.iq.wave import Burst, Sampled


class Made(Struct, frozen=True):
    """Its bursts: samples at `rate_hz` of the k-th, all as long as `duration_s`, every `every_s`, on each of `centers_hz` in turn."""

    samples: Callable[[int], NDArray[np.complexfloating]]
    rate_hz: float
    duration_s: float
    every_s: float
    centers_hz: Sequence[float]
    bandwidth_hz: float


class Played(Slots):
    """Bursts of another's making, by a clock."""

    def __init__(self, name: str, kind: LinkKind, made: Made, seed: int = 1) -> None:
        super().__init__(name, kind, seed, made.every_s, made.duration_s)
        self._made = made

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One burst."""
        made = self._made

        def wave() -> Sampled:
            return Sampled(made.samples(k), made.rate_hz)

        yield Burst(t_s, made.duration_s, made.centers_hz[k % len(made.centers_hz)], made.bandwidth_hz, wave)
