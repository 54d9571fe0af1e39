"""What a simulated camera looks at, as a scene's TOML has it: the camera, the sky, what stands on the ground, what else flies."""

from __future__ import annotations

from math import radians, tan
from typing import Annotated, Literal

from msgspec import Meta, Struct

from drivers.blocks import Camera

NotNegative = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Band = Literal["thermal", "visible"]
KELVIN_PER_COUNT = 0.01


class Eye(Struct, frozen=True, forbid_unknown_fields=True):
    """A camera on the node's mast and how it is mounted; `azimuth_deg` is the middle of a pan of `pan_deg` to both sides at `pan_dps`."""

    band: Band = "thermal"
    width: Annotated[int, Meta(ge=32, le=4096)] = 320
    height: Annotated[int, Meta(ge=32, le=4096)] = 256
    hfov_deg: Annotated[float, Meta(ge=1, le=120)] = 24.0
    azimuth_deg: float = 0.0
    tilt_deg: Annotated[float, Meta(ge=-90, le=90)] = 8.0
    roll_deg: float = 0.0
    rate_hz: Annotated[float, Meta(ge=1, le=120)] = 10.0
    distortion: tuple[float, ...] = ()
    shake_deg: NotNegative = 0.01
    pan_deg: NotNegative = 0.0
    pan_dps: NotNegative = 0.0
    netd_k: NotNegative = 0.05
    psf_px: NotNegative = 0.55
    dead_share: Share = 5e-5
    lag_s: NotNegative = 0.010
    ffc_every_s: NotNegative = 180.0
    jpeg_quality: Annotated[int, Meta(ge=0, le=100)] = 0

    def camera(self, name: str = "camera") -> Camera:
        """The same as the node knows it."""
        focal_px = self.width / 2 / tan(radians(self.hfov_deg / 2))
        return Camera(
            name=name,
            band=self.band,
            width=self.width,
            height=self.height,
            focal_px=(focal_px, focal_px),
            centre_px=((self.width - 1) / 2, (self.height - 1) / 2),
            distortion=self.distortion,
            azimuth_deg=self.azimuth_deg,
            tilt_deg=self.tilt_deg,
            roll_deg=self.roll_deg,
            kelvin_per_count=KELVIN_PER_COUNT if self.band == "thermal" else None,
        )


class Sky(Struct, frozen=True, forbid_unknown_fields=True):
    """Clouds by their share of the sky, haze by how far one sees, where the sun stands, rain as streaks before the lens."""

    clouds: Literal["cumulus", "stratus", "cirrus"] = "cumulus"
    cover: Share = 0.3
    base_m: Annotated[float, Meta(ge=100, le=12_000)] = 1_500.0
    drift_mps: NotNegative = 8.0
    wind_from_deg: float = 250.0
    visibility_m: Annotated[float, Meta(ge=100)] = 20_000.0
    damp: Annotated[float, Meta(ge=0.05, le=3)] = 0.16
    sun_azimuth_deg: float = 200.0
    sun_elevation_deg: float = 30.0
    rain_mm_h: Annotated[float, Meta(ge=0, le=100)] = 0.0


class Ground(Struct, frozen=True, forbid_unknown_fields=True):
    """Hills' height on the horizon, the edge of a wood (degrees high), single trees, houses and masts within 360 degrees."""

    hills_deg: NotNegative = 0.4
    wood_deg: NotNegative = 1.8
    wood_share: Share = 0.8
    trees: Annotated[int, Meta(ge=0, le=200)] = 30
    leafy: Share = 0.5
    houses: Annotated[int, Meta(ge=0, le=100)] = 10
    poles: Annotated[int, Meta(ge=0, le=100)] = 6


class Traffic(Struct, frozen=True, forbid_unknown_fields=True):
    """How many of a kind come through the picture in an hour."""

    birds: NotNegative = 0.0
    flocks: NotNegative = 0.0
    insects: NotNegative = 0.0
    aeroplanes: NotNegative = 0.0
    helicopters: NotNegative = 0.0
    balloons: NotNegative = 0.0
