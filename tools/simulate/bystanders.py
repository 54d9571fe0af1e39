"""What moves in a scene and is no drone, as its TOML has it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tools.simulate.bounds import Name, NotNegative, Positive
from tools.simulate.paths import Flight

OtherKind = Literal["bird", "aeroplane", "helicopter", "balloon", "vehicle"]


class Other(Struct, frozen=True, forbid_unknown_fields=True):
    """A bird, an aeroplane, a helicopter, a balloon or a vehicle on its way; a vehicle's path is at height 0.

    `span_m` None is one of its kind by the seed. Aeroplanes, helicopters and vehicles are heard; `level_db_spl_1m` None is as usual.
    """

    name: Name
    kind: OtherKind
    path: Flight
    from_s: NotNegative = 0.0
    until_s: Positive | None = None
    gust_m: NotNegative = 0.0
    span_m: Annotated[float, Meta(ge=0.1, le=80)] | None = None
    level_db_spl_1m: Annotated[float, Meta(ge=0, le=150)] | None = None
