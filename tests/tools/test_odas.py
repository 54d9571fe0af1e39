"""What ODAS is told and what it says are read as they are meant."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tools.bench import odas
from tools.simulate.acoustics import ARRAYS

SAID = {"timeStamp": 1, "src": [{"x": 0.6, "y": 0.0, "z": 0.8, "E": 0.5}] * 4}


def test_a_configuration_has_every_microphone_and_closes_what_it_opens(tmp_path: Path) -> None:
    array = ARRAYS["circular_7"]
    text = odas.configuration(array, tmp_path / "sound.raw", 48_000, hop=512, speed_mps=340.0, outputs=odas.outputs(tmp_path))
    assert text.count("mu = ( ") == len(array.positions_m)
    assert "hopSize = 1536;" in text
    assert "mu = 0.300000000; sigma2 = 0.010000000;" in text
    assert all(text.count(opening) == text.count(closing) for opening, closing in ("()", "{}"))


def test_sound_is_written_without_clipping_and_objects_are_read_one_by_one(tmp_path: Path) -> None:
    sound = np.random.default_rng(1).standard_normal((4_800, 2), dtype=np.float32) * 1e-3
    odas.write_sound(tmp_path / "sound.raw", sound)
    written = np.frombuffer((tmp_path / "sound.raw").read_bytes(), "<i2").reshape(-1, 2)
    assert np.corrcoef(written[:, 0], sound[:, 0])[0, 1] > 0.9999
    assert 0 < np.abs(written).max() < 32_767
    (tmp_path / "said.json").write_text(json.dumps(SAID) + "\n" + json.dumps(SAID) + '\n{ "timeStamp": 3, "sr', encoding="ascii")
    assert list(odas._objects(tmp_path / "said.json")) == [SAID, SAID]
    assert odas._rows(SAID, "E")[0] == [0.6, 0.0, 0.8, 0.5]


def test_without_odas_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(odas.VARIABLE, raising=False)
    assert odas.program(tmp_path) is None
    monkeypatch.setenv(odas.VARIABLE, str(tmp_path / "nowhere"))
    assert odas.program(tmp_path) is None
    (tmp_path / "odaslive").touch()
    monkeypatch.setenv(odas.VARIABLE, str(tmp_path / "odaslive"))
    assert odas.program(tmp_path) == tmp_path / "odaslive"
