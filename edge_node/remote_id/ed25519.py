"""Ed25519 signatures (RFC 8032): verified, never made. libsodium is loaded at the first use, so a node that needs none has none."""

from __future__ import annotations

KEY_BYTES = 32
SIGNATURE_BYTES = 64


def is_signed(message: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether the signature is this key's over exactly these bytes; one of a wrong length is not, and nothing raises."""
    from nacl.bindings import crypto_sign_open  # noqa: PLC0415 -- 3.5 MiB that few nodes need
    from nacl.exceptions import CryptoError  # noqa: PLC0415

    if len(signature) != SIGNATURE_BYTES or len(public_key) != KEY_BYTES:
        return False
    try:
        crypto_sign_open(signature + message, public_key)
    except CryptoError:
        return False
    return True
