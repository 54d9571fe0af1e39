"""MAVLink's framing: frames of its own library, in any pieces, after any garbage."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.mavlink import MOST_FRAME_BYTES, Mavlink, crc
from tests.drivers.mavlink_frames import FRAMES, OPEN_DRONE_ID

KNOWN = {name: frame for name, frame in FRAMES.items() if name != "ATTITUDE"}
ATTITUDE = FRAMES["ATTITUDE"]


def walk(chunks: list[bytes]) -> list[bytes]:
    """The frames of a line that then falls silent."""
    mavlink = Mavlink()
    return [message.frame for chunk in chunks for message in mavlink.feed(chunk)] + [message.frame for message in mavlink.quiet()]


def test_the_checks_own_check_value() -> None:
    assert crc(b"123456789") == 0x6F91


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_frame_of_each_message(name: str) -> None:
    mavlink = Mavlink()
    assert [message.frame for message in mavlink.feed(KNOWN[name])] == [KNOWN[name]]
    assert mavlink.garbled == 0


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_frame_with_any_bit_wrong_is_refused(name: str) -> None:
    frame = KNOWN[name]
    checked = len(frame) - (13 if name.endswith("SIGNED") else 0)
    for at in range(1, checked):
        wrong = frame[:at] + bytes([frame[at] ^ 0x10]) + frame[at + 1 :]
        assert frame not in walk([wrong])
        assert OPEN_DRONE_ID[0] in walk([wrong + OPEN_DRONE_ID[0] * 8])


@given(sent=st.lists(st.sampled_from(sorted(FRAMES.values())), max_size=8), cuts=st.lists(st.integers(0, 900), max_size=8))
def test_any_pieces_make_the_same_frames(sent: list[bytes], cuts: list[int]) -> None:
    line = b"".join(sent)
    edges = sorted({0, len(line), *(min(cut, len(line)) for cut in cuts)})
    assert walk([line[start:end] for start, end in pairwise(edges)]) == [frame for frame in sent if frame != ATTITUDE]


@given(garbage=st.binary(max_size=600), cut=st.integers(0, 600))
def test_any_garbage_is_passed_over(garbage: bytes, cut: int) -> None:
    found = walk([garbage[:cut], garbage[cut:] + FRAMES["LOCATION"] * 8])
    assert found[-1] == FRAMES["LOCATION"]


@given(chunks=st.lists(st.binary(max_size=400), max_size=6))
def test_what_waits_is_bounded(chunks: list[bytes]) -> None:
    mavlink = Mavlink()
    for chunk in chunks:
        mavlink.feed(chunk)
        assert len(mavlink._rest) < MOST_FRAME_BYTES


def test_flags_that_nobody_knows_make_a_frame_unreadable() -> None:
    frame = FRAMES["LOCATION"]
    assert walk([frame[:2] + b"\x02" + frame[3:]]) == []
