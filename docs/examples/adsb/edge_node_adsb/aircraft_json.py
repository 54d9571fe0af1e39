"""aircraft.json as readsb and dump1090-fa write it once a second."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from edge_node_adsb import aircraft as of
from edge_node_adsb.aircraft import Aircraft

OLDEST_S = 15.0
MOST_BEHIND_S = 5.0
"""A file older than that is stale and noticed by its `now`; a clock that is off must not shift places any further."""
SAME_NS = 50_000_000


class _File(Struct):
    now: float
    aircraft: list[msgspec.Raw]


class _Row(Struct):
    hex: str
    type: str = ""
    flight: str | None = None
    category: str | None = None
    lat: float | None = None
    lon: float | None = None
    seen_pos: float = 0.0
    alt_baro: float | str | None = None
    alt_geom: float | None = None
    gs: float | None = None
    track: float | None = None
    geom_rate: float | None = None
    baro_rate: float | None = None
    nac_p: int | None = None
    nac_v: int | None = None
    gva: int | None = None


class AircraftJson:
    """Fed with whole files; a file that is none raises msgspec.DecodeError, a damaged row is counted in `bad` and costs nothing else."""

    def __init__(self) -> None:
        self.bad = 0
        self.now_s: float | None = None
        self._told: dict[str, int] = {}

    def feed(self, data: bytes, t_mono_ns: int, t_utc_s: float) -> list[Aircraft]:
        """Every place that is newer than in the file before."""
        file = msgspec.json.decode(data, type=_File)
        self.now_s = file.now
        behind_s = min(max(t_utc_s - file.now, 0.0), MOST_BEHIND_S)
        rows = [one for raw in file.aircraft if (one := self._row(raw, t_mono_ns, behind_s))]
        fresh = [one for one in rows if one.t_mono_ns - self._told.get(one.address, one.t_mono_ns - SAME_NS) >= SAME_NS]
        self._told = {**{one.address: self._told.get(one.address, 0) for one in rows}, **{one.address: one.t_mono_ns for one in fresh}}
        return fresh

    def _row(self, raw: msgspec.Raw, t_mono_ns: int, behind_s: float) -> Aircraft | None:
        try:
            row = msgspec.json.decode(raw, type=_Row)
        except msgspec.DecodeError:
            self.bad += 1
            return None
        if row.lat is None and row.lon is None:
            return None
        if row.lat is None or row.lon is None or not of.is_place(row.lat, row.lon) or not of.is_address(row.hex):
            self.bad += 1
            return None
        if not 0 <= row.seen_pos <= OLDEST_S:
            return None
        return Aircraft(
            t_mono_ns=t_mono_ns - round((behind_s + row.seen_pos) * 1e9),
            address=row.hex.upper(),
            latitude_deg=row.lat,
            longitude_deg=row.lon,
            callsign=of.as_callsign(row.flight),
            category=row.category[:2] if row.category else None,
            altitude_wgs84_m=of.scaled(row.alt_geom, of.FOOT_M),
            altitude_baro_m=None if isinstance(row.alt_baro, str) else of.scaled(row.alt_baro, of.FOOT_M),
            on_ground=None if row.alt_baro is None else row.alt_baro == "ground",
            speed_mps=of.scaled(row.gs, of.KNOT_MPS),
            track_deg=row.track,
            climb_mps=of.scaled(row.baro_rate if row.geom_rate is None else row.geom_rate, of.FOOT_A_MINUTE_MPS),
            nac_p=row.nac_p,
            nac_v=row.nac_v,
            gva=row.gva,
            by_radar=row.type.startswith("tisb"),
        )
