"""The receivers that come with the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.sdrs import check, known, read_sdr
from drivers.source import SourceMisconfigured


@pytest.mark.parametrize("name", sorted(known()))
def test_every_known_receiver_is_whole_and_does_what_is_usual_for_it(name: str) -> None:
    found = read_sdr(name)
    assert found.name == name
    assert found.soapy is not None
    check(found, sum(found.tuning_hz[0]) / 2, found.usual_rate_hz, found.usual_gain_db)
    assert all(low <= high for low, high in (*found.tuning_hz, *found.rates_hz, found.gain_db))


def test_your_own_is_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = known()["rtl_sdr"].read_text(encoding="utf-8")
    path.write_text(text.replace("bits = 8", "bitz = 8"))
    with pytest.raises(SourceMisconfigured, match="unknown key 'bitz': did you mean 'bits'"):
        read_sdr(str(path))
    path.write_text(text.replace("[[24e6, 1766e6]]", "[]"))
    with pytest.raises(SourceMisconfigured, match="tuning_hz"):
        read_sdr(str(path))
