"""Bluetooth advertising by itself and in pieces: whose it is, what of it is Remote ID, and what hostile trains do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.blocks import RadioFrame
from edge_node.messages import RemoteIdDetection
from edge_node.remote_id import ble_trains
from edge_node.remote_id.carriers import payloads
from edge_node.remote_id.detector import RemoteIdDetector
from edge_node.remote_id.payload import MOST_PAYLOADS
from tests.edge_node.remote_id.frames import (
    TRANSMITTER,
    advertisement,
    basic_id,
    extended_advertisement,
    heard_ble,
    location,
    message_pack,
    operator_id,
    self_id,
    service_data,
    system,
)

LOAD = b"\x05" + location()
FLAGS = b"\x02\x01\x06"
PACK = b"\x09" + message_pack(basic_id(), location(), self_id(), system(), operator_id(), *[basic_id(b"B", id_type=2)] * 4)
MS = 1_000_000


def detect(*frames: RadioFrame) -> list[RemoteIdDetection]:
    detector = RemoteIdDetector()
    return [said for frame in frames for said in detector.step(frame)]


@pytest.mark.parametrize("kind", [0, 2, 6])
def test_legacy_advertising_holds_one_message(kind: int) -> None:
    (said,) = detect(heard_ble(advertisement(service_data(LOAD), kind=kind)))
    assert (said.transport, said.transmitter, said.counter, said.latitude_deg) == ("ble_legacy", TRANSMITTER, 5, 60.0)
    assert (said.rssi_dbm, said.sequence_number, said.damaged) == (-87, None, False)


def test_it_may_stand_behind_other_structures_and_before_padding() -> None:
    (load,) = payloads(heard_ble(advertisement(FLAGS + service_data(LOAD) + bytes(9))))
    assert (load.data, load.cut) == (location(), False)


@pytest.mark.parametrize("missing", [1, 25, 26])
def test_a_structure_cut_by_the_end_yields_what_is_there(missing: int) -> None:
    (load,) = payloads(heard_ble(advertisement(service_data(LOAD)[:-missing])))
    assert (load.cut, load.data) == (True, location()[: max(0, 25 - missing)])


@pytest.mark.parametrize(
    "pdu",
    [
        b"",
        b"\x42",
        b"\x47\x00",
        b"\x47\x20\x3f\x7f" + service_data(LOAD),
        advertisement(service_data(LOAD), kind=1),
        advertisement(service_data(LOAD), kind=5),
        advertisement(service_data(LOAD)[:4] + b"\x0e" + LOAD),
        advertisement(b"\x00" + service_data(LOAD)),
        advertisement(b"\x20\x09" + service_data(LOAD)),
        extended_advertisement(FLAGS),
    ],
)
def test_what_only_looks_like_remote_id_is_none(pdu: bytes) -> None:
    assert not detect(heard_ble(pdu))


@pytest.mark.parametrize(("extended", "transport"), [(False, "ble_legacy"), (True, "ble_extended")])
def test_a_report_is_an_address_and_structures(extended: bool, transport: str) -> None:
    data = bytes.fromhex(TRANSMITTER.replace(":", ""))[::-1] + FLAGS + service_data(PACK)
    (said,) = detect(RadioFrame(0, 0, 0, "ble_report", data, extended=extended))
    assert (said.transport, said.transmitter, said.counter, len(said.ids)) == (transport, TRANSMITTER, 9, 2)
    assert not detect(RadioFrame(0, 0, 0, "ble_report", data[:5], extended=extended))


def test_many_structures_are_bounded() -> None:
    assert len(payloads(heard_ble(extended_advertisement(service_data(b"\x01") * 30)))) == MOST_PAYLOADS


def test_broken_frames_are_counted_and_never_read() -> None:
    detector = RemoteIdDetector()
    assert not any(detector.step(heard_ble(extended_advertisement(service_data(PACK)), intact=False)) for _ in range(30))
    assert detector.words() == "0 aircraft heard, 0 frames, 0 damaged, 30 broken off the air"


@pytest.mark.parametrize("adi", [None, 0x1234])
def test_an_extended_pdu_holds_a_pack(adi: int | None) -> None:
    (said,) = detect(heard_ble(extended_advertisement(service_data(PACK), adi=adi)))
    assert (said.transport, said.transmitter, len(said.ids), said.damaged) == ("ble_extended", TRANSMITTER, 2, False)


def test_an_extended_header_is_walked_past_all_its_fields() -> None:
    address = bytes.fromhex(TRANSMITTER.replace(":", ""))[::-1]
    header = b"\x7f" + address + bytes(6) + b"\x00" + b"\x34\x12" + bytes(3) + bytes(18) + b"\x08" + b"acad"
    body = bytes((len(header),)) + header + service_data(LOAD)
    (said,) = detect(heard_ble(bytes((0x47, len(body))) + body))
    assert (said.transmitter, said.latitude_deg) == (TRANSMITTER, 60.0)


def pieces(cut: int = 100) -> tuple[bytes, bytes]:
    data = service_data(PACK)
    return extended_advertisement(data[:cut], next_us=600), extended_advertisement(data[cut:], address=False)


@pytest.mark.parametrize("cut", [1, 3, 6, 100, 233])
def test_a_chain_is_one_claim_of_its_first_frame(cut: int) -> None:
    first, second = pieces(cut)
    (said,) = detect(heard_ble(first, t_mono_ns=5), heard_ble(second, t_mono_ns=MS))
    assert (said.t_mono_ns, said.transmitter, len(said.ids), said.damaged, said.counter) == (5, TRANSMITTER, 2, False, 9)


def test_a_chain_may_have_many_pieces_and_its_address_on_the_primary_channel() -> None:
    data = service_data(PACK)
    frames = [extended_advertisement(b"", next_us=300)] * 3
    frames += [extended_advertisement(data[at : at + 50], address=False, next_us=600 if at < 200 else None) for at in range(0, 250, 50)]
    (said,) = detect(*[heard_ble(pdu, t_mono_ns=number * MS) for number, pdu in enumerate(frames)])
    assert (said.t_mono_ns, said.transmitter, len(said.ids), said.damaged) == (3 * MS, TRANSMITTER, 2, False)


def test_what_is_whole_before_its_chain_ends_is_told_once() -> None:
    first = extended_advertisement(service_data(LOAD), next_us=600)
    assert len(detect(heard_ble(first), heard_ble(extended_advertisement(FLAGS, address=False)))) == 1


def test_a_chain_that_breaks_off_is_told_with_the_advertiser_s_next() -> None:
    first, _ = pieces(60)
    whole = extended_advertisement(service_data(PACK))
    cut, said = detect(heard_ble(first, t_mono_ns=5), heard_ble(whole, t_mono_ns=9))
    assert (cut.t_mono_ns, cut.flags, cut.damaged, len(cut.ids)) == (5, ("pack_short", "element_cut"), True, 1)
    assert (said.t_mono_ns, said.damaged) == (9, False)


def test_a_chain_that_breaks_off_is_told_in_time_and_not_continued() -> None:
    first, second = pieces(60)
    cut, *rest = detect(heard_ble(first), heard_ble(second, t_mono_ns=200 * MS))
    assert (cut.damaged, cut.transmitter, len(cut.ids), rest) == (True, TRANSMITTER, 1, [])


def test_pieces_of_two_advertisers_are_never_mixed() -> None:
    first, second = pieces()
    other = bytes(reversed(b"\x02\x99\x99\x99\x99\x99"))
    theirs = first[:4] + other + first[10:]
    cut, said = detect(heard_ble(first), heard_ble(theirs), heard_ble(second))
    assert (cut.transmitter, cut.damaged) == (TRANSMITTER, True)
    assert (said.transmitter, said.damaged) == ("02:99:99:99:99:99", False)


def test_who_says_no_address_is_heard_without_one() -> None:
    (said,) = detect(heard_ble(extended_advertisement(service_data(LOAD), address=False)))
    assert (said.transmitter, said.latitude_deg) == ("", 60.0)


def test_a_flood_of_trains_is_bounded() -> None:
    trains = ble_trains.Trains()
    for number in range(5_000):
        pdu = extended_advertisement(service_data(PACK)[:60], adi=number, next_us=600)
        assert len(trains.feed(heard_ble(pdu, t_mono_ns=number))) <= 1
        assert len(trains._open) <= ble_trains.MOST_TRAINS
    endless = [extended_advertisement(bytes(200), adi=1, next_us=600)]
    endless += [extended_advertisement(bytes(200), address=False, adi=1, next_us=600)] * 30
    for pdu in endless:
        trains.feed(heard_ble(pdu))
        assert sum(len(train.data) for train in trains._open.values()) < 64 * 60 + 2 * ble_trains.MOST_DATA_BYTES


PIECES = st.lists(
    st.builds(
        extended_advertisement,
        st.binary(max_size=40) | st.sampled_from([service_data(PACK)[:120], service_data(PACK)[120:], service_data(LOAD)]),
        address=st.booleans(),
        adi=st.none() | st.integers(0, 3),
        next_us=st.none() | st.sampled_from([0, 30, 200_000]),
    )
    | st.binary(max_size=60).map(b"\x47".__add__)
    | st.binary(max_size=60),
    max_size=12,
)


@given(PIECES, st.lists(st.integers(0, 300 * MS), min_size=12, max_size=12))
def test_any_pdus_make_bounded_detections(pdus: list[bytes], times: list[int]) -> None:
    said = detect(*[heard_ble(pdu, t_mono_ns=t_ns) for pdu, t_ns in zip(pdus, times, strict=False)])
    assert len(said) <= MOST_PAYLOADS * 2 * len(pdus)
    assert all(len(one.transmitter) in (0, 17) for one in said)


@given(st.binary(max_size=80), st.booleans())
def test_any_report_makes_bounded_payloads(data: bytes, extended: bool) -> None:
    assert len(payloads(RadioFrame(0, 0, 0, "ble_report", data, extended=extended))) <= MOST_PAYLOADS
