"""Patterns that can be told apart from afar, on a made /sys."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_node.field.health_names import found
from edge_node.field.lamp import BEEPS, PATTERNS, STEP_S, Lamp, Shown, shown
from tests.drivers.board.trees import write

LEDS = "sys/class/leds"
LED = {"trigger": "none usb-gadget [mmc0] timer", "brightness": "255", "max_brightness": "255"}
HORN = {"trigger": "[none] timer", "brightness": "0", "max_brightness": "1"}


def tree(root: Path) -> Path:
    write(root / "sys/class/leds/ACT", LED)
    write(root / "sys/class/leds/horn", HORN)
    return root


def played(lamp: Lamp, led: Path, what: Shown, seconds: float, begin_s: float = 1000.0) -> str:
    """Steps of what an LED does."""
    said = ""
    for step in range(round(seconds / STEP_S)):
        lamp.show(what, begin_s + step * STEP_S)
        said += "." if (led / "brightness").read_text().strip() == "0" else "#"
    return said


@pytest.mark.parametrize("what", PATTERNS)
def test_the_lamp_plays_its_pattern_again_and_again(tmp_path: Path, what: Shown) -> None:
    lamp = Lamp("ACT", None, tree(tmp_path))
    said = played(lamp, tmp_path / LEDS / "ACT", what, 8.0)
    assert said == (PATTERNS[what] * 32)[: len(said)]
    assert (tmp_path / "sys/class/leds/ACT/trigger").read_text() == "none"
    lamp.close()
    assert (tmp_path / "sys/class/leds/ACT/trigger").read_text() == "mmc0"


def test_patterns_differ_by_how_often_they_flash() -> None:
    assert {what: pattern.count("#.") * 8 // len(pattern) for what, pattern in PATTERNS.items()} == {
        "starting": 1,
        "green": 1,
        "amber": 2,
        "no_c2": 3,
        "red": 4,
    }
    assert PATTERNS["starting"].count("#") > 1, "a long flash"


def test_the_buzzer_sounds_when_it_changes_and_of_red_once_a_minute(tmp_path: Path) -> None:
    lamp = Lamp("ACT", "horn", tree(tmp_path))
    assert played(lamp, tmp_path / LEDS / "horn", "green", 60.0).rstrip(".") == BEEPS["green"]
    assert played(lamp, tmp_path / LEDS / "horn", "amber", 60.0, 1060.0).rstrip(".") == BEEPS["amber"]
    assert played(lamp, tmp_path / LEDS / "horn", "red", 130.0, 1120.0).count(BEEPS["red"]) == 3


def test_what_is_not_there_or_cannot_be_written_is_found_and_stops_nothing(tmp_path: Path) -> None:
    lamp = Lamp("PWR", None, tree(tmp_path))
    lamp.show("green", 1.0)
    (finding,) = lamp.findings()
    assert (finding.name, finding.words) == ("lamp_dark", "there is no LED 'PWR'; there are ACT, horn")
    lamp = Lamp("ACT", None, tmp_path)
    assert lamp.findings() == []
    (tmp_path / "sys/class/leds/ACT/brightness").unlink()
    (tmp_path / "sys/class/leds/ACT/brightness").mkdir()
    lamp.show("red", 1.0)
    (finding,) = lamp.findings()
    assert "cannot be switched" in finding.words
    assert "udev rule" in finding.touch
    lamp.close()


def test_a_node_without_a_lamp_has_none(tmp_path: Path) -> None:
    lamp = Lamp(None, None, tmp_path)
    lamp.show("red", 1.0)
    assert lamp.findings() == []
    lamp.close()


def test_a_node_that_lacks_its_c2_alone_says_so() -> None:
    gone, deaf = found("link", "c2_unreached", "no C2"), found("ears", "deaf", "deaf")
    assert shown("amber", "link: no C2", [gone]) == "no_c2"
    assert shown("amber", "ears: deaf", [gone, deaf]) == "amber"
    assert shown("amber", "starting", []) == "starting"
    assert (shown("green", "", []), shown("red", "", [gone])) == ("green", "red")
