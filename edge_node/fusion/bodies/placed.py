"""The body of a trail, as the trail sees it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edge_node.fusion.bodies.bodies import Bodies
from edge_node.fusion.bodies.told import known
from edge_node.fusion.embodied import Embodied, Known
from edge_node.fusion.pointing import Key
from edge_node.messages import CameraDetection

SURE = 0.95


class Placed:
    """The row of a trail's body."""

    def __init__(self, bodies: Bodies, row: int) -> None:
        self.bodies, self.row = bodies, row
        self._told: tuple[int, Known] | None = None

    @property
    def fuses(self) -> bool:
        """Whether it knows more than a camera alone, which smooths what it says and foretells it by itself."""
        sources = self.bodies[self.row].sources
        alone = len(sources) == 1 and next(iter(sources))[0] == CameraDetection.__name__
        return not alone or bool(self.bodies.objects.located[self.row])

    @property
    def is_sure(self) -> bool:
        """Whether there surely is an object."""
        body = self.bodies[self.row]
        return not body.plotted or body.existence(body.hit_s) > SURE

    @property
    def is_stale(self) -> bool:
        """Whether more was measured than was told."""
        return self._told is None or self._told[0] != self.bodies[self.row].changes

    @property
    def first_ns(self) -> int:
        """When it was measured first."""
        return round(self.bodies[self.row].first_s * 1e9)

    @property
    def spoke_ns(self) -> dict[Key, int]:
        """When each source that numbers it measured it last."""
        return {key: round(spoke_s * 1e9) for key, spoke_s in self.bodies[self.row].sources.items()}

    def known(self) -> Known:
        """All of it."""
        changes = self.bodies[self.row].changes
        if self._told is None or self._told[0] != changes:
            self._told = changes, known(self.bodies, np.array([self.row]))[0]
        return self._told[1]

    def tell(self, known: Known) -> None:
        """Keep what is known by now."""
        self._told = self.bodies[self.row].changes, known

    def leave(self) -> None:
        """The trail is gone, or gives it up."""
        self.bodies.free(self.row)

    def rename(self, number: int) -> None:
        """The trail has another number now."""
        self.bodies[self.row].number = number

    def united(self, other: Embodied) -> Embodied:
        """Both as one, when they are found to be of one object."""
        if isinstance(other, Placed):
            self.bodies.unite(self.row, other.row)
        return self


def tell(placed: Sequence[Placed]) -> None:
    """Know several at once."""
    told = known(placed[0].bodies, np.array([one.row for one in placed])) if placed else []
    for one, anew in zip(placed, told, strict=True):
        one.tell(anew)
