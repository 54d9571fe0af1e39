"""A radio link on the wire: it comes back, it is small, and what no node says is refused."""

from __future__ import annotations

from random import Random
from typing import get_args

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from edge_node.messages import Emission, LinkKind
from edge_node.publish import wire
from tests.edge_node.publish.scene import CLOCK, NOW_NS, full_track, link_track
from tests.edge_node.publish.test_wire import TOPIC, numbers, sent, within

emissions = st.builds(
    Emission,
    link=st.sampled_from(get_args(LinkKind)),
    alarm=st.booleans(),
    probability=numbers(0, 1),
    center_hz=st.none() | numbers(1e6, 1e11),
    bandwidth_hz=numbers(0, 1e9),
    channels=st.integers(0, 255),
    span_hz=st.none() | numbers(0, 1e10),
    grid=st.none() | st.text(min_size=1, max_size=4),
    snr_db=numbers(-100, 100),
    level_dbfs=numbers(-300, 100),
    level_rate_db_s=st.none() | numbers(-100, 100),
    packet_rate_hz=st.none() | numbers(0, 10_000),
    carrier_offset_hz=st.none() | numbers(-1e7, 1e7),
)


@given(emissions)
def test_a_radio_link_comes_back_within_half_a_step(heard: Emission) -> None:
    track = link_track(1)
    said = sent(replace(track, emission=heard, first_seen_mono_ns=track.t_mono_ns - 42_400_000_000))["tracks"][0]["emission"]
    assert (said["link"], said["alarm"], said["grid"]) == (heard.link, "raised" if heard.alarm else "withdrawn", heard.grid)
    assert (said["channels"] or 0, said["heard_for_s"]) == (heard.channels, 42)
    assert within(said["probability_percent"], 100 * heard.probability, 0.5)
    half_steps = {"center_hz": 500, "bandwidth_hz": 500, "span_hz": 500, "packet_rate_hz": 0.05, "carrier_offset_hz": 5}
    for name, half_step in half_steps.items():
        assert within(said[name], getattr(heard, name), half_step), name
    assert within(said["snr_db"], heard.snr_db, 0.5)
    assert within(said["level_dbfs"], heard.level_dbfs, 0.5)
    assert within(said["level_rate_dbps"], heard.level_rate_db_s, 0.005)
    assert sent(full_track(1, Random(1)))["tracks"][0]["emission"] is None


def test_a_frequency_in_whole_kilohertz_stays_whole() -> None:
    track = link_track(1)
    assert sent(track)["tracks"][0]["emission"]["center_hz"] == 866_425_000


def test_all_that_is_said_of_a_radio_link_takes_at_most_64_bytes() -> None:
    told = [link_track(1000 + place) for place in range(10)]
    assert (len(TOPIC) + len(wire.encode_tracks(told, CLOCK, 4_000_000_000, 100_000, NOW_NS))) / 10 <= 64


@pytest.mark.parametrize("wrong", [{8: 300}, {8: -1}, {10: "x" * 17}, {10: 7}, {0: -1}, {2: 2**40}, {1: 101}, {12: "long"}], ids=str)
def test_what_no_node_says_of_a_link_is_refused(wrong: dict[int, object]) -> None:
    batch = msgpack.unpackb(wire.encode_tracks([link_track(1)], CLOCK, 7, 9, NOW_NS))
    for place, value in wrong.items():
        batch[8][0][15][place] = value
    with pytest.raises(wire.WireError):
        wire.decode(TOPIC, msgpack.packb(batch))
