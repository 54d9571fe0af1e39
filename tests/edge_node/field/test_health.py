"""The verdict: worst first, in a sentence that names the sensor, what is wrong and what to touch."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from msgspec.structs import replace

from edge_node.field.health import MOST_FINDINGS, judge, of_states, sentence, worst_first
from edge_node.field.health_names import NAMES, PAST, found, of_words
from edge_node.messages import Finding, SensorStatus, Verdict

ROOT = Path(__file__).parents[3] / "edge_node"


def part(name: str, driver: str = "mic_array", state: str = "running", **said: object) -> SensorStatus:
    base = SensorStatus(name=name, driver=driver, state="running", sentence="as it is", since_mono_ns=0, restarts=0, pid=1)
    return replace(base, state=state, **said)


HUB, EARS, EYES, GNSS = part("hub", ""), part("ears"), part("eyes", "camera"), part("gnss", "gnss")
DEAF = found("ears", "deaf", "it hears 12 dB less")
BLIND = found("eyes", "blind", "it senses nothing now: dark")
UNDER = Finding(about="power", name="under_voltage", grade="fail", words="4.6 V, under-voltage now", touch="use a stronger supply")
SEEN = Finding(about="power", name="under_voltage_seen", grade="warn", words="under-voltage since the start")
GONE, FULL = found("link", "c2_unreached", "no C2 answers"), found("storage", "spool_unwritable", "the spool cannot be written")


def test_what_is_well_is_green_and_says_how_many_run() -> None:
    assert judge([EARS, GNSS], HUB, ()) == ("green", "2 of 2 sensors run; as it is")


@pytest.mark.parametrize(
    ("sensors", "hub", "findings", "verdict", "says"),
    [
        pytest.param([EARS], HUB, [DEAF], "amber", "ears: it hears 12 dB less: look at antenna, plug and cover", id="works worse"),
        pytest.param([EARS, EYES], HUB, [BLIND], "amber", "eyes: it senses nothing now: dark", id="one of two is blind"),
        pytest.param(
            [EYES], HUB, [BLIND], "red", "no sensor senses anything; eyes: it senses nothing now: dark", id="the only one is blind"
        ),
        pytest.param([EYES, GNSS], HUB, [BLIND], "red", "no sensor senses anything", id="a place alone is of no use"),
        pytest.param([GNSS], HUB, [], "red", "no sensor is configured that senses drones", id="nothing to sense with"),
        pytest.param([EARS], HUB, [UNDER], "amber", "power: 4.6 V, under-voltage now: use a stronger supply", id="power"),
        pytest.param([EARS], HUB, [SEEN], "green", "1 of 1 sensors run; as it is; power: under-voltage since the start", id="it is over"),
        pytest.param([EARS], HUB, [GONE], "amber", "link: no C2 answers", id="C2 gone, all is kept"),
        pytest.param([EARS], HUB, [GONE, FULL], "red", "nothing reaches C2 and nothing can be kept", id="C2 gone, nothing is kept"),
        pytest.param([EARS], part("hub", "", "crashed", restarts=1), [], "red", "nothing is tracked or told", id="no hub"),
        pytest.param([EARS], part("hub", "", "starting"), [], "amber", "starting", id="just switched on"),
        pytest.param([part("ears", state="starting")], HUB, [], "amber", "ears: as it is: wait", id="still comes up"),
        pytest.param([part("ears", state="starting", restarts=2)], HUB, [], "red", "no sensor senses anything", id="comes up again"),
        pytest.param([part("ears", state="absent")], HUB, [], "red", "no sensor senses anything; ears: as it is", id="unplugged"),
    ],
)
def test_colours(sensors: list[SensorStatus], hub: SensorStatus, findings: list[Finding], verdict: Verdict, says: str) -> None:
    told = judge(sensors, hub, worst_first([*of_states(sensors, hub), *findings]))
    assert told[0] == verdict
    assert told[1].startswith(says)


def test_the_worst_comes_first_and_what_explains_the_rest_before_it() -> None:
    said = worst_first([DEAF, BLIND, SEEN, UNDER, DEAF, Finding(about="power", name="power_ok", grade="ok", words="")])
    assert said == (UNDER, BLIND, SEEN, DEAF)


def test_many_findings_are_bounded_and_the_sentence_names_the_rest() -> None:
    many = [found(f"s{number}", "deaf", f"it hears {number} dB less") for number in range(2 * MOST_FINDINGS)]
    assert len(worst_first(many)) == MOST_FINDINGS
    words = sentence(worst_first(many[:9]))
    assert "s3: it hears 3 dB less" in words
    assert words.endswith("and 5 more: s4 deaf, s5 deaf, s6 deaf, s7 deaf, s8 deaf")


def test_words_of_a_detector_become_what_is_wrong_and_what_to_touch() -> None:
    told = of_words("ears", "microphone_silent", "channel 3 is silent: look at its plug")
    assert (told.words, told.touch) == ("channel 3 is silent", "look at its plug")
    assert of_words("ears", "microphone_silent", "channel 3 is silent").touch == NAMES["microphone_silent"].touch


def _literals() -> set[str]:
    return {
        node.value
        for path in ROOT.rglob("*.py")
        if path.name != "health_names.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_name_is_used_and_every_one_of_the_past_is_one_of_the_board() -> None:
    literals = _literals()
    of_faults = {"microphone_silent", *(f"microphone_{kind}" for kind in ("clipped", "gain", "inverted", "late", "swapped", "mirrored"))}
    assert [name for name in NAMES if name not in literals | of_faults] == []
    assert literals >= PAST
