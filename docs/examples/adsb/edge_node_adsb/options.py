"""What the [[sensor]] table of the driver "adsb" takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct


class AdsbOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly one of `basestation`, `file` and `url`; with a place, what is farther from it than `within_km` is left out."""

    basestation: Annotated[str, Meta(pattern=r"^.+:\d+\Z", description="host:port, such as 127.0.0.1:30003")] | None = None
    file: Path | None = None
    url: Annotated[str, Meta(pattern=r"^http://\S+\Z", description="an address like http://127.0.0.1/data/aircraft.json")] | None = None
    latitude_deg: Annotated[float, Meta(ge=-90, le=90, description="degrees from -90 to 90")] | None = None
    longitude_deg: Annotated[float, Meta(ge=-180, le=180, description="degrees from -180 to 180")] | None = None
    within_km: Annotated[float, Meta(gt=0, le=1_000, description="kilometres above 0, 1000 at most")] = 30.0
    silent_after_s: Annotated[float, Meta(ge=1, le=3_600, description="seconds from 1 to 3600")] | None = None
