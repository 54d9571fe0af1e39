"""What of hostile text and numbers reaches other formats."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given
from msgspec.structs import replace

from edge_node.interop import readings
from tests.edge_node.interop import hostile
from tests.edge_node.interop.scene import COVARIANCE, flown


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("a\u202egnp.exe\u200b", "agnp.exe"),
        ("\x1b[2J\r\n\x00\x9b", "[2J"),
        ("\ud800\ufffe\u2028", ""),
        (" Jūrmala 飞机 🛩 ", "Jūrmala 飞机 🛩"),
        ("\u2066=1+1", "=1+1"),
        (None, ""),
    ],
    ids=["turned", "escapes", "no_characters", "languages", "hidden_formula", "none"],
)
def test_text_is_what_a_person_sees(said: str | None, told: str) -> None:
    assert readings.text(said) == told


@given(hostile.texts)
def test_text_is_short_and_printable(said: str) -> None:
    assert len(readings.text(said, 20)) <= 20
    assert readings.text(said).isprintable()


@pytest.mark.parametrize("unknown", [0.0, nan, inf, -1.0])
def test_an_unknown_error_is_not_a_perfect_one(unknown: float) -> None:
    """Of the vertical alone, of the horizontal alone."""
    state = flown(1).kinematics
    assert state is not None
    rows = list(COVARIANCE)
    rows[14] = unknown
    at = readings.position(replace(state, covariance=tuple(rows)))
    assert at is not None
    assert (at.sigma_major_m, at.sigma_minor_m, at.sigma_altitude_m) == (5.0, 3.0, None)
    if unknown != 0:
        rows[14], rows[0] = 16.0, unknown
        at = readings.position(replace(state, covariance=tuple(rows)))
        assert at is not None
        assert (at.sigma_major_m, at.sigma_altitude_m) == (None, 4.0)
