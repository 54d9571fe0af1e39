"""The tables of software radios in node.toml, and what their drivers make of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers import catalog
from drivers.iq_source import IqSource
from edge_node import config_file
from edge_node.config import Config, from_json, to_json

TABLES = {
    "dongle": '[[sensor]]\nname = "dongle"\ndriver = "rtl_sdr"\nserial = "868"\ncenter_hz = 868e6\n',
    "server": '[[sensor]]\nname = "server"\ndriver = "rtl_tcp"\nhost = "mast.example"\nsdr = "rtl_sdr_v4"\n'
    "plan = [{ center_hz = 866.4e6, gain_db = 20 }, { center_hz = 434e6, rate_hz = 1e6, dwell_s = 0.5 }]\n",
    "usb": '[[sensor]]\nname = "usb"\ndriver = "soapy_sdr"\nsdr = "pluto"\ncenter_hz = 2.44e9\nsettings = { bias_tx = "true" }\n',
}


def loaded(folder: Path, text: str) -> Config:
    """A configuration as a worker gets it."""
    path = folder / "node.toml"
    path.write_text(f'node.run_dir = "run"\n{text}')
    return from_json(to_json(config_file.load(path)))


@pytest.mark.parametrize("name", TABLES)
def test_a_table_makes_its_driver(tmp_path: Path, name: str) -> None:
    config = loaded(tmp_path, TABLES[name])
    assert config.problems == ()
    (table,) = config.sensor
    assert isinstance(catalog.load(table.driver)(**table.arguments()), IqSource)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("center_hz = -1", "center_hz = -1: must be a frequency in Hz above 0"),
        ("plan = [{ center_hz = 1e9, dwel_s = 1 }]", "dwel_s"),
        ("plan = [{ rate_hz = 1e6 }]", "center_hz"),
        ("gain = 30", "unknown key 'gain' in sensor: did you mean 'gain_db'?"),
        ("ppm = 9999", "a whole number from -500 to 500"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, wrong: str, words: str) -> None:
    (problem,) = loaded(tmp_path, f'[[sensor]]\nname = "dongle"\ndriver = "rtl_sdr"\n{wrong}\n').problems
    assert words in str(problem)
