from __future__ import annotations

import math
from contextlib import suppress
from random import Random
from typing import Any, get_args

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.messages import SensorState, Verdict
from edge_node.publish import reliable_schema as schema
from edge_node.publish.journal import MOST_SPOTS
from edge_node.publish.noted import CommandOutcome, Noted, NotedKind, Spot
from edge_node.publish.reliable_wire import WireError, decode_event, encode_event, message, read_down, read_up
from edge_node.publish.scaling import from_wire
from edge_node.timebase import Timebase
from tests.edge_node.publish.scene import CLOCK, NOW_NS, bearing_track, full_track
from tests.edge_node.publish.test_wire import anything, numbers, text, wild, within

HEAD = {"name": "roof", "version": "0.1", "t_utc_ms": 5, "clock_sigma_s": 0.0011}
KEY = "k" * 40
ROW = (1, 2, b"\x90")
UP: dict[type[schema.Head], dict[str, Any]] = {
    schema.Hello: HEAD,
    schema.Rows: {
        "epoch": 7,
        "stream": "events",
        "after": 0,
        "now_mono_ms": None,
        "t_utc_ms": 5,
        "clock_sigma_s": None,
        "rows": [ROW, (3, 2, b"")],
    },
    schema.Receipt: {"id": "c1", "outcome": "expired", "words": "too late"},
    schema.NextKey: {"key": KEY},
}
DOWN: dict[type[schema.Head], dict[str, Any]] = {
    schema.Welcome: {"name": "roof", "next_server_key": KEY, "t_utc_ms": 9},
    schema.Ack: {"epoch": 2**63 - 1, "seq": 2**63 - 1},
    schema.Denied: {"words": "revoked"},
    schema.Busy: {"words": "full"},
    schema.Command: {"id": "c1", "name": "point", "arguments": {"a": 1.5, "b": "x", "c": None}, "valid_ms": 5, "sent_utc_ms": 9},
    schema.KeyTaken: {"key": KEY},
}


def test_every_kind_of_message_is_tried() -> None:
    assert set(UP) == set(schema.UP.values())
    assert set(DOWN) == set(schema.DOWN.values())


@pytest.mark.parametrize(("kind", "said"), [*UP.items(), *DOWN.items()], ids=lambda one: getattr(one, "__name__", ""))
def test_a_message_comes_back_as_it_was_said(kind: type[schema.Head], said: dict[str, Any]) -> None:
    read = (read_up if kind in UP else read_down)(message(kind, **said))
    assert type(read) is kind
    told = from_wire(read)
    if "clock_sigma_s" in said and said["clock_sigma_s"] is not None:
        assert 0 <= told.pop("clock_sigma_s") - said["clock_sigma_s"] < 0.001
    rows = told.pop("rows", ())
    assert [(row.seq, row.t_mono_ms, row.payload) for row in rows] == said.get("rows", [])
    assert {name: told[name] for name in said if name in told} == {name: said[name] for name in said if name in told}
    assert (told["major"], told["minor"]) == (schema_major(), 8)


def schema_major() -> int:
    return int(msgpack.unpackb(message(schema.Ack, epoch=1, seq=1))[0])


def test_a_field_that_must_be_said_is_asked_for() -> None:
    with pytest.raises(TypeError, match="Ack lacks a field"):
        message(schema.Ack, epoch=1)


def test_plain_msgpack_reads_it() -> None:
    assert msgpack.unpackb(message(schema.Ack, epoch=5, seq=9)) == [1, 8, 2, 5, 9]
    assert msgpack.unpackb(message(schema.Rows, **UP[schema.Rows]))[-1] == [[1, 2, b"\x90"], [3, 2, b""]]


def test_a_newer_minor_is_read_an_unknown_kind_ignored_and_another_major_refused() -> None:
    assert read_down(msgpack.packb([1, 9, 2, 5, 9, "new", [1]])) == schema.Ack(1, 9, 2, 5, 9)
    assert read_down(msgpack.packb([1, 9, 77, "whatever"])) is None
    assert read_up(msgpack.packb([1, 9, 0])) is None
    for read in (read_up, read_down):
        with pytest.raises(WireError, match=r"wire version 2\.0"):
            read(msgpack.packb([2, 0, "all else may differ"]))


@pytest.mark.parametrize(
    "told",
    [
        [1, 1, 2, -1, 5],
        [1, 1, 2, 2**63, 5],
        [1, 1, 2, 5],
        [1, 1, 5, "", "report", {}, 5, 5],
        [1, 1, 5, "x" * 65, "report", {}, 5, 5],
        [1, 1, 5, "x", "report", {"a": [1]}, 5, 5],
        [1, 1, 5, "x", "report", {f"{number}": 1 for number in range(17)}, 5, 5],
        [1, 1, 5, "x", "report", {"x" * 65: 1}, 5, 5],
        [1, 1, 5, "x", "report", {}, 86_400_001, 5],
        [1, 1, 3, "x" * 257],
        [1, 1, 6, "x" * 39],
        [1, 1, "2", 5, 5],
        {"major": 1},
        None,
    ],
)
def test_what_c2_may_not_say_is_refused(told: object) -> None:
    with pytest.raises(WireError):
        read_down(msgpack.packb(told))


