"""Ed25519 against the vectors of RFC 8032 section 7.1."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.remote_id.ed25519 import is_signed

VECTORS = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
)


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_vectors_of_the_rfc_hold_and_no_changed_bit_does(key: str, message: str, signature: str) -> None:
    said, signed, public = bytes.fromhex(message), bytes.fromhex(signature), bytes.fromhex(key)
    assert is_signed(said, signed, public)
    assert not is_signed(said + b"\x00", signed, public)
    for place in (0, 31, 32, 63):
        changed = bytearray(signed)
        changed[place] ^= 1
        assert not is_signed(said, bytes(changed), public)


@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=40))
def test_noise_is_signed_by_nobody(message: bytes, signature: bytes, key: bytes) -> None:
    assert not is_signed(message, signature, key)


def test_a_key_of_small_order_signs_nothing() -> None:
    identity = b"\x01" + bytes(31)
    assert not is_signed(b"anything", identity + bytes(32), identity)


def test_the_library_is_loaded_only_when_it_is_needed() -> None:
    code = "import sys, edge_node.remote_id.ed25519; print('nacl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.strip() == "False"
