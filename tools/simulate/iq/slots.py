"""Transmitters that send by a clock: what goes out in its k-th slot is a function of k."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import count
from random import Random

from edge_node.messages import LinkKind
from tools.simulate.iq.wave import Burst


class Slots(ABC):
    """Slots of `slot_s`, the first at a time that the seed gives; no burst goes on past `longest_s` and none begins outside its slot."""

    def __init__(self, name: str, kind: LinkKind, seed: int, slot_s: float, longest_s: float) -> None:
        self.name, self.kind, self.longest_s, self.slot_s = name, kind, longest_s, slot_s
        self.seed = f"{seed}/{name}"
        self.first_s = self.random("first").random() * slot_s

    def random(self, what: object) -> Random:
        """The random of one part, the same whenever it is asked for."""
        return Random(f"{self.seed}/{what}")

    def bursts(self, from_s: float) -> Iterator[Burst]:
        """Those that begin at `from_s` or later."""
        for k in count(max(0, int((from_s - self.first_s) / self.slot_s) - 1)):
            for burst in self.slot(k, self.first_s + k * self.slot_s):
                if burst.t_s >= from_s:
                    yield burst

    @abstractmethod
    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """What is sent in slot k, which begins at `t_s`, in time order."""
