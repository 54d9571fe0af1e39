"""docs/health.md says what the code does: names, lamp, rates, noise floors; and names what the computer's findings are called."""

from __future__ import annotations

import re

from edge_node.field import blurred
from edge_node.field.health_names import PAST
from edge_node.field.liveness import NOTHING_AFTER_S, RATES
from edge_node.field.noise_floor import RULES
from edge_node.field.silence import NEVER_S
from tests.edge_node.field import test_board_findings
from tools.health_doc import PAGE, page

TEXT = PAGE.read_text(encoding="utf-8")


def row(name: str) -> str:
    """The first row of that name: figures come later."""
    return next(line for line in TEXT.splitlines() if line.startswith(f"| {name} |"))


def test_its_tables_are_those_of_the_code() -> None:
    assert page(TEXT) == TEXT, "run python -m tools.health_doc"


def test_what_is_over_is_what_the_computer_tells_of() -> None:
    assert set(test_board_findings.CASES) >= PAST


def test_its_rates_are_those_of_the_code() -> None:
    for sensor, kind in (("microphones", "AudioBlock"), ("software radio", "IqBlock")):
        said = row(sensor)
        assert f"{NOTHING_AFTER_S:g} s" in said
        assert f"{100 * RATES[kind].least_share:.0f} %" in said
        assert f"{100 * RATES[kind].most_lost:.0f} %" in said
    assert (RATES["Frame"].least_share, "a third" in row("camera")) == (1 / 3, True)
    assert (NEVER_S, "for two minutes is `never_heard`" in TEXT) == (120.0, True)


def test_its_noise_floors_are_those_of_the_code() -> None:
    for name, rule in RULES.items():
        said = row(f"`{name}`")
        assert f"{rule.low_db:g} dB" in said
        assert f"`{rule.low_name}`" in said
        assert f"| {rule.low_after_s} s |" in said
        learnt = f"{rule.learnt_s / 3600:g} h" if rule.learnt_s >= 3600 else f"{rule.learnt_s / 60:g} min"
        assert learnt in said
        if rule.high_name:
            assert re.search(rf"{rule.high_db:g} dB.*`{rule.high_name}` \| {rule.high_after_s} s", said)
    blurred_parts = row("`part`")
    assert f"{blurred.LOW_DB:g} dB in a tenth of them: `smeared` | {blurred.AFTER_S:.0f} s" in blurred_parts
    assert (blurred.FEWEST, f"{blurred.LEARNT_S / 3600:g} h" in blurred_parts) == (1 / 10, True)
