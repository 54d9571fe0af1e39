"""What a reader makes of samples as they come: counted, stamped, dropped where nobody takes them, and said."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.iq_exchange import IqExchange
from drivers.iq_line import (
    LEAST_SLOTS,
    MOST_MEMORY_BYTES,
    Ended,
    Filled,
    Opened,
    Packet,
    Refused,
    Shape,
    Tuned,
    asked,
    decode,
    encode,
    give_back,
    shape_for,
    tune,
)
from drivers.source import SourceLost, SourceMisconfigured

RATE_HZ = 100_000
PIECE = 1_000
PIECE_NS = PIECE * 1_000_000_000 // RATE_HZ
SLOTS = 8
BLOCK = 4_096


class Reader:
    """An exchange whose samples come when the test says, and what it told."""

    def __init__(self, *, settle_s: float = 0.0, burst: int = 0) -> None:
        self.line, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.line.setblocking(False)
        shape = Shape(SLOTS, BLOCK * 2, 2, settle_s, 0.04, burst)
        self.memory = bytearray(SLOTS * BLOCK * 2)
        self.exchange = IqExchange(self._theirs, memoryview(self.memory), shape)
        self.now_ns = time.monotonic_ns()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.line.close()
        self._theirs.close()

    def tuned(self, rate_hz: float = RATE_HZ) -> None:
        """Tune it, and begin now."""
        self.exchange.tune(lambda: Tuned(1e9, rate_hz, None))
        self.now_ns = time.monotonic_ns()

    def come(self, pieces: int, value: int = 1, *, late_ns: int = 0, overflowed: bool = False, every_ns: int = PIECE_NS) -> None:
        """So many pieces of a thousand samples, each when it is due."""
        for number in range(pieces):
            self.now_ns += every_ns
            data = memoryview(bytes([value]) * 2 * PIECE)
            self.exchange.put(data, self.now_ns + late_ns, overflowed=overflowed and number == 0)

    def told(self) -> Iterator[Packet]:
        """What it said since it was asked last."""
        while True:
            try:
                yield decode(self.line.recv(65_536))
            except BlockingIOError:
                return

    def blocks(self) -> list[Filled]:
        """Those of it that are blocks."""
        return [packet for packet in self.told() if isinstance(packet, Filled)]


def test_nothing_comes_before_it_is_tuned_and_then_whole_blocks() -> None:
    with Reader() as reader:
        reader.come(10)
        assert list(reader.told()) == []
        reader.tuned()
        reader.come(10)
        tuned, *blocks = reader.told()
    assert tuned == Tuned(1e9, RATE_HZ, None)
    assert [(block.size, block.sequence, block.lost) for block in blocks if isinstance(block, Filled)] == [
        (2 * BLOCK, 0, 0),
        (2 * BLOCK, BLOCK, 0),
    ]


def test_what_settles_is_left_out_to_the_sample_and_is_not_lost() -> None:
    with Reader(settle_s=0.0255) as reader:
        reader.tuned()
        reader.come(10)
        (block,) = reader.blocks()
    assert block.lost == 0
    assert block.sequence == pytest.approx(2_550, abs=1_000)


def test_what_comes_at_once_in_the_beginning_is_not_believed() -> None:
    with Reader(burst=5_000) as reader:
        reader.tuned()
        reader.come(10)
        (block,) = reader.blocks()
        assert block.sequence == 5_000
        reader.tuned()
        reader.come(5)
        assert reader.blocks()[0].size == 2 * 904, "what was begun is handed over when it is tuned"


def test_another_rate_counts_on_with_a_clock_of_its_own() -> None:
    with Reader() as reader:
        reader.tuned()
        reader.come(5)
        reader.tuned(RATE_HZ / 2)
        reader.come(5)
        first, rest, second, _ = reader.blocks()
    assert (first.sequence, rest.sequence, rest.size) == (0, BLOCK, 2 * (5_000 - BLOCK))
    assert (second.sequence, second.size) == (5_000, BLOCK)
    assert second.t_mono_ns >= rest.t_mono_ns


def test_a_refusal_is_said_and_nothing_comes_until_it_is_tuned() -> None:
    def refuse() -> Tuned:
        raise SourceMisconfigured("not there")

    with Reader() as reader:
        reader.tuned()
        reader.exchange.tune(refuse)
        reader.come(20)
        assert [*reader.told()][1:] == [Refused("not there")]
        reader.tuned()
        reader.come(10)
        assert len(reader.blocks()) == 2


def test_what_nobody_takes_is_lost_in_one_piece_until_half_is_free() -> None:
    with Reader() as reader:
        reader.tuned()
        reader.come(60)
        kept = reader.blocks()
        assert [block.sequence for block in kept] == [BLOCK * number for number in range(SLOTS)]
        for block in kept[:-5]:
            reader.exchange.back(block.slot)
        reader.come(5)
        assert reader.blocks() == [], "less than half is free"
        for block in kept[-5:]:
            reader.exchange.back(block.slot)
            reader.exchange.back(block.slot)
        reader.exchange.back(999)
        reader.come(10)
        first, second = reader.blocks()
    assert first.sequence == 65_000
    assert first.lost == first.sequence - SLOTS * BLOCK
    assert (second.lost, second.sequence) == (0, first.sequence + BLOCK)
    assert first.slot != second.slot


def test_an_overflow_is_measured_at_once_and_ends_a_block() -> None:
    with Reader() as reader:
        reader.tuned()
        reader.come(5)
        reader.now_ns += 3 * PIECE_NS
        reader.come(5, 2, overflowed=True)
        first, rest, after = reader.blocks()
    assert (rest.size, rest.sequence) == (2 * (5_000 - BLOCK), first.sequence + BLOCK)
    assert (after.lost, after.sequence) == (3_000, 8_000)


def test_what_is_late_for_long_was_lost() -> None:
    with Reader() as reader:
        reader.tuned()
        reader.come(20)
        reader.come(150, late_ns=100_000_000)
        for block in reader.blocks():
            reader.exchange.back(block.slot)
        reader.come(50, late_ns=100_000_000)
        lost = sum(block.lost for block in reader.blocks())
    assert lost >= 10_000


def test_who_is_faster_than_time_is_no_device() -> None:
    with Reader() as reader:
        reader.tuned()
        with pytest.raises(SourceLost, match="faster than time"):
            reader.come(2_000, every_ns=PIECE_NS // 2)


@pytest.mark.parametrize(
    "packet", [Opened("a dongle"), Tuned(1e9, 2.4e6, None), Refused("no"), Ended("SourceLost", "gone"), Filled(7, 2, 2**40, 9, 2**60, 1.5)]
)
def test_packets_come_as_they_went(packet: Packet) -> None:
    assert decode(encode(packet)) == packet


@given(st.binary(max_size=80))
def test_nonsense_is_refused(data: bytes) -> None:
    try:
        decode(data)
    except ValueError:
        return
    assert data[:1] in b"OTREF"


def test_wishes_come_as_they_went() -> None:
    assert asked(give_back(300)) == 300
    assert asked(tune({"tuning": (1e9, 2.4e6, 30.0)})) == {"tuning": [1e9, 2.4e6, 30.0]}


@pytest.mark.parametrize(("rate_hz", "bytes_each"), [(250e3, 2), (2.4e6, 2), (20e6, 8), (200e6, 8)])
def test_the_memory_is_bounded(rate_hz: float, bytes_each: int) -> None:
    shape = shape_for(rate_hz, bytes_each, 0.0, 0.04)
    assert shape.slots >= LEAST_SLOTS
    assert shape.slots * shape.slot_bytes <= max(MOST_MEMORY_BYTES, LEAST_SLOTS * shape.slot_bytes)
