"""The table of an analyst: the columns of what was found, a line a detection."""

from __future__ import annotations

from typing import Any

import pytest

from edge_node.commands.columns import lines
from edge_node.commands.detect import as_row
from edge_node.messages import AcousticDetection, CameraDetection, RemoteIdDetection, UasId

S = 1_000_000_000


def heard(t_s: float, **fields: Any) -> AcousticDetection:
    stated: dict[str, Any] = {"label": "multirotor", "probability": 0.871, "level_db": -41.26, "snr_db": 6.0, "lag_s": 0.5}
    return AcousticDetection(t_mono_ns=round(t_s * S), sensor="a.wav", track=3, **(stated | fields))


def test_a_sound_has_the_columns_of_a_sound() -> None:
    bearing = {"azimuth_deg": 123.4, "elevation_deg": 31.06, "sigma_azimuth_deg": 4.0, "sigma_elevation_deg": 5.0}
    notes = ("wind", "microphone 3 is dead")
    heading, row = lines([as_row(heard(12.5, **bearing, blade_pass_hz=142.2, notes=notes), 10 * S)])
    named = (
        "t_s track label probability azimuth_deg sigma_azimuth_deg elevation_deg sigma_elevation_deg blade_pass_hz level_db snr_db notes"
    )
    assert " ".join(heading.split()) == named
    assert " ".join(row.split()) == "2.500 3 multirotor 0.87 123.4 4.0 31.1 5.0 142.2 -41.3 6.0 wind, microphone 3 is dead"
    assert [row.index(cell) for cell in ("2.500", "123.4", "142.2")] == [heading.index(name) for name in ("t_s", "azimuth", "blade")]


def test_what_is_not_known_is_left_blank_and_null_for_a_machine() -> None:
    row = as_row(heard(1.0), 0)
    asked = "azimuth_deg elevation_deg sigma_azimuth_deg sigma_elevation_deg blade_pass_hz"
    assert {row[name] for name in asked.split()} == {None}
    assert (row["kind"], row["t_s"], row["label"], row["probability"], row["snr_db"]) == ("acoustic", 1.0, "multirotor", 0.871, 6.0)
    assert list(lines([row]))[1].split() == ["1.000", "3", "multirotor", "0.87", "-41.3", "6.0"]


def test_each_kind_has_its_own_heading_and_nothing_has_none() -> None:
    claimed = RemoteIdDetection(t_mono_ns=0, transport="wifi_nan", transmitter="a", ids=(UasId("serial_number", "S"), UasId("none", "")))
    table = list(lines(as_row(found, 0) for found in (claimed, claimed, heard(0), heard(1))))
    assert [line.startswith("t_s") for line in table] == [True, False, False, True, False, False]
    assert list(lines([])) == []


def test_a_kind_that_a_plugin_brought_has_all_its_fields() -> None:
    heading, row = lines([{"kind": "smell", "t_s": 1.5, "of": "kerosene", "parts": [1, {"ppm": 2}], "wind": None}])
    assert heading.split() == ["kind", "t_s", "of", "parts", "wind"]
    assert row.split(maxsplit=3) == ["smell", "1.5", "kerosene", "1, {'ppm': 2}"]


@pytest.mark.parametrize("fields", [{"probability": float("nan")}, {"level_db": float("-inf")}])
def test_what_is_no_number_breaks_no_table(fields: dict[str, float]) -> None:
    assert len(list(lines([as_row(heard(0, **fields), 0)]))) == 2


def test_what_is_seen_has_the_columns_of_a_camera() -> None:
    bearing = {"azimuth_deg": 123.456, "elevation_deg": 31.06, "sigma_azimuth_deg": 0.08, "sigma_elevation_deg": 0.05}
    seen = CameraDetection(
        t_mono_ns=12 * S,
        frame=60,
        track=3,
        box=(10.25, 20.0, 8.0, 6.5),
        label="bird",
        probability=0.021,
        snr=9.04,
        **bearing,
        temperature_k=301.26,
    )
    heading, row = lines([as_row(seen, 10 * S)])
    named = (
        "t_s frame track label probability box azimuth_deg sigma_azimuth_deg elevation_deg sigma_elevation_deg range_m snr temperature_k"
    )
    assert " ".join(heading.split()) == f"{named} notes"
    assert " ".join(row.split()) == "2.000 60 3 bird 0.02 10, 20, 8, 6 123.46 0.08 31.06 0.05 9.0 301.3"
