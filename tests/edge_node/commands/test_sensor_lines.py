"""Angles changed in node.toml itself."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from edge_node.commands.sensor_lines import EditError, edited, number, write
from edge_node.config_file import load

TOML = """# the mast at the harbour
[node]
name = "harbour-1"  # as C2 knows it

[[sensor]]
name = "thermal"
driver = "camera"
camera = "lepton_3_5"
masks = [
  [[0, 0], [10, 0], [10, 10]],  # the chimney
]
azimuth_deg = 40   # by compass
tilt_deg=15
# azimuth_deg = 7

[[sensor]]  # on the roof
  name = 'microphones'
  driver = "mic_array"
  array = "uma_16"

[[protect]]
name = "gate"
latitude_deg = 56.9
longitude_deg = 24.1
"""


def test_a_number_is_put_where_one_was_and_all_else_stays() -> None:
    text = edited(TOML, "thermal", {"azimuth_deg": 41.234, "tilt_deg": -2.0})
    assert text == TOML.replace("azimuth_deg = 40   # by", "azimuth_deg = 41.23   # by").replace("tilt_deg=15", "tilt_deg=-2")


def test_a_key_that_was_not_there_comes_beneath_the_driver() -> None:
    text = edited(TOML, "microphones", {"azimuth_deg": 20.5, "roll_deg": 0.001})
    assert '  driver = "mic_array"\n  roll_deg = 0\n  azimuth_deg = 20.5\n  array' in text
    assert tomllib.loads(text)["sensor"][1]["azimuth_deg"] == 20.5


@pytest.mark.parametrize(
    "text",
    [
        'sensor = [{name = "thermal", driver = "camera"}]\n',
        TOML.replace("azimuth_deg = 40 ", '"azimuth_deg" = 40 '),
        TOML.replace("azimuth_deg = 40 ", "azimuth_deg = 0x28 "),
        TOML.replace('camera = "lepton_3_5"', 'camera = """\n[[sensor]]\nname = "thermal"\n"""'),
        TOML.replace("microphones", "thermal"),
        "",
    ],
    ids=["inline", "quoted", "hexadecimal", "in a text", "two of a name", "none"],
)
def test_what_cannot_be_changed_safely_is_refused(text: str) -> None:
    with pytest.raises(EditError):
        edited(text, "thermal", {"azimuth_deg": 41.0})


@pytest.mark.parametrize("value", [-360.0, -0.004, 0.0, 1e-9, 7.125, 123.456, 359.996])
@pytest.mark.parametrize("windows", [False, True], ids=["unix", "windows"])
@pytest.mark.parametrize("sensor", ["thermal", "microphones"])
def test_whatever_the_number_it_is_read_back(value: float, windows: bool, sensor: str) -> None:
    text = TOML.replace("\n", "\r\n") if windows else TOML
    after = edited(text, sensor, {"azimuth_deg": value})
    (table,) = [one for one in tomllib.loads(after)["sensor"] if one["name"] == sensor]
    assert table["azimuth_deg"] == pytest.approx(value, abs=0.0051)
    assert after.count("\r") == after.count("\n") * windows
    assert edited(after, sensor, {"azimuth_deg": value}) == after


def test_numbers_are_as_toml_has_them() -> None:
    assert [number(value) for value in (20.0, -0.001, 359.999, 0.126)] == ["20", "0", "360", "0.13"]


def test_the_file_is_changed_in_one_step_with_a_backup_and_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "node.toml"
    path.write_text(TOML)
    path.chmod(0o640)
    backup = write(path, {"thermal": {"azimuth_deg": 41.0}, "microphones": {"tilt_deg": -44.0}})
    assert backup.read_text() == TOML
    assert path.stat().st_mode & 0o777 == 0o640
    options = {sensor.name: sensor.options for sensor in load(path).sensor}
    assert options["thermal"]["azimuth_deg"] == 41.0
    assert options["microphones"]["tilt_deg"] == -44.0
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([path.name, backup.name])


def test_what_the_node_would_not_read_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "node.toml"
    path.write_text(TOML)
    with pytest.raises(EditError, match="azimuth_deg"):
        write(path, {"thermal": {"azimuth_deg": 500.0}})
    assert path.read_text() == TOML
    assert [one.name for one in tmp_path.iterdir()] == ["node.toml"]


def test_a_link_to_the_file_stays_one(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    path = tmp_path / "etc" / "node.toml"
    path.write_text(TOML)
    (tmp_path / "node.toml").symlink_to(path)
    write(tmp_path / "node.toml", {"thermal": {"azimuth_deg": 41.0}})
    assert (tmp_path / "node.toml").is_symlink()
    assert "azimuth_deg = 41 " in path.read_text()
