from __future__ import annotations

import zlib
from collections import deque
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.blocks import AnyBlock, AudioBlock, Frame, RadioFrame
from edge_node.record.folder import RecordedFolder
from edge_node.record.part import SensorPart
from edge_node.record.ring import SLAB_BYTES, Held, Ring
from tests.edge_node.record import recordings as made

MOST = 4 * SLAB_BYTES


def frame(number: int, side: int, step_ns: int = 10_000_000) -> Frame:
    return Frame(number * step_ns, number, 0, np.full((side, 1_000), number % 251, np.uint8))


def radio(number: int, size: int) -> RadioFrame:
    return RadioFrame(number * 10_000_000, number, 0, "wifi", bytes([number % 251]) * size)


def whole(held: Held) -> bool:
    """Whether it still holds what was put in."""
    block = held.kept.block
    return bytes(held.kept.data) == bytes([block.sequence % 251]) * len(held.kept.data)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1_500), st.sampled_from(("add", "small", "pin", "write"))), min_size=1, max_size=150))
def test_it_never_takes_more_memory_and_never_loses_what_a_recording_waits_for(acts: list[tuple[int, str]]) -> None:
    ring, pinned = Ring(2.0, MOST), deque[Held]()
    newest: Held | None = None
    for number, (size, act) in enumerate(acts):
        match act:
            case "add" | "small":
                newest = ring.add(frame(number, size) if act == "add" else radio(number, size * 100))
            case "pin" if newest is not None:
                ring.pin(newest)
                pinned.append(newest)
            case "write" if pinned:
                ring.unpin(pinned.popleft())
        assert ring.bytes <= MOST
        assert all(map(whole, pinned))
        assert all(map(whole, ring.since(0)))
        assert ring.seconds <= 2.0


def test_it_holds_the_newest_seconds_in_slabs_that_it_uses_again() -> None:
    ring = Ring(1.0, 64 << 20)
    for number in range(1_000):
        assert ring.add(frame(number, 50)) is not None
    assert [held.kept.block.sequence for held in ring.since(0)] == list(range(899, 1_000))
    assert ring.bytes < 101 * 50_000 + 3 * SLAB_BYTES
    assert [held.kept.block.sequence for held in ring.since(990 * 10_000_000)] == list(range(990, 1_000))


def test_it_holds_less_where_memory_is_short() -> None:
    ring = Ring(10.0, MOST)
    for number in range(1_000):
        assert ring.add(frame(number, 655)) is not None
    assert ring.bytes <= MOST
    assert 0.0 < ring.seconds < 0.1
    assert ring.add(frame(1_000, 5_000)) is None
    assert ring.add(frame(1_001, 655)) is not None


def test_a_block_finds_no_room_while_a_slow_disk_holds_all() -> None:
    ring = Ring(10.0, MOST)
    pinned = []
    for number in range(1_000):
        held = ring.add(frame(number, 500))
        if held is not None:
            ring.pin(held)
            pinned.append(held)
    assert len(pinned) == MOST // (2 * 500_000) * 2
    assert all(map(whole, pinned))
    for held in pinned:
        ring.unpin(held)
    assert ring.add(frame(1_000, 500)) is not None


def test_small_blocks_are_counted_too() -> None:
    ring = Ring(1_000.0, 1 << 20)
    for number in range(5_000):
        ring.add(radio(number, 1_000))
    assert ring.bytes <= 1 << 20
    assert 500 < sum(1 for _ in ring.since(0)) < 1_000


def test_what_it_holds_is_the_block_bit_by_bit(tmp_path: Path) -> None:
    blocks: list[AnyBlock] = [*made.sound(), *made.pictures(), *made.iq("cu8"), *made.radio(), *made.fixes()]
    blocks = [replace(block, t_mono_ns=number) for number, block in enumerate(blocks)]  # type: ignore[type-var]
    ring = Ring(10.0, MOST)
    for block in blocks:
        ring.add(block)
    target = made.record(tmp_path / "one", {})
    part = SensorPart(target, "all", 1)
    for held in ring.since(0):
        part.write(held.kept)
    part.close()
    (tmp_path / "one" / "head.json").write_bytes(made.head_text(["all"]))
    back = list(RecordedFolder(tmp_path / "one").blocks("all"))
    assert len(back) == len(blocks)
    assert all(map(made.same, back, blocks))


@pytest.mark.parametrize("size", [0, 1, SLAB_BYTES - 1, SLAB_BYTES, SLAB_BYTES + 1])
def test_blocks_of_any_size(size: int) -> None:
    ring = Ring(10.0, MOST)
    picture = np.arange(size, dtype=np.uint8).reshape(1, -1)
    held = ring.add(Frame(0, 0, 0, picture))
    assert held is not None
    assert zlib.crc32(held.kept.data) == zlib.crc32(picture.tobytes())


def test_memory_for_a_single_slab_holds_the_newest_block_always() -> None:
    ring = Ring(10.0, SLAB_BYTES)
    assert all(ring.add(frame(number, 600)) is not None for number in range(10))
    assert [held.kept.block.sequence for held in ring.since(0)] == [9]


def test_memory_for_a_form_that_did_not_hold_the_numbers_is_given_back() -> None:
    """16 bits are tried first, in a slab of their own that is too small for float32."""
    ring = Ring(10.0, 64 << 20)
    block = AudioBlock(0, 0, 0, 48_000, np.full((300_000, 1), 1 / 3, np.float32))
    assert ring.add(block) is not None
    assert ring.bytes == block.samples.nbytes
