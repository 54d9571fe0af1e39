"""Where one source is, as a detection tells it."""

from __future__ import annotations

from msgspec import Struct


class Whence(Struct, frozen=True, kw_only=True):
    """Direction in ENU with its errors, and how loud above the noise; None is what nobody can say."""

    snr_db: float
    azimuth_deg: float | None = None
    elevation_deg: float | None = None
    sigma_azimuth_deg: float | None = None
    sigma_elevation_deg: float | None = None
    correlation: float | None = None
    azimuth_rate_dps: float | None = None
    elevation_rate_dps: float | None = None
