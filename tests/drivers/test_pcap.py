"""pcap and pcapng, in both byte orders, whole, in pieces, cut and hostile."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.utils import RawPcapReader

from drivers.byte_stream import RecordingCut
from drivers.pcap import MOST_INTERFACES, MOST_RECORD_BYTES, PCAP_MAGICS, SECTION_MAGIC, Record, walk
from tests.drivers.captures import interface, packet, pcap, section, simple_packet, statistics

ORDERS = ("<", ">")
START_NS = 1_700_000_000_123_456_000
REAL = (
    ("parrot_anafi4_real.pcap", 5_091),
    ("parrot_anafi4_spoofed.pcap", 1_606),
    ("odid_wifi_sample.pcap", 63),
    ("odid_wifi_bcn_sample.pcap", 21),
    ("mavic_multiple_spoofed.pcapng", 239),
    ("odid_bt5_lr_sample.pcapng", 274),
)


def read(data: bytes, piece: int | None = None) -> tuple[list[Record], str]:
    """All records of a capture fed in pieces, and why it broke off."""
    walking = walk(data)
    records: list[Record] = []
    try:
        for start in range(0, len(data), piece or len(data)):
            records.extend(walking.feed(data[start : start + (piece or len(data))]))
        walking.finish()
    except RecordingCut as cut:
        return records, str(cut)
    return records, ""


def mixed() -> bytes:
    """Two sections of either byte order, the first with two interfaces."""
    return b"".join(
        [
            *(section(">"), interface(">", link_type=127), statistics(">"), packet(">", 0, START_NS // 1_000, b"first")),
            *(interface(">", link_type=272, resolution=9), packet(">", 1, START_NS + 1, b"second")),
            *(section("<"), interface("<", link_type=105, resolution=3), packet("<", 0, START_NS // 1_000_000, b"third")),
        ]
    )


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("unit_ns", [1, 1_000])
def test_reads_pcap_in_both_byte_orders_and_resolutions(order: str, unit_ns: int) -> None:
    data = pcap([(START_NS // unit_ns, b"one"), (START_NS // unit_ns + 5, b"")], order=order, unit_ns=unit_ns, link_type=127)
    assert read(data) == ([(127, START_NS, b"one", 0), (127, START_NS + 5 * unit_ns, b"", 0)], "")


def test_says_how_much_of_a_frame_was_not_captured() -> None:
    data = pcap([]) + struct.pack("<IIII", 1, 0, 3, 10) + b"abc"
    assert read(data)[0] == [(105, 1_000_000_000, b"abc", 7)]


def test_reads_pcapng_of_several_sections_and_interfaces() -> None:
    third_ns = START_NS // 1_000_000 * 1_000_000
    assert read(mixed()) == ([(127, START_NS, b"first", 0), (272, START_NS + 1, b"second", 0), (105, third_ns, b"third", 0)], "")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("resolution", "offset_s", "ticks", "t_ns"),
    [
        (None, None, 7, 7_000),
        (6, None, 7, 7_000),
        (9, 5, 7, 5_000_000_007),
        (3, -1, 2_500, 1_500_000_000),
        (12, None, 7_999, 7),
        (0x80 | 10, None, 1_024 + 512, 1_500_000_000),
    ],
)
def test_honours_the_resolution_and_offset_of_an_interface(
    order: str, resolution: int | None, offset_s: int | None, ticks: int, t_ns: int
) -> None:
    data = section(order) + interface(order, resolution=resolution, offset_s=offset_s) + packet(order, 0, ticks, b"x")
    assert read(data) == ([(105, t_ns, b"x", 0)], "")


@pytest.mark.parametrize("order", ORDERS)
def test_a_simple_packet_takes_the_time_before_it_and_the_length_that_was_kept(order: str) -> None:
    data = section(order) + interface(order, snap=3) + packet(order, 0, 9, b"a") + simple_packet(order, b"abc", 8)
    assert read(data)[0] == [(105, 9_000, b"a", 0), (105, 9_000, b"abc", 5)]


@given(piece=st.integers(1, 80))
def test_pieces_of_any_size_give_the_same(piece: int) -> None:
    older = pcap([(START_NS // 1_000 + n, bytes(n)) for n in range(9)])
    assert read(older, piece) == read(older)
    assert read(mixed(), piece) == read(mixed())


def test_a_cut_leaves_all_whole_records() -> None:
    older = pcap([(1, b"a" * 10), (2, b"b" * 10)])
    for size in range(4, len(older)):
        records, cut = read(older[:size])
        assert len(records) == max(0, (size - 24) // 26)
        assert cut == ("" if size in (24, 50) else "cut short")


def test_a_cut_leaves_all_whole_records_of_pcapng() -> None:
    ends = [len(read(mixed()[:size])[0]) for size in range(4, len(mixed()) + 1)]
    assert ends == sorted(ends)
    assert ends[-1] == 3


@pytest.mark.parametrize(
    "data",
    [
        pcap([]) + struct.pack("<IIII", 0, 0, MOST_RECORD_BYTES + 1, 0),
        pcap([]) + struct.pack("<IIII", 0, 0, 2**32 - 1, 0),
        section() + struct.pack("<III", 6, 2**32 - 4, 0),
        section() + struct.pack("<III", 6, 13, 0),
        section() + struct.pack("<III", 6, 0, 0),
        section() + struct.pack("<IIII", 6, 16, 0, 0),
        section() + struct.pack("<III", 3, 12, 0),
        section() + struct.pack("<III", 1, 12, 0),
        section() + packet("<", 0, 0, b"of an interface that was not described"),
        section() + interface() + packet("<", 1, 0, b"the same"),
        section() + interface() + section() + simple_packet("<", b"the same, in a new section"),
        section() + interface() * (MOST_INTERFACES + 1),
        section()[:8] + bytes(20),
    ],
)
def test_lengths_and_numbers_that_no_capture_has_end_it(data: bytes) -> None:
    records, cut = read(data)
    assert records == []
    assert cut.startswith("cut short by a")


def test_a_packet_longer_than_its_block_ends_it() -> None:
    block = bytearray(packet("<", 0, 0, b"abcd"))
    block[20] = 200
    assert read(section() + interface() + bytes(block)) == ([], "cut short by a record of 200 bytes")


@given(magic=st.sampled_from([*PCAP_MAGICS, SECTION_MAGIC]), rest=st.binary(max_size=400), piece=st.integers(1, 64))
def test_any_bytes_are_walked_or_cut(magic: bytes, rest: bytes, piece: int) -> None:
    read(magic + rest, piece)


@given(at=st.integers(4, len(mixed()) - 1), value=st.integers(0, 255))
def test_any_damage_is_walked_or_cut(at: int, value: int) -> None:
    damaged = bytearray(mixed())
    damaged[at] = value
    assert len(read(bytes(damaged))[0]) <= 3


@pytest.mark.parametrize(("name", "count"), REAL)
def test_real_captures_read_as_scapy_reads_them(shared_data: Path, name: str, count: int) -> None:
    path = shared_data / "remote_id" / name
    records, cut = read(path.read_bytes(), 65_536)
    with RawPcapReader(str(path)) as reader:
        theirs = [data for data, _ in reader]
    assert cut == ""
    assert len(records) == count
    assert [record[2] for record in records] == theirs
