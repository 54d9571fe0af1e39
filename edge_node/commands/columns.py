"""The table that `edge-node detect` prints: of each kind of detection, which fields, how wide and how written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Column = tuple[str, int, str]
PLAIN_WIDTH = 12
"""Of every column of a kind that a plugin brought."""
COLUMNS: dict[str, tuple[Column, ...]] = {
    "remote_id": (
        ("t_s", 9, "{:.3f}"),
        ("transport", 12, "{}"),
        ("transmitter", 17, "{}"),
        ("rssi_dbm", 8, "{}"),
        ("ids", 20, "{}"),
        ("latitude_deg", 12, "{:.6f}"),
        ("longitude_deg", 13, "{:.6f}"),
        ("altitude_wgs84_m", 16, "{:.1f}"),
        ("height_m", 8, "{:.1f}"),
        ("direction_deg", 13, "{:.0f}"),
        ("speed_mps", 9, "{:.2f}"),
        ("operator_id", 16, "{}"),
        ("flags", 0, "{}"),
    ),
    "acoustic": (
        ("t_s", 9, "{:.3f}"),
        ("track", 5, "{}"),
        ("label", 10, "{}"),
        ("probability", 11, "{:.2f}"),
        ("azimuth_deg", 11, "{:.1f}"),
        ("sigma_azimuth_deg", 17, "{:.1f}"),
        ("elevation_deg", 13, "{:.1f}"),
        ("sigma_elevation_deg", 19, "{:.1f}"),
        ("blade_pass_hz", 13, "{:.1f}"),
        ("level_db", 8, "{:.1f}"),
        ("snr_db", 6, "{:.1f}"),
        ("notes", 0, "{}"),
    ),
    "camera": (
        ("t_s", 9, "{:.3f}"),
        ("frame", 6, "{}"),
        ("track", 5, "{}"),
        ("label", 10, "{}"),
        ("probability", 11, "{:.2f}"),
        ("box", 22, "{:.0f}"),
        ("azimuth_deg", 11, "{:.2f}"),
        ("sigma_azimuth_deg", 17, "{:.2f}"),
        ("elevation_deg", 13, "{:.2f}"),
        ("sigma_elevation_deg", 19, "{:.2f}"),
        ("range_m", 7, "{:.0f}"),
        ("snr", 6, "{:.1f}"),
        ("temperature_k", 13, "{:.1f}"),
        ("notes", 0, "{}"),
    ),
    "link": (
        ("t_s", 9, "{:.3f}"),
        ("track", 5, "{}"),
        ("link", 12, "{}"),
        ("alarm", 5, "{}"),
        ("probability", 11, "{:.2f}"),
        ("center_hz", 11, "{:.0f}"),
        ("bandwidth_hz", 12, "{:.0f}"),
        ("snr_db", 6, "{:.1f}"),
        ("level_dbfs", 10, "{:.1f}"),
        ("packet_rate_hz", 14, "{:.1f}"),
        ("carrier_offset_hz", 17, "{:.0f}"),
        ("bursts", 6, "{}"),
        ("notes", 0, "{}"),
    ),
    "position": (
        ("t_s", 9, "{:.3f}"),
        ("track", 5, "{}"),
        ("ids", 16, "{}"),
        ("category", 8, "{}"),
        ("latitude_deg", 12, "{:.6f}"),
        ("longitude_deg", 13, "{:.6f}"),
        ("sigma_horizontal_m", 18, "{:.1f}"),
        ("altitude_wgs84_m", 16, "{:.1f}"),
        ("altitude_baro_m", 15, "{:.1f}"),
        ("velocity_east_mps", 17, "{:.1f}"),
        ("velocity_north_mps", 18, "{:.1f}"),
        ("cooperative", 11, "{}"),
        ("notes", 0, "{}"),
    ),
    "bearing": (
        ("t_s", 9, "{:.3f}"),
        ("track", 5, "{}"),
        ("ids", 16, "{}"),
        ("azimuth_deg", 11, "{:.1f}"),
        ("sigma_azimuth_deg", 17, "{:.1f}"),
        ("elevation_deg", 13, "{:.1f}"),
        ("sigma_elevation_deg", 19, "{:.1f}"),
        ("snr_db", 6, "{:.1f}"),
        ("notes", 0, "{}"),
    ),
}


def lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A line a detection, and a heading before the first of a kind."""
    kind = None
    for row in rows:
        columns = COLUMNS.get(row["kind"]) or tuple((name, PLAIN_WIDTH, "{}") for name in row)
        if row["kind"] != kind:
            kind = row["kind"]
            yield _line((name, width) for name, width, _ in columns)
        yield _line((_cell(row[name], form), width) for name, width, form in columns)


def _line(cells: Iterable[tuple[str, int]]) -> str:
    return " ".join(cell.ljust(width) for cell, width in cells).rstrip()


def _cell(value: Any, form: str) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(_item(item, form) for item in value)
    return form.format(value)


def _item(item: Any, form: str) -> str:
    if isinstance(item, dict) and "value" in item:
        return str(item["value"])
    return form.format(item) if isinstance(item, float) else str(item)
