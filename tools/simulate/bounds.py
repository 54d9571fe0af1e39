"""Bounds that several tables of a scene share."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Name = Annotated[str, Meta(min_length=1)]
NodeName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$", description="a name of a-z, 0-9, - and _, 32 at most")]
"""As a folder and a sensor's table may be called."""
