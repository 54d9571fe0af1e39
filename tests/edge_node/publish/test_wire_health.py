"""Findings and coverage in a node's status: what is said comes back, an older node says neither, and all of it is bounded."""

from __future__ import annotations

from io import StringIO
from typing import Any

import msgspec
from rich.console import Console

from edge_node.messages import Coverage, Finding, NodeStatus, SensorStatus
from edge_node.publish import wire
from edge_node.timebase import Timebase
from tools.c2.picture import Picture
from tools.c2.table import draw
from tools.c2.web.fields import FIELDS
from tools.c2.web.rows import node_row

CLOCK, NOW_NS = Timebase(10**18, "gnss", 0.004), 10**12
EARS = Coverage(t_mono_ns=0, sensor="ears", sense="sound", lowest_elevation_deg=-10.0, reach_m=128.0, probability=0.85, latency_s=4.04)
EYES = Coverage(
    t_mono_ns=0,
    sensor="eyes",
    sense="sight",
    azimuth_deg=359.7,
    width_deg=42.4,
    lowest_elevation_deg=-2.2,
    highest_elevation_deg=31.8,
    reach_m=0.0,
    probability=0.0,
    latency_s=2.9,
    reference="vehicle",
    notes=("dark", "[red]too few pictures\x1b"),
)
DEAF = Finding(about="ears", name="deaf", grade="warn", words="it hears 12 dB less", touch="look at its cover")


def part(name: str) -> SensorStatus:
    return SensorStatus(name=name, driver="x", state="running", sentence="well", since_mono_ns=0, restarts=0, pid=1)


def sent(*findings: Finding, coverage: tuple[Coverage, ...] = (), sensors: tuple[str, ...] = ("ears", "eyes")) -> bytes:
    status = NodeStatus(
        name="roof",
        verdict="amber",
        sentence="as it is",
        sensors=tuple(map(part, sensors)),
        hub=part("hub"),
        t_mono_ns=NOW_NS,
        findings=findings,
        coverage=coverage,
    )
    return wire.encode_status(status, reports={}, place=None, counters={}, clock=CLOCK, epoch=7, seq=1, now_mono_ns=NOW_NS)


def said(payload: bytes) -> dict[str, Any]:
    return wire.decode(b"s/01234567", payload)


def test_what_is_found_and_covered_comes_back() -> None:
    told = said(sent(DEAF, coverage=(EARS, EYES)))
    assert told["findings"] == [
        {"about": "ears", "name": "deaf", "grade": "warn", "words": "it hears 12 dB less", "touch": "look at its cover"}
    ]
    ears, eyes = told["coverage"]
    assert (ears["sensor"], ears["sense"], ears["reach_m"], ears["probability_percent"], ears["latency_s"]) == (
        "ears",
        "sound",
        130,
        85,
        4.1,
    )
    assert (ears["azimuth_deg"], ears["width_deg"], ears["lowest_elevation_deg"], ears["highest_elevation_deg"]) == (0, 360, -10, 90)
    assert (eyes["azimuth_deg"], eyes["width_deg"], eyes["reach_m"], eyes["reference"]) == (0, 42, 0, "vehicle")
    assert eyes["notes"] == ["dark", "[red]too few pictures\x1b"]


def test_it_takes_few_bytes() -> None:
    assert len(sent(DEAF, coverage=(EARS, EYES))) - len(sent()) < 130
    assert len(sent(coverage=(EARS,))) - len(sent()) < 16


def test_an_older_node_says_neither_and_an_older_reader_passes_over_both() -> None:
    row = msgspec.msgpack.decode(sent(DEAF, coverage=(EARS,)))
    older = said(msgspec.msgpack.encode(row[:14]))
    assert (older["findings"], older["coverage"]) == ([], [])
    told = said(sent())
    assert (told["findings"], told["coverage"]) == ([], [])


def test_the_worst_that_a_node_can_say_is_one_message_and_what_points_nowhere_is_left_out() -> None:
    names = tuple(f"sensor-{number}-{'x' * 20}" for number in range(63))
    wide = tuple(msgspec.structs.replace(EYES, sensor=name, notes=("é" * 999,) * 9) for name in (*names, "nobody"))
    payload = sent(*[msgspec.structs.replace(DEAF, words="é" * 999, touch="é" * 999)] * 64, coverage=wide, sensors=names)
    assert len(payload) < wire.MOST_BYTES
    assert len(said(payload)["coverage"]) == 63


def test_the_page_of_c2_has_both_in_words() -> None:
    row = dict(zip(FIELDS["nodes"], node_row("01234567", None, said(sent(DEAF, coverage=(EARS, EYES)))), strict=True))
    assert row["covers"] == [
        ("ears", "by sound all around, -10 to 90 up, 130 m, 85 % within 4 s"),
        ("eyes", "blind: dark, [red]too few pictures·"),
    ]
    assert row["findings"] == [("ears", "it hears 12 dB less: look at its cover")]
    unsaid = dict(zip(FIELDS["nodes"], node_row("01234567", None, {}), strict=True))
    assert (unsaid["covers"], unsaid["findings"]) == ([], [])


def test_c2_shows_what_each_sensor_covers_and_what_is_not_well() -> None:
    picture, paper = Picture(), StringIO()
    picture.take({**said(sent(DEAF, coverage=(EARS, EYES))), "node": "roof", "node8": "01234567", "kind": "status"}, 10.0)
    Console(width=220, file=paper).print(draw(picture, 10.0))
    shown = " ".join(paper.getvalue().split())
    assert "roof ears sound all around -10 to 90 130 85 4" in shown
    assert "roof eyes sight 0±21 of its front -2 to 32 blind dark, [red]too few pictures?" in shown
    assert "roof ears warn deaf it hears 12 dB less look at its cover" in shown
