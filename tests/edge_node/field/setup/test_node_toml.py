"""Whatever is typed, the file that is written loads and says the same; and what nobody asked about keeps its words."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_node.config_file import load
from edge_node.field.setup import node_toml, toml_text
from edge_node.field.setup.choices import Choices, NotAcceptedError, Place, former, write

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
PLAIN = st.one_of(
    TEXT, st.booleans(), st.integers(-(2**62), 2**62), st.floats(allow_nan=False), st.dates(), st.times(), st.datetimes(), st.none()
).filter(lambda said: said is not None)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12)
TABLE = st.dictionaries(TEXT, VALUES, max_size=5)
FILE = st.dictionaries(TEXT, TABLE | st.lists(TABLE, min_size=1, max_size=4) | PLAIN, max_size=5)
NOTES = st.lists(st.text(max_size=60), max_size=3)


@settings(max_examples=150, deadline=None)
@given(FILE)
def test_any_file_reads_as_what_was_written(wanted: dict[str, Any]) -> None:
    assert tomllib.loads(node_toml.written("", wanted, {})) == wanted


@settings(max_examples=150, deadline=None)
@given(FILE, FILE, NOTES)
def test_any_file_made_of_any_other_reads_as_what_was_written(old: dict[str, Any], wanted: dict[str, Any], notes: list[str]) -> None:
    before = node_toml.written("", old, {})
    assert tomllib.loads(node_toml.written(before, wanted, {"": notes})) == wanted


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), FILE)
def test_any_text_may_have_been_there_before(before: str, wanted: dict[str, Any]) -> None:
    assert tomllib.loads(node_toml.written(before, wanted, {})) == wanted


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=32)
SENSORS = st.fixed_dictionaries({
    "name": st.just("eye"), "driver": st.just("camera"), "camera": st.just("lepton_3_5"), "serial": TEXT, "url": TEXT,
    "azimuth_deg": st.floats(-360, 360),
})  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(NAMES, SENSORS, NOTES)
def test_whatever_is_typed_the_node_reads_the_same(name: str, sensor: dict[str, Any], notes: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "node.toml")
        for text in ("", '[c2]\nlive = "tcp://192.0.2.1:5571"\nserver_key = "' + "a" * 40 + '"\n'):
            path.write_text(text)
            write(path, former(path), Choices(name=name, place=Place("fixed", 56.9, -24.1), sensors=(sensor,), notes={"eye": tuple(notes)}))
            config = load(path, c2=False)
            (eye,) = config.sensor
            assert (config.node.name, config.node.latitude_deg, config.node.longitude_deg) == (name, 56.9, -24.1)
            assert {key: eye.options[key] for key in ("serial", "url", "azimuth_deg")} == {
                key: sensor[key] for key in ("serial", "url", "azimuth_deg")
            }


def test_values_that_toml_has_and_json_has_not() -> None:
    local = datetime(2026, 1, 2, 3, tzinfo=UTC).replace(tzinfo=None)
    wanted = {"x": {"d": date(2026, 1, 2), "t": time(3, 4, 5), "dt": local, "inf": float("inf"), "del": "\x7f", "tab": "\t"}}
    assert tomllib.loads(node_toml.written("", wanted, {})) == wanted


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(toml_text.NotTomlError):
        node_toml.written("", {"node": {"name": "\ud800"}}, {})


OLD = """\
# Roof of the harbour office. Ask Anna for the key.
[node]
name = "harbour-1"   # as on the map
latitude_deg = 56.9496
longitude_deg = 24.1052

# never nearer than this
[[protect]]
name = "gate"
latitude_deg = 56.9
longitude_deg = 24.1

# the one from the shop
[[sensor]]
name = "thermal"     # east side
driver = "camera"
camera = "lepton_3_5"
serial = "8003"
masks = [[[0, 0], [10, 0], [10, 10]]]  # the chimney

[[sensor]]
name = "links"
driver = "rtl_sdr"
center_hz = 868.5e6

[tracking]
confirm_hits = 4     # quiet site
"""


def test_what_nobody_asked_about_keeps_its_words() -> None:
    wanted = tomllib.loads(OLD)
    wanted["sensor"][1]["serial"] = "roof-1"
    wanted["sensor"].append({"name": "gnss", "driver": "gnss", "gpsd": "127.0.0.1:2947"})
    text = node_toml.written(OLD, wanted, {"gnss": ("a receiver",)})
    assert tomllib.loads(text) == wanted
    begin = OLD.index('[[sensor]]\nname = "links"')
    assert text.startswith(OLD[:begin].rstrip())
    assert text.endswith(OLD[OLD.index("[tracking]") :])
    assert '# a receiver\n[[sensor]]\nname = "gnss"' in text


def test_a_sensor_that_goes_takes_its_own_words_with_it() -> None:
    wanted = tomllib.loads(OLD)
    del wanted["sensor"][0]
    text = node_toml.written(OLD, wanted, {})
    assert tomllib.loads(text) == wanted
    assert "chimney" not in text
    assert "from the shop" not in text
    assert "Ask Anna" in text


@pytest.mark.parametrize("before", [
    'node.name = "x"\nnode.run_dir = "run"\n',
    'sensor = [{ name = "a", driver = "gnss", gpsd = "h:1" }]\n',
    'note = """\n[[sensor]]\n[nothing]\n"""\n[node]\nname = "x"\n',
    '[[sensor]]\nname = "a"\ndriver = "soapy_sdr"\n[sensor.settings]\nbiastee = "true"\n[node]\nname = "x"\n',
    "[node]\r\nname = 'x'\r\n",
    '\ufeff[node]\nname = "x"\n',
    "[node\nname = 1",
])  # fmt: skip
def test_every_way_of_writing_it_is_survived(before: str) -> None:
    for name in ("x", "y"):
        wanted = {"node": {"name": name}, "sensor": [{"name": "b", "driver": "gnss", "gpsd": "h:2"}]}
        assert tomllib.loads(node_toml.written(before, wanted, {})) == wanted


def test_a_configuration_that_cannot_run_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "node.toml"
    path.write_text(OLD)
    path.chmod(0o640)
    wrong = Choices(name="x", place=Place("gnss"), sensors=({"name": "Not Allowed", "driver": "camera", "camera": "lepton_3_5"},))
    with pytest.raises(NotAcceptedError, match="a-z"):
        write(path, former(path), wrong)
    assert path.read_text() == OLD
    assert list(tmp_path.iterdir()) == [path]
    backup = write(path, former(path), Choices(name="harbour-2", place=Place("gnss"), sensors=former(path).sensors))
    assert backup is not None
    assert (backup.read_text(), path.stat().st_mode & 0o777, backup.stat().st_mode & 0o777) == (OLD, 0o640, 0o640)
    assert load(path).node.latitude_deg is None


def test_a_sensor_that_was_wrong_before_does_not_keep_the_rest_from_being_set_up(tmp_path: Path) -> None:
    path = tmp_path / "node.toml"
    path.write_text('[[sensor]]\nname = "old"\ndriver = "camara"\n')
    write(path, former(path), Choices(name="x", place=Place("moving"), sensors=former(path).sensors))
    assert load(path).node.moving


def test_a_first_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "node.toml"
    assert write(path, former(path), Choices(name="x", place=Place("gnss"), sensors=())) is None
    assert path.stat().st_mode & 0o007 == 0
    assert path.read_text().startswith(node_toml.HEAD)
