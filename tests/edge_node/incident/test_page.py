"""The incident page of anything: hostile words, numbers that are none, nothing at all, and far too much."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.incident.map import round_below
from edge_node.incident.page import MOST_STORIES, render
from edge_node.incident.redaction import Redaction, persons_of
from edge_node.incident.suspicions import WORDS, in_words
from edge_node.incident.told import Claim, Hashed, Here, Incident, State, Story
from edge_node.interop.moment import Moment
from edge_node.messages import Identity, Suspicion, Track, UasId
from edge_node.picture.timeline import Lane
from edge_node.timebase import Timebase
from tests.edge_node.interop import hostile
from tests.edge_node.interop.scene import flown, heard, linked

HERE = Here("fixed", 56.9496, 24.1052, 35.0)
EVIL = "<script>alert(1)</script>\"'&\x00\u2028</svg>"
VOID = {"meta", "br", "img"}


def story(*tracks: Track, **more: Any) -> Story:
    lane = Lane(f"{tracks[0].number} {EVIL}", 0.0, 5.0, 1.0, 4.0)
    return Story(lane, tuple(State(float(n), track) for n, track in enumerate(tracks)), **more)


def incident(*stories: Story, **more: Any) -> Incident:
    stated: dict[str, Any] = {
        "title": "x", "node": "n", "version": "1", "role": "investigator", "source": "Live.", "why": (), "begin_mono_ns": 0,
        "seconds": 10.0, "clock": Timebase(1_795_000_000_000_000_000, "system", 0.01), "here": HERE, "moving": False,
        "verdict": "green", "sentence": "",
        "findings": (), "sensors": (), "strips": (), "files": (Hashed("a.wav", 3, "00"),),
    }  # fmt: skip
    return Incident(stories=stories, **(stated | more))


class Whole(HTMLParser):
    """Fails where an element is not closed, or a script or an event handler is there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag != "script"
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_page_is_whole() -> None:
    told = incident(story(*map(flown, range(5))), story(*map(heard, range(5))), story(linked(1)))
    text = render(told)
    Whole(text)
    assert "times by the system&#x27;s clock, ± 10 ms (1 sigma)" in text
    assert text.count("<ellipse") == 2, "what two tracks have of errors in the sky"
    assert "<polygon" in text, "a direction whose range nobody knows"


def test_hostile_words_are_words() -> None:
    claimed = Identity(ids=(UasId("serial_number", EVIL),), operator_id=EVIL, self_id=EVIL, ua_type=EVIL, transmitters=(EVIL,))
    track = replace(flown(1), identity=claimed, suspicions=(Suspicion(EVIL, 0.5, EVIL),), flags=(EVIL,), sensors=(EVIL,))
    told = incident(story(track), title=EVIL, node=EVIL, why=(EVIL,), sentence=EVIL, cut=EVIL, files=(Hashed(EVIL, 1, EVIL),))
    text = render(told)
    Whole(text)
    assert "<script" not in text


@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(hostile.moments, min_size=1, max_size=4), st.booleans())
def test_nothing_breaks_it(moments: list[Moment], moving: bool) -> None:
    tracks = [one.track for one in moments]
    Whole(render(incident(story(*tracks), moving=moving)))
    Whole(render(incident(*(story(Redaction("public", b"k", persons_of(tracks)).way([one])[0]) for one in tracks), here=None)))


def test_a_flood_is_counted() -> None:
    told = incident(*(story(flown(1, number)) for number in range(MOST_STORIES + 60)))
    assert "60 more tracks are left out of this page." in render(told)
    assert len(render(told)) < 300_000


def test_an_empty_recording_has_a_page_too() -> None:
    text = render(incident(here=None, verdict=None, clock=Timebase(0, "unknown", None), cut="the power went"))
    Whole(text)
    assert "nobody vouches for the node&#x27;s clock" in text
    assert "there is no map" in text
    assert "The recording is cut: the power went." in text


def test_who_is_told_roughly_where_the_node_is_sees_nothing_drawn_from_it() -> None:
    exact = render(incident(story(flown(1)), story(heard(1))))
    rough = render(incident(story(flown(1)), story(heard(1)), here=Here("fixed", 56.95, 24.1, 50.0, 500.0, rough=True)))
    assert ">node</text>" in exact
    assert "<polygon" in exact
    for from_the_node in (">node</text>", "<polygon"):
        assert from_the_node not in rough
    assert "near 56.95, 24.10, to a kilometre" in rough


def test_what_is_too_far_for_the_map_is_named() -> None:
    far = story(linked(1), claims=(Claim(1.0, 0.0, 0.0),))
    text = render(incident(far, story(flown(2))))
    assert "further than 20 km, and not drawn: 5" in text


@pytest.mark.parametrize(("value", "below"), [(1.0, 1.0), (9.0, 5.0), (10.0, 10.0), (66.0, 50.0), (199.0, 100.0), (2_500.0, 2_000.0)])
def test_scales_are_round(value: float, below: float) -> None:
    assert round_below(value) == below


def test_every_flag_that_the_page_of_remote_id_lists_has_a_sentence() -> None:
    assert in_words("claim_without_body") == "nothing is where it claims to be, though it would be sensed there"
    assert in_words("operator_latitude_out_of_range") == "operator latitude out of range"
    assert all(words == words.strip() and not words.endswith(".") for words in WORDS.values())
