"""Which device a [[sensor]] of a file of answers means, and what becomes of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.known_devices import all_known
from edge_node.field.setup.answers import followed, parse
from edge_node.field.setup.ask_sensors import Chosen
from edge_node.field.setup.choices import Choices, Former
from edge_node.field.setup.inventory import look
from edge_node.field.setup.suggest import advise
from tests.edge_node.field.setup.computer import mast


def follow(root: Path, text: str, old: Former | None = None) -> tuple[Choices, Chosen, tuple[str, ...]]:
    before = old or Former()
    if not (root / "sys").exists():
        mast(root)
    return followed(parse(text.encode(), "file"), before, advise(look(root), all_known(), before.sensors, root))


def names(made: Choices) -> list[str]:
    return [table["name"] for table in made.sensors]


def test_an_empty_file_takes_all_that_is_found(tmp_path: Path) -> None:
    made, chosen, missing = follow(tmp_path, "")
    assert names(made) == ["microphones", "thermal", "links", "wifi", "gnss"]
    assert (set(made.notes), set(chosen.adapters), missing) == (set(names(made)), {"mon0"}, ())


@pytest.mark.parametrize("telling", [
    'name = "thermal"', 'camera = "lepton_3_5"', 'camera = "lepton_3_1r"', 'serial = "8003"', 'driver = "camera"',
])  # fmt: skip
def test_a_device_is_meant_by_what_tells_it(tmp_path: Path, telling: str) -> None:
    made, _, missing = follow(tmp_path, f"[[sensor]]\n{telling}\nazimuth_deg = 85\n")
    (eye,) = [table for table in made.sensors if table["driver"] == "camera"]
    assert (eye["azimuth_deg"], eye["serial"], missing) == (85, "8003", ())
    assert len(made.sensors) == 5


def test_the_owner_says_which_of_like_kinds_it_is(tmp_path: Path) -> None:
    made, _, _ = follow(tmp_path, '[[sensor]]\ncamera = "lepton_3_1r"\nname = "east"\n')
    east = next(table for table in made.sensors if table["name"] == "east")
    assert (east["camera"], east["serial"]) == ("lepton_3_1r", "8003")
    assert "its owner says that it is a lepton_3_1r" in made.notes["east"]
    assert not any("a look at" in note for note in made.notes["east"])


def test_another_region_and_another_band(tmp_path: Path) -> None:
    made, _, _ = follow(tmp_path, '[sensors]\nregion = "americas"\n')
    assert next(table for table in made.sensors if table["name"] == "links")["center_hz"] == 915e6
    made, _, _ = follow(tmp_path, '[sensors]\nregion = "americas"\n[[sensor]]\nsdr = "rtl_sdr"\ncenter_hz = 433e6\n')
    assert next(table for table in made.sensors if table["name"] == "links")["center_hz"] == 433e6


def test_what_node_toml_has_stays_unless_only_the_list_counts(tmp_path: Path) -> None:
    tape = {"name": "tape", "driver": "recording", "path": "a.wav"}
    old = Former(tables={"sensor": [tape]})
    made, _, _ = follow(tmp_path, "", old)
    assert tape in made.sensors
    made, _, _ = follow(tmp_path, '[sensors]\ntake = "listed"\n[[sensor]]\narray = "uma_16"\n', old)
    assert names(made) == ["microphones"]
    made, chosen, _ = follow(tmp_path, '[sensors]\ntake = "kept"\n', old)
    assert (made.sensors, chosen.adapters) == ((tape,), {})


def test_a_sensor_that_is_configured_is_changed_and_not_doubled(tmp_path: Path) -> None:
    old = Former(tables={"sensor": [{"name": "east", "driver": "camera", "camera": "lepton_3_5", "serial": "8003", "tilt_deg": 3}]})
    made, _, _ = follow(tmp_path, '[[sensor]]\nname = "east"\nazimuth_deg = 85\n', old)
    assert names(made).count("east") == 1
    east = next(table for table in made.sensors if table["name"] == "east")
    assert (east["azimuth_deg"], east["tilt_deg"]) == (85, 3)
    assert "east" not in made.notes