@pytest.mark.parametrize(
    "change",
    [
        {"epoch": 2**63},
        {"t_utc_ms": 2**53 + 1},
        {"rows": [(1, 1, b"")] * 513},
        {"rows": [(1, 1, bytes(48_001))]},
        {"rows": [(1, 2**53 + 1, b"")]},
        {"rows": [(2**63, 1, b"")]},
        {"rows": [(1, 1)]},
        {"rows": [(1, 1, "text")]},
        {"rows": None},
    ],
)
def test_what_a_node_may_not_say_is_refused(change: dict[str, Any]) -> None:
    plain = {"epoch": 7, "t_utc_ms": 5, "rows": []} | change
    with pytest.raises(WireError):
        read_up(msgpack.packb([1, 1, 2, plain["epoch"], 1, 0, None, plain["t_utc_ms"], None, plain["rows"]]))


def test_a_full_batch_and_the_longest_row_fit_into_what_c2_takes() -> None:
    said = UP[schema.Rows] | {"epoch": 2**63 - 1, "after": 2**63 - 1, "now_mono_ms": 2**53, "t_utc_ms": 2**53, "clock_sigma_s": 60.0}
    rows = [(2**63 - 1, 2**53, bytes(50))] * schema.MOST_ROWS
    assert len(message(schema.Rows, **said | {"rows": rows})) < 64 * 1024
    assert len(message(schema.Rows, **said | {"rows": [(2**63 - 1, 2**53, bytes(schema.MOST_ROW_BYTES))]})) < 64 * 1024


spots = st.builds(
    Spot,
    t_mono_ns=st.integers(NOW_NS - 10**13, NOW_NS),
    latitude_deg=st.none() | numbers(-90, 90),
    longitude_deg=st.none() | numbers(-180, 180),
    altitude_wgs84_m=st.none() | numbers(-500, 50_000),
    azimuth_deg=st.none() | numbers(0, 359.9),
    elevation_deg=st.none() | numbers(-90, 90),
)
noted = st.builds(
    Noted,
    event=st.sampled_from(get_args(NotedKind)),
    words=st.none() | st.text(st.characters(max_codepoint=0x2FF, exclude_categories=["Cs"]), max_size=100),
    about=st.none() | st.text(st.characters(max_codepoint=0x7F), max_size=64),
    verdict=st.none() | st.sampled_from(get_args(Verdict)),
    sensor_state=st.none() | st.sampled_from(get_args(SensorState)),
    outcome=st.none() | st.sampled_from(get_args(CommandOutcome)),
    track=st.none() | st.integers(1, 9).map(lambda seed: full_track(seed, Random(seed))) | st.just(bearing_track(3, Random(3))),
    other=st.none() | st.integers(0, 2**32 - 1),
    trail=st.lists(spots, max_size=MOST_SPOTS + 1).map(lambda trail: tuple(sorted(trail, key=lambda spot: spot.t_mono_ns))),
)


@given(noted)
def test_every_kind_of_event_comes_back_within_its_steps(one: Noted) -> None:
    said = decode_event(encode_event(one, CLOCK, 7, NOW_NS))
    assert {name: said[name] for name in ("event", "about", "verdict", "sensor_state", "outcome", "other")} == {
        name: getattr(one, name) for name in ("event", "about", "verdict", "sensor_state", "outcome", "other")
    }
    assert said["words"] == one.words
    assert abs(said["t_utc_ms"] - CLOCK.utc_ns(NOW_NS) / 1e6) <= 0.5
    assert (said["clock_sigma_s"], said["epoch"]) == (0.004, 7 if one.track else None)
    assert (said["track"] and said["track"]["number"]) == (one.track and one.track.number)
    assert len(said["trail"]) == len(one.trail)
    for told, truth in zip(said["trail"], one.trail, strict=True):
        assert abs(told["t_utc_ms"] - CLOCK.utc_ns(truth.t_mono_ns) / 1e6) <= 101
        assert within(told["latitude_deg"], truth.latitude_deg, 0.5e-6)
        assert within(told["longitude_deg"], truth.longitude_deg, 0.5e-6)
        assert within(told["altitude_wgs84_m"], truth.altitude_wgs84_m, 0.5)
        assert within(told["elevation_deg"], truth.elevation_deg, 0.05)
        if truth.azimuth_deg is None:
            assert told["azimuth_deg"] is None
        else:
            assert abs((told["azimuth_deg"] - truth.azimuth_deg + 180) % 360 - 180) <= 0.0501


