"""What of hostile text and numbers reaches other formats."""

from __future__ import annotations

import pytest
from hypothesis import given

from edge_node.interop import readings
from tests.edge_node.interop import hostile


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
