"""What a trial plays."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from tools.simulate.world import World


class Played(Struct, frozen=True):
    """A scene's file as its makers read it and by its name, its world, and for how long."""

    scene: Path
    name: str
    world: World
    seconds: float

    @property
    def worlds(self) -> list[World]:
        """As each node stands in it."""
        return [self.world.of_post(name) for name in self.world.scene.nodes]