def test_the_track_of_an_event_is_as_it_was_then() -> None:
    track = replace(full_track(3, Random(3)), sensors=("wifi",), flags=("speed_impossible",))
    said = decode_event(encode_event(Noted(event="confirmed", track=track), CLOCK, 7, NOW_NS))["track"]
    assert (said["sensors"], said["flags"], said["state"]) == (["wifi"], ["speed_impossible"], "confirmed")
    assert abs(said["age_s"] - (NOW_NS - track.t_mono_ns) / 1e9) <= 0.005001
    assert track.kinematics is not None
    assert within(said["kinematics"]["latitude_deg"], track.kinematics.latitude_deg, 0.5e-7)
    assert said["identity"]["ids"] == [{"type": "serial_number", "value": "1588E040445AC0000003"}]


wild_spots = st.builds(
    Spot,
    t_mono_ns=st.integers(-(2**62), 2**62),
    latitude_deg=anything,
    longitude_deg=anything,
    altitude_wgs84_m=anything,
    azimuth_deg=anything,
    elevation_deg=anything,
)


wild_noted = st.builds(
    Noted, event=st.just("lost"), track=st.none() | wild, words=text, about=text, trail=st.lists(wild_spots, max_size=5).map(tuple)
)


@given(wild_noted, st.integers(-(2**62), 2**62), st.none() | anything)
def test_nothing_that_an_event_holds_raises_and_all_of_it_can_be_read(one: Noted, offset_ns: int, sigma_s: float | None) -> None:
    said = decode_event(encode_event(one, Timebase(offset_ns, "system", sigma_s), 7, NOW_NS))
    assert said["event"] == "lost"
    assert len(said["trail"]) <= len(one.trail)


def test_events_are_small() -> None:
    track = full_track(3, Random(3))
    assert len(encode_event(Noted(event="confirmed", track=track), CLOCK, 7, NOW_NS)) <= 140
    trail = tuple(
        Spot(NOW_NS - 10**9 * number, 56.9 + number / 1e4, 24.1 - number / 1e4, 120.0 + number) for number in range(MOST_SPOTS, 0, -1)
    )
    assert len(encode_event(Noted(event="lost", track=track, trail=trail), CLOCK, 7, NOW_NS)) <= 140 + 20 * MOST_SPOTS


def test_a_newer_minor_of_an_event_is_read() -> None:
    event = msgpack.unpackb(encode_event(Noted(event="lost", track=full_track(1, Random(1)), words="x"), CLOCK, 7, NOW_NS))
    event[1] = 9
    event += [None] * (len(schema.EventRecord.__struct_fields__) - len(event)) + [{"new": 1}]
    said = decode_event(msgpack.packb(event))
    assert (said["event"], said["minor"]) == ("lost", 9)
    event[2] = 31
    assert decode_event(msgpack.packb(event))["event"] is None


BOMBS = [
    b"\x91" * 5000,
    b"\x81" * 5000,
    b"\xdd\xff\xff\xff\xff",
    b"\xdf\xff\xff\xff\xff",
    b"\xc6\xff\xff\xff\xff",
    b"\xdb\xff\xff\xff\xff",
    b"\xc9\xff\xff\xff\xff\x01",
]


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("before", [b"", b"\x9f\x01\x01\x02", b"\x9f\x01\x01\x05\xa1x\xa1y", b"\x93\x01\x01\x01"])
def test_nesting_and_lengths_that_lie_are_refused(bomb: bytes, before: bytes) -> None:
    for read in (read_up, read_down, decode_event):
        with pytest.raises(WireError):
            read(before + bomb)


@given(st.binary(max_size=200))
def test_noise_is_refused_and_nothing_else_is_raised(noise: bytes) -> None:
    for read in (read_up, read_down, decode_event):
        with pytest.raises(WireError):
            read(noise)


SOUND = [message(kind, **said) for kind, said in (UP | DOWN).items()]
EVENT = encode_event(
    Noted(
        event="lost", words="w", about="a", track=full_track(1, Random(1)), trail=(Spot(NOW_NS, 1.0, 2.0), Spot(NOW_NS, azimuth_deg=3.0))
    ),
    CLOCK,
    7,
    NOW_NS,
)


@given(st.sampled_from([*SOUND, EVENT]), st.data())
def test_what_is_damaged_is_read_or_refused_and_nothing_else_is_raised(sound: bytes, data: st.DataObject) -> None:
    payload = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 5))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    del payload[data.draw(st.integers(0, len(payload))) :]
    for read in (read_up, read_down):
        with suppress(WireError):
            read(bytes(payload))
    with suppress(WireError):
        said = decode_event(bytes(payload))
        assert math.isfinite(said["t_utc_ms"])
