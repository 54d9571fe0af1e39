from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import msgpack
import msgspec
import pytest
from msgspec.structs import replace

from edge_node.messages import Sight, Sound
from edge_node.publish import wire
from edge_node.publish.noted import Noted, Spot
from edge_node.publish.reliable_schema import Row
from edge_node.publish.reliable_wire import encode_event
from edge_node.timebase import Timebase
from tests.edge_node.publish.scene import CLOCK, NOW_NS, bearing_track, full_track, link_track
from tools.c2.history import events, judged, plain, received, sentence, told
from tools.c2.store import Store
from tools.wire_example import judged_track, target_track


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(tmp_path)
    yield opened
    opened.close()


def keep(store: Store, *payloads: bytes, stream: str = "events", shift_ms: int | None = None) -> None:
    rows = [Row(seq, NOW_NS // 1_000_000, payload) for seq, payload in enumerate(payloads, 1)]
    store.add("roof", time.monotonic_ns(), stream, rows, shift_ms)
    store.commit()


def event(noted: Noted, clock: Timebase = CLOCK) -> bytes:
    return encode_event(noted, clock, 7, NOW_NS)


def test_events_are_told_in_words(store: Store) -> None:
    track = full_track(4, Random(4))
    trail = (Spot(NOW_NS, 56.9, 24.1), Spot(NOW_NS, 56.9, 24.2))
    keep(store, event(Noted(event="audit", words="the hub has started")), shift_ms=CLOCK.offset_ns // 1_000_000)
    keep(store, event(Noted(event="lost", track=track, trail=trail)), event(Noted(event="merged", track=track, other=9)))
    keep(store, event(Noted(event="health", about="wifi", verdict="amber", words="no dongle")), b"\xc1")
    told = [sentence(one) for one in events(store)]
    assert told[0] == "2026-09-21 15:36:40  roof             audit  the hub has started"
    assert told[1] == "2026-09-21 15:36:40 (clock not vouched for)  roof             track 4 lost  1588E040445AC0000004  after 2 places"
    assert "track 4 merged  into track 9" in told[2]
    assert "health  wifi  amber  no dongle" in told[3]
    assert "row 2 cannot be read" in told[4]
    assert len(list(events(store, newest=2))) == 2
    assert list(events(store, node="yard")) == []


def test_an_event_of_a_sound_says_what_was_heard(store: Store) -> None:
    heard = replace(bearing_track(5, Random(5)), sound=Sound(label="fixed_wing", probability=0.9, level_db=-40.0, snr_db=6.0))
    keep(store, event(Noted(event="confirmed", track=heard)))
    assert next(map(sentence, events(store))).endswith("track 5 confirmed  fixed-wing heard, 90 %")


def test_an_event_and_the_history_of_a_sight_say_what_was_seen(store: Store) -> None:
    sight = Sight(label="bird", probability=0.03, label_probability=0.91, snr=9.0, size_deg=0.2)
    seen = replace(bearing_track(5, Random(5)), sight=sight)
    keep(store, event(Noted(event="confirmed", track=seen)))
    keep(store, wire.encode_tracks([seen], CLOCK, 7, 0, NOW_NS), stream="history")
    assert next(map(sentence, events(store))).endswith("track 5 confirmed  bird seen, 91 %")
    (row,) = events(store, "history")
    assert (row["tracks"][0]["sight"]["label"], row["tracks"][0]["sight"]["size_deg"]) == ("bird", 0.2)


def test_an_event_and_the_history_of_a_link_say_what_was_received(store: Store) -> None:
    keep(store, event(Noted(event="confirmed", track=link_track(5))))
    keep(store, wire.encode_tracks([link_track(5)], CLOCK, 7, 0, NOW_NS), stream="history")
    assert next(map(sentence, events(store))).endswith("track 5 confirmed  ELRS 900 link 866.4 MHz, 50 packets/s, getting stronger")
    (row,) = events(store, "history")
    assert (row["tracks"][0]["emission"]["link"], row["tracks"][0]["emission"]["channels"]) == ("elrs_900", 13)


def test_an_event_of_a_target_says_what_another_sensor_told(store: Store) -> None:
    keep(store, event(Noted(event="confirmed", track=target_track())))
    assert next(map(sentence, events(store))).endswith("track 1021 confirmed  aeroplane DLH4AB 3C6444, 95 %")
    unsure = {"label": "unknown", "label_probability_percent": None, "probability_percent": 90, "ids": []}
    assert (told({"target": unsure}), told({"target": {**unsure, "probability_percent": None}})) == ("drone", "something")
    assert told({"target": None}) == told({}) == ""


def test_links_have_words_whatever_is_known_of_them() -> None:
    none = dict.fromkeys(("center_hz", "packet_rate_hz", "level_rate_dbps"))
    assert (
        received({"emission": {**none, "link": "analog_video", "alarm": "raised", "center_hz": 5.8e9}}) == "analog video sender 5800.0 MHz"
    )
    assert received({"emission": {**none, "link": "wmbus", "alarm": "withdrawn", "level_rate_dbps": -0.3}}) == (
        "wmbus link, getting weaker, no drone's after all"
    )
    assert received({"emission": {**none, "link": None, "alarm": None}}) == "unknown link"
    assert received({"emission": None}) == received({}) == ""


def test_history_is_told_as_tracks_and_all_of_it_is_json(store: Store) -> None:
    keep(store, wire.encode_tracks([full_track(4, Random(4))], CLOCK, 7, 0, NOW_NS), b"", stream="history")
    told = list(events(store, "history"))
    assert told[0]["tracks"][0]["number"] == 4
    assert "malformed" in told[1]
    for one in told:
        assert msgspec.json.decode(msgspec.json.encode(one))["node"] == "roof"


@pytest.mark.parametrize("t_utc_ms", [0, 2**53])
@pytest.mark.parametrize("shift_ms", [None, 2**53, -(2**53)])
def test_a_time_that_no_calendar_holds_is_told_all_the_same(t_utc_ms: int, shift_ms: int | None, store: Store) -> None:
    keep(store, msgpack.packb([1, 1, 10, t_utc_ms, None, "words"]), shift_ms=shift_ms)
    (told,) = events(store)
    assert "words" in sentence(told)


def test_what_a_node_says_moves_no_cursor(store: Store) -> None:
    keep(store, event(Noted(event="audit", words="a\x1b[2Jb\nc\u202ed", about="\x07x")))
    (told,) = events(store)
    assert sentence(told).isprintable()
    assert plain("a\x1b[2J\u202e") == "a?[2J?"


def test_an_event_says_what_all_sensors_make_of_it(store: Store) -> None:
    keep(store, event(Noted(event="confirmed", track=judged_track())))
    assert next(map(sentence, events(store))).endswith(
        "track 1022 confirmed  is multirotor 93 %, climbs 2.1 m/s, approaches reactor in 74 s"
    )
    said = {"label": "unknown", "label_probability_percent": None, "probabilities": {"multirotor": 50, "fixed_wing": 32}}
    said |= {"existence_percent": 62, "claim_percent": 7, "behaviour": []}
    assert judged({"judgement": said}) == "is drone 82 %, there 62 %, where it says 7 %"
    assert judged({"judgement": {**said, "probabilities": {"bird": 40}, "existence_percent": 90, "claim_percent": None}}) == ""
    assert judged({"judgement": None}) == judged({}) == ""
