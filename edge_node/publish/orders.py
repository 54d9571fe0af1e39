"""C2's commands, each a struct with its bounds. Nothing here transmits, moves or engages."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

Rate = Annotated[float, Meta(ge=0.1, le=20)]


class Report(Struct, frozen=True, forbid_unknown_fields=True):
    """Say all tracks and the status now."""


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """Write all detections to a file on the node for so long."""

    seconds: Annotated[float, Meta(ge=1, le=600)]


class Freeze(Struct, frozen=True, forbid_unknown_fields=True):
    """Keep the last seconds of what the sensors gave, and so many more; None is as the node is configured."""

    seconds: Annotated[float, Meta(ge=0, le=300)] | None = None
    words: Annotated[str, Meta(max_length=100)] = ""


class LiveRate(Struct, frozen=True, forbid_unknown_fields=True):
    """Say tracks, and confirmed ones, so often; for so long, or until the node starts anew."""

    rate_hz: Rate
    confirmed_rate_hz: Rate
    seconds: Annotated[float, Meta(ge=1, le=86_400)] | None = None


class Point(Struct, frozen=True, forbid_unknown_fields=True):
    """Where somebody should look, as a direction from the node or as a place: a cue for a camera. Nothing moves by itself."""

    azimuth_deg: Annotated[float, Meta(ge=0, lt=360)] | None = None
    elevation_deg: Annotated[float, Meta(ge=-90, le=90)] | None = None
    latitude_deg: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude_deg: Annotated[float, Meta(ge=-180, le=180)] | None = None
    altitude_wgs84_m: Annotated[float, Meta(ge=-500, le=50_000)] | None = None
    seconds: Annotated[float, Meta(ge=1, le=3600)] = 60.0
    words: Annotated[str, Meta(max_length=64)] = ""

    def __post_init__(self) -> None:
        if self.azimuth_deg is None and (self.latitude_deg is None or self.longitude_deg is None):
            raise ValueError("a point needs azimuth_deg, or latitude_deg and longitude_deg")


class Reload(Struct, frozen=True, forbid_unknown_fields=True):
    """Read node.toml again."""


Order = Report | Record | Freeze | LiveRate | Point | Reload
ORDERS: dict[str, type[Order]] = {
    "report": Report,
    "record": Record,
    "freeze": Freeze,
    "live_rate": LiveRate,
    "point": Point,
    "reload": Reload,
}


def read(name: str, arguments: dict[str, Any]) -> Order:
    """A command's struct; raises ValueError that says what is wrong."""
    kind = ORDERS.get(name)
    if kind is None:
        raise ValueError(f"no command is called {name!r}: there are {', '.join(ORDERS)}")
    try:
        return msgspec.convert(arguments, kind)
    except msgspec.ValidationError as error:
        raise ValueError(str(error).replace("`", "")) from error
