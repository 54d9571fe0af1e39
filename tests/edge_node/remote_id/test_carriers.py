"""Which bytes of which frame are Remote ID."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.blocks import RadioFrame
from edge_node.remote_id.carriers import payloads
from edge_node.remote_id.payload import MOST_PAYLOADS
from tests.edge_node.remote_id.frames import ASTM, TRANSMITTER, beacon, element, heard, location

PARROT = bytes.fromhex("903ae60d")
LOAD = b"\x05" + location()


@pytest.mark.parametrize(("control", "transport"), [(b"\x80\x00", "wifi_beacon"), (b"\x50\x08", "wifi_probe_response")])
@pytest.mark.parametrize("prefix", [ASTM, PARROT])
def test_a_vendor_element_is_read(control: bytes, transport: str, prefix: bytes) -> None:
    (load,) = payloads(heard(beacon(element(prefix + LOAD), control=control)))
    assert (load.transport, load.transmitter, load.counter, load.data, load.cut) == (transport, TRANSMITTER, 5, location(), False)


def test_it_may_stand_anywhere_among_the_elements() -> None:
    (load,) = payloads(heard(beacon(element(b"\0\x50\xf2\x02x"), element(b"", number=42), element(ASTM + LOAD), element(b"", number=7))))
    assert load.data == location()


def test_two_elements_are_both_read_and_no_more_than_four() -> None:
    assert [load.counter for load in payloads(heard(beacon(element(ASTM + b"\x01"), element(PARROT + b"\x02"))))] == [1, 2]
    assert len(payloads(heard(beacon(*[element(ASTM)] * 300)))) == MOST_PAYLOADS == 4


def test_an_ht_control_field_moves_the_elements() -> None:
    plain = beacon(element(ASTM + LOAD), control=b"\x80\x80")
    (load,) = payloads(heard(plain[:24] + bytes(4) + plain[24:]))
    assert load.data == location()


@pytest.mark.parametrize("missing", [1, 3, 20, 25, 26])
def test_an_element_cut_by_the_end_yields_what_is_there(missing: int) -> None:
    (load,) = payloads(heard(beacon(element(ASTM + LOAD))[:-missing]))
    assert load.cut
    assert (load.counter, load.data) == (5 if missing < 26 else None, location()[: max(0, 25 - missing)])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80",
        b"\x80" * 23 + ASTM,
        beacon(element(b"\x50\x6f\x9a\x09" + LOAD)),
        beacon(element(ASTM[:3] + b"\x0e" + LOAD)),
        beacon(element(ASTM + LOAD, number=220)),
        beacon(element(ASTM + LOAD, length=3)),
        beacon(element(b"xx" + element(ASTM + LOAD), number=7)),
        beacon(element(b"", number=7, length=9), element(ASTM + LOAD)),
        beacon(element(ASTM + LOAD), control=b"\x40\x00"),
        beacon(element(ASTM + LOAD), control=b"\xd0\x00"),
        beacon(element(ASTM + LOAD))[:40],
    ],
)
def test_what_only_looks_like_remote_id_is_none(data: bytes) -> None:
    assert not payloads(heard(data))


def test_bluetooth_is_not_wifi() -> None:
    assert not payloads(RadioFrame(0, 0, 0, "ble", beacon(element(ASTM + LOAD))))


PIECES = st.lists(st.binary(max_size=12) | st.sampled_from([ASTM, PARROT, b"\xdd", element(ASTM + LOAD), element(PARROT)]), max_size=20)


@given(st.sampled_from([b"\x80\x00", b"\x50\x80", b"\x80"]), PIECES, st.integers(0, 400))
def test_any_bytes_make_bounded_payloads(control: bytes, pieces: list[bytes], length: int) -> None:
    data = (beacon(*pieces, control=control) if len(control) == 2 else control + b"".join(pieces))[:length]
    found = payloads(heard(data))
    assert len(found) <= MOST_PAYLOADS
    assert sum(len(load.data) for load in found) <= len(data)
    assert all(load.data in data and len(load.transmitter) == 17 for load in found)
