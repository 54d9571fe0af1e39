"""H4 framing: in any pieces, after any garbage."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from drivers.h4 import GARBLED, H4, LE_META, Event
from drivers.hci import plausible, reports
from tests.drivers.controllers import extended, legacy, report

ONE = legacy(b"\x02\x01\x06")
TWO = extended(report(b"\x03\xff\x01\x02"), report(b"", rssi=127))
SOUND = st.sampled_from([ONE, TWO, b"\x04\x10\x01\x42", b"\x04\x0e\x04\x01\x03\x0c\x00", b"\x04\xff\x02ab"])


def walk(chunks: list[bytes]) -> list[Event]:
    """All events of a line that then falls silent."""
    h4 = H4(plausible)
    return [event for chunk in chunks for event in h4.feed(chunk)] + h4.quiet()


@given(packets=st.lists(SOUND, max_size=8), cuts=st.lists(st.integers(0, 400), max_size=8))
def test_any_pieces_make_the_same_events(packets: list[bytes], cuts: list[int]) -> None:
    line = b"".join(packets)
    edges = sorted({0, len(line), *(min(cut, len(line)) for cut in cuts)})
    found = walk([line[start:end] for start, end in pairwise(edges)])
    assert [bytes([4, event.code, len(event.parameters)]) + event.parameters for event in found] == packets


@given(garbage=st.binary(max_size=600), cut=st.integers(0, 600))
def test_any_garbage_is_passed_over(garbage: bytes, cut: int) -> None:
    found = walk([garbage[:cut], garbage[cut:] + ONE * 20])
    assert found[-1] == Event(LE_META, ONE[3:])
    assert not any(first is second is GARBLED for first, second in pairwise(found))


@given(chunks=st.lists(st.binary(max_size=300), max_size=6))
def test_what_waits_is_bounded(chunks: list[bytes]) -> None:
    h4 = H4(plausible)
    for chunk in chunks:
        h4.feed(chunk)
        assert len(h4._rest) <= 257


def test_a_wrong_start_swallows_nothing_that_is_sound() -> None:
    wrong = b"\x04\x3e\xf0\x0d\x01"
    assert walk([wrong + ONE + TWO]) == [GARBLED, Event(LE_META, ONE[3:]), Event(LE_META, TWO[3:])]
    assert len(walk([wrong + ONE * 30])) == 31


@given(
    code=st.sampled_from([LE_META, 0x0E]), head=st.sampled_from([b"", b"\x02\x01", b"\x0d\x01", b"\x0d\x0a"]), rest=st.binary(max_size=255)
)
def test_any_event_is_read_or_refused(code: int, head: bytes, rest: bytes) -> None:
    for found in reports(Event(code, head + rest)) or ():
        assert len(found.address) == 6
        assert len(found.data) <= len(rest)
        assert found.rssi_dbm is None or -128 <= found.rssi_dbm < 127
