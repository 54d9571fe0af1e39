"""Remote ID in NAN service discovery frames: optional parts, several of everything, and lengths that lie."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.remote_id.carriers import payloads
from edge_node.remote_id.payload import MOST_PAYLOADS
from tests.edge_node.remote_id.frames import TRANSMITTER, attribute, descriptor, heard, location, service_discovery

LOAD = b"\x05" + location()
EXTENSION = attribute(b"\x01\x00\x02\x09", number=0x0E)
OTHERS = attribute(descriptor(b"other", service=b"\x01\x02\x03\x04\x05\x06"))


def test_a_service_tells_its_information() -> None:
    (load,) = payloads(heard(service_discovery(attribute(descriptor(LOAD)), EXTENSION)))
    assert (load.transport, load.transmitter, load.counter, load.data, load.cut) == ("wifi_nan", TRANSMITTER, 5, location(), False)


@pytest.mark.parametrize(
    ("control", "optional"),
    [
        (0x50, b"\xaa\xbb"),
        (0x14, b"\x03abc"),
        (0x18, b"\x02xy"),
        (0x1C, b"\x03abc\x00"),
        (0x5E, b"\xaa\xbb\x00\x04wxyz"),
        (0x30, b""),
        (0x12, b""),
    ],
)
def test_optional_parts_stand_before_it(control: int, optional: bytes) -> None:
    (load,) = payloads(heard(service_discovery(attribute(descriptor(LOAD, control=control, optional=optional)))))
    assert (load.counter, load.data, load.cut) == (5, location(), False)


def test_it_may_stand_behind_others_and_more_than_once() -> None:
    mine = attribute(descriptor(LOAD))
    assert [load.data for load in payloads(heard(service_discovery(OTHERS, EXTENSION, mine, mine)))] == [location()] * 2
    assert len(payloads(heard(service_discovery(*[mine] * 9)))) == MOST_PAYLOADS


def test_neither_cluster_nor_destination_is_asked_for() -> None:
    data = service_discovery(attribute(descriptor(LOAD)))
    assert len(payloads(heard(data[:4] + b"\xff" * 6 + data[10:16] + b"\x00" * 6 + data[22:]))) == 1


def test_an_ht_control_field_moves_the_body() -> None:
    data = service_discovery(attribute(descriptor(LOAD)), control=b"\xd0\x80")
    assert len(payloads(heard(data[:24] + bytes(4) + data[24:]))) == 1


@pytest.mark.parametrize("missing", [1, 20, 25, 26])
def test_information_cut_by_the_end_yields_what_is_there(missing: int) -> None:
    (load,) = payloads(heard(service_discovery(attribute(descriptor(LOAD)))[:-missing]))
    assert (load.cut, load.data) == (True, location()[: max(0, 25 - missing)])


@pytest.mark.parametrize(
    "data",
    [
        service_discovery(OTHERS),
        service_discovery(attribute(descriptor(LOAD), number=4)),
        service_discovery(attribute(descriptor(LOAD, control=0x01))),
        service_discovery(attribute(descriptor(LOAD), length=8)),
        service_discovery(attribute(descriptor(LOAD)[:8])),
        service_discovery(attribute(b"", length=60_000), attribute(descriptor(LOAD))),
        service_discovery(attribute(descriptor(LOAD)), control=b"\xe0\x00"),
        service_discovery(attribute(descriptor(LOAD)))[:24] + b"\x04\x09\x50\x6f\x9a\x18" + attribute(descriptor(LOAD)),
        service_discovery(attribute(descriptor(LOAD)))[:40],
    ],
)
def test_what_tells_nothing_is_none(data: bytes) -> None:
    assert not payloads(heard(data))


PARTS = st.lists(
    st.builds(
        lambda info, control, optional, length: attribute(descriptor(info, control=control, optional=optional), length=length),
        st.binary(max_size=60),
        st.integers(0, 255),
        st.binary(max_size=6),
        st.none() | st.integers(0, 300),
    )
    | st.binary(max_size=20),
    max_size=6,
)


@given(PARTS, st.integers(0, 400))
def test_any_bytes_make_bounded_payloads(parts: list[bytes], length: int) -> None:
    data = service_discovery(*parts)[:length]
    found = payloads(heard(data))
    assert len(found) <= MOST_PAYLOADS
    assert all(load.data in data for load in found)
