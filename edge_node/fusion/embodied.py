"""What a trail needs of its body: of what is measured of its object, in arrays that it knows nothing of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from edge_node.fusion.pointing import Key
from edge_node.messages import Bearing, Kinematics

UNSAID_SIGMA_M = 3.0
"""How well a node's place is known of which nobody says how well."""


class Standpoint(Protocol):
    """Where a node is."""

    @property
    def latitude_deg(self) -> float:
        """WGS-84."""

    @property
    def longitude_deg(self) -> float:
        """WGS-84."""

    @property
    def altitude_wgs84_m(self) -> float | None:
        """None where nobody knows it."""

    @property
    def sigma_m(self) -> float | None:
        """Of east and of north."""


class Known(Struct, frozen=True):
    """Where an object is and goes at `t_mono_ns`, as all that measured it say together; `existence` is how probably there is one."""

    t_mono_ns: int
    kinematics: Kinematics | None
    bearing: Bearing
    existence: float


class Embodied(Protocol):
    """What is measured of a trail's object."""

    @property
    def fuses(self) -> bool:
        """Whether it knows more than a camera alone, which smooths what it says and foretells it by itself."""

    @property
    def is_sure(self) -> bool:
        """Whether there surely is an object."""

    @property
    def first_ns(self) -> int:
        """When it was measured first."""

    @property
    def spoke_ns(self) -> Mapping[Key, int]:
        """When each source that numbers it measured it last."""

    def known(self) -> Known:
        """All of it."""

    def leave(self) -> None:
        """The trail is gone, or gives it up."""

    def rename(self, number: int) -> None:
        """The trail has another number now."""

    def united(self, other: Embodied) -> Embodied:
        """Both as one, when they are found to be of one object."""
