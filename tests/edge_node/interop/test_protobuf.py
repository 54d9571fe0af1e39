"""Fields of protocol buffers there and back, and that no bytes do harm."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.interop import protobuf as pb

numbers = st.integers(1, 2**29 - 1)


@given(numbers, st.integers(0, 2**64 - 1))
def test_integers(field: int, number: int) -> None:
    assert list(pb.fields(pb.uint(field, number))) == [(field, pb.VARINT, number)]


@given(numbers, st.floats(allow_nan=False), st.floats(width=32, allow_nan=False))
def test_floats(field: int, number: float, short: float) -> None:
    assert list(pb.fields(pb.double(field, number) + pb.float_32(field, short))) == [
        (field, pb.FIXED_64, number),
        (field, pb.FIXED_32, short),
    ]


@given(numbers, st.binary(max_size=300))
def test_messages(field: int, body: bytes) -> None:
    assert list(pb.fields(pb.message(field, body))) == [(field, pb.BYTES, body)]


def test_what_is_none_is_not_said() -> None:
    assert pb.uint(1, None) + pb.double(1, None) + pb.float_32(1, None) + pb.string(1, None) + pb.string(1, "") + pb.message(1, None) == b""
    assert pb.float_32(1, 1e300) == b""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\x00\x01", "number 0"),
        (b"\x0a\x05ab", "5 bytes are said, 2 follow"),
        (b"\x08\xff", "cut off"),
        (b"\x08" + b"\xff" * 11, "more than 10 bytes"),
        (b"\x0b", "wire type 3"),
        (b"\x09\x00", "requires a buffer"),
    ],
)
def test_what_is_no_message_is_said_in_words(body: bytes, words: str) -> None:
    with pytest.raises(pb.ProtobufError, match=words):
        list(pb.fields(body))


@given(st.binary(max_size=100))
def test_no_bytes_do_harm(body: bytes) -> None:
    with suppress(pb.ProtobufError):
        list(pb.fields(body))
