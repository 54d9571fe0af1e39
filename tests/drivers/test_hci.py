"""Advertising put together again from the pieces that a controller reports."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.h4 import GARBLED, Event
from drivers.hci import CHAIN_WITHIN_NS, MOST_CHAINS, MOST_DATA_BYTES, Advertising
from tests.drivers.controllers import ADDRESS, SCAN, extended, report

MS = 1_000_000


def event(*args: object, **kwargs: object) -> Event:
    """One extended report as an event."""
    packet = extended(report(*args, **kwargs))  # type: ignore[arg-type]
    return Event(packet[1], packet[3:])


def test_pieces_of_several_sets_may_mix() -> None:
    advertising = Advertising(7)
    assert advertising.frames(event(b"one", more=True, sid=1), 0) == []
    assert advertising.frames(event(b"uno", more=True, sid=2), 1 * MS) == []
    first = advertising.frames(event(b" two", sid=1, rssi=-40), 2 * MS)
    second = advertising.frames(event(b" due", sid=2), 3 * MS)
    assert [frame.data[6:] for frame in first + second] == [b"one two", b"uno due"]
    assert [frame.sequence for frame in first + second] == [7, 8]
    assert first[0].rssi_dbm == -87
    assert first[0].data[:6] == bytes(ADDRESS)


def test_an_advertisement_and_its_scan_response_stay_apart() -> None:
    advertising = Advertising()
    advertising.frames(event(b"data", more=True), 0)
    answer = advertising.frames(event(b"answer", kind=SCAN.SCAN_RESPONSE), 1)
    assert [frame.data[6:] for frame in answer + advertising.frames(event(b"!"), 2)] == [b"answer", b"data!"]


def test_what_the_controller_could_not_finish_is_handed_over() -> None:
    advertising = Advertising()
    advertising.frames(event(b"one", more=True), 0)
    assert [frame.data[6:] for frame in advertising.frames(event(b" tw", cut=True), 1)] == [b"one tw"]


def test_a_piece_that_comes_too_late_begins_anew() -> None:
    advertising = Advertising()
    advertising.frames(event(b"one", more=True), 0)
    found = advertising.frames(event(b"two"), CHAIN_WITHIN_NS + 1)
    assert [(frame.data[6:], frame.lost) for frame in found] == [(b"two", 1)]


def test_what_was_begun_before_garbage_is_dropped() -> None:
    advertising = Advertising()
    advertising.frames(event(b"one", more=True), 0)
    advertising.frames(GARBLED, 1)
    found = advertising.frames(event(b"two"), 2)
    assert [(frame.data[6:], frame.lost) for frame in found] == [(b"two", 2)]
    assert advertising.garbled == 1


def test_what_never_ends_is_bounded() -> None:
    advertising = Advertising()
    for piece in range(100):
        advertising.frames(event(bytes(200), more=True), piece)
        for sid in range(MOST_CHAINS * 2):
            assert advertising.frames(event(b"x", more=True, sid=sid % 250), piece) == []
    assert len(advertising._chains) <= MOST_CHAINS
    assert max(len(chain.data) for chain in advertising._chains.values()) <= MOST_DATA_BYTES
    assert advertising.frames(event(b"end", sid=255), 0)[0].lost > 100


@given(
    events=st.lists(
        st.builds(Event, st.just(0x3E), st.builds(bytes.__add__, st.sampled_from([b"\x0d\x01", b"\x02\x02"]), st.binary(max_size=200)))
    )
)
def test_any_events_are_read_or_counted(events: list[Event]) -> None:
    advertising = Advertising()
    found = [frame for one in events for frame in advertising.frames(one, 0)]
    assert advertising.sequence == len(found)
    assert advertising.garbled <= len(events)
