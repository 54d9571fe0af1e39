"""Packets that two ears hear, and pieces of them."""

from __future__ import annotations

from msgspec import structs

from edge_node.radio.links.finding import Frame
from edge_node.radio.tracks.heard import Heard
from edge_node.radio.tracks.waiting import MOST, Waiting
from tests.edge_node.radio.tracks.test_tracks import heard


def framed(one: Heard, begins_s: float = 0.0, duration_s: float = 4.38e-3) -> Heard:
    finding = structs.replace(one.finding, frame=Frame(begins_s, duration_s))
    return Heard.of(one.burst, finding, one.t_s, one.t_mono_ns)


def told(*packets: Heard) -> list[Heard]:
    waiting = Waiting()
    for one in packets:
        waiting.add(one)
    return waiting.ready(10**12)


def test_a_packet_that_both_hear_is_told_once_by_its_symbols_whichever_comes_first() -> None:
    rough, fine = heard(1.0003, 866e6, air_s=3e-3), framed(heard(1.0, 866e6))
    assert [one.t_s for one in told(rough, fine)] == [1.0]
    assert [one.t_s for one in told(fine, rough)] == [1.0]


def test_a_frame_tells_when_its_packet_begins_and_how_long_it_is() -> None:
    one = framed(heard(1.0, 866e6), begins_s=0.5e-3, duration_s=8e-3)
    assert (one.t_s, one.t_mono_ns, one.burst.duration_s) == (1.0005, 1_000_500_000, 8e-3)


def test_the_next_packet_and_one_on_another_channel_are_others() -> None:
    assert len(told(framed(heard(1.0, 866e6)), framed(heard(1.005, 866e6)), framed(heard(1.001, 866.525e6)))) == 3


def test_what_nobody_knows_within_a_packet_is_a_piece_of_it() -> None:
    piece, packet = heard(1.001, 866e6, air_s=1e-3, link="unknown", parameters={}), framed(heard(1.0, 866e6))
    assert [one.finding.link for one in told(piece, packet)] == ["lora"]
    assert [one.finding.link for one in told(packet, piece)] == ["lora"]


def test_they_wait_for_each_other_in_time_order_and_are_bounded() -> None:
    waiting = Waiting()
    for t_s in (3.0, 1.0, 2.0):
        waiting.add(heard(t_s, 866e6))
    assert [one.t_s for one in waiting.ready(2_500_000_000)] == [1.0, 2.0]
    for k in range(MOST + 10):
        waiting.add(heard(4.0 + k, 866e6))
    assert len(waiting.ready(0)) == 11


def test_an_image_of_a_strong_packet_comes_and_goes_with_it_and_is_not_told() -> None:
    strong, image = framed(heard(1.0, 866e6, level=-20)), heard(1.00001, 865.1e6, level=-45, link="fsk", parameters={})
    assert [one.carrier_hz for one in told(strong, image)] == [866e6]
    assert [one.carrier_hz for one in told(image, strong)] == [866e6]
    assert len(told(strong, heard(1.0008, 865.1e6, level=-45, link="fsk", parameters={}))) == 2, "it begins by itself"
    assert len(told(strong, heard(1.00001, 865.1e6, level=-25, link="fsk", parameters={}))) == 2, "it is as strong"
