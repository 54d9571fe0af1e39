"""What the hub counts, and how its link and the node's place stand, in a file for whoever is on the spot: page, metrics, terminal."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from edge_node.messages import SensorReport

FILE = "figures.json"
STALE_AFTER_S = 5.0


class PlaceNow(Struct, frozen=True):
    """Where the node is; `altitude_wgs84_m` and `sigma_m` (1-sigma, horizontal) None where nobody knows."""

    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None
    sigma_m: float | None


class Figures(Struct, frozen=True, kw_only=True):
    """As of one monotonic time. `linked` whether C2 asks for the tracks, None without a C2; `counters` since the hub started.

    `reports` are what each sensor's process said last; `t_utc_ns` is None while nobody vouches for the clock, else good to `sigma_utc_s`.
    """

    t_mono_ns: int
    t_utc_ns: int | None
    sigma_utc_s: float | None
    place: PlaceNow | None
    linked: bool | None
    link: str
    counters: dict[str, int]
    reports: dict[str, SensorReport]


def write(run_dir: Path, now: Figures) -> None:
    """Replace the file in one step; raises OSError."""
    fresh = run_dir / f".{FILE}"
    fresh.write_bytes(msgspec.json.encode(now))
    fresh.replace(run_dir / FILE)


def read(run_dir: Path) -> Figures | None:
    """What was written last; None where there is nothing whole."""
    try:
        return msgspec.json.decode((run_dir / FILE).read_bytes(), type=Figures)
    except (OSError, msgspec.DecodeError):
        return None
