"""cSHAKE128 against NIST's samples, and against hashlib where it is SHAKE128."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.remote_id.keccak import cshake128


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (bytes(range(4)), "c1c36925b6409a04f1b504fcbca9d82b4017277cb5ed2b2065fc1d3814d5aaf5"),
        (bytes(range(200)), "c5221d50e4f822d96a2e8881a961420f294b7b24fe3d2094baed2c6524cc166b"),
    ],
)
def test_nist_s_samples(data: bytes, expected: str) -> None:
    assert cshake128(data, 32, customization=b"Email Signature").hex() == expected


@given(st.binary(max_size=400), st.integers(0, 168))
def test_without_a_customization_it_is_shake128(data: bytes, size: int) -> None:
    assert cshake128(data, size) == hashlib.shake_128(data).digest(size)


def test_more_than_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match="169"):
        cshake128(b"", 169)
