"""DRIP: entity tags (RFC 9374) and what is signed under them (RFC 9575)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address

from msgspec import Struct

from edge_node.remote_id.astm_messages import UTC_EPOCH_S
from edge_node.remote_id.ed25519 import KEY_BYTES, SIGNATURE_BYTES
from edge_node.remote_id.ed25519 import is_signed as is_signed_by
from edge_node.remote_id.keccak import cshake128

SPECIFIC_METHOD = 5
LINK, WRAPPER, MANIFEST, FRAME = 1, 2, 3, 4
TAG_BYTES = 16

_ORCHID_CONTEXT = bytes.fromhex("00b5a69c795df5d5f0087f56843f2c40")
_PREFIX, _SUITE = 0x2001003, 5  # 2001:30::/28; EdDSA with cSHAKE128
_HIERARCHY_BYTES = 8
_HASH_NAME, _HASH_BYTES = b"Remote ID Auth Hash", 8
_LEDGER_HASHES = 3  # of the last manifest, of this one, of the link
_MESSAGE_BYTES, _MOST_WRAPPED, _AUTHENTICATION = 25, 4, 0x2
_TIMES = 8


class Signed(Struct, frozen=True, gc=False):
    """What one signer says: until when in Unix seconds, what, under which tag; `kind` is the SAM type."""

    kind: int
    until_s: int
    evidence: bytes
    signer: bytes
    signature: bytes
    times: bytes


def read(data: bytes) -> Signed | None:
    """Authentication data of the specific method from its SAM type on; None for a kind or size that DRIP does not have."""
    kind, body = data[:1], data[1:]
    evidence = body[_TIMES : -TAG_BYTES - SIGNATURE_BYTES]
    if len(body) < _TIMES + TAG_BYTES + SIGNATURE_BYTES or not _fits(kind[0], len(evidence)):
        return None
    return Signed(
        kind[0],
        int.from_bytes(body[4:8], "little") + UTC_EPOCH_S,
        evidence,
        body[-TAG_BYTES - SIGNATURE_BYTES : -SIGNATURE_BYTES],
        body[-SIGNATURE_BYTES:],
        body[:_TIMES],
    )


def _fits(kind: int, size: int) -> bool:
    if kind == LINK:
        return size == TAG_BYTES + KEY_BYTES
    if kind == WRAPPER:
        return size % _MESSAGE_BYTES == 0 and size <= _MOST_WRAPPED * _MESSAGE_BYTES
    return (kind == MANIFEST and size % _HASH_BYTES == 0 and size >= _LEDGER_HASHES * _HASH_BYTES) or kind == FRAME


def is_signed(said: Signed, key: bytes, evidence: bytes | None = None) -> bool:
    """Whether this key signed it; `evidence` stands for what a wrapper in a pack leaves out."""
    words = said.times + (said.evidence if evidence is None else evidence) + said.signer
    return is_signed_by(words, said.signature, key)


def is_tag_of(tag: bytes, key: bytes) -> bool:
    """Whether an entity tag was made of this public key (RFC 9374 section 3.5.2)."""
    if len(tag) != TAG_BYTES or len(key) != KEY_BYTES or tag[7] != _SUITE or int.from_bytes(tag[:4], "big") >> 4 != _PREFIX:
        return False
    return cshake128(tag[:_HIERARCHY_BYTES] + key, TAG_BYTES - _HIERARCHY_BYTES, customization=_ORCHID_CONTEXT) == tag[_HIERARCHY_BYTES:]


def endorsed(link: Signed) -> tuple[bytes, bytes]:
    """The tag and key of the child that a link endorses."""
    return link.evidence[:TAG_BYTES], link.evidence[TAG_BYTES:]


def wrapped(wrapper: Signed, payload: bytes) -> bytes:
    """The messages that a wrapper signs: its own or, of a pack, all but the authentication, in the order of their types."""
    if wrapper.evidence:
        return wrapper.evidence
    signed = [message for message in messages(payload) if _type(message) != _AUTHENTICATION]
    signed.sort(key=_type)
    return b"".join(signed)


def _type(message: bytes) -> int:
    return message[0] >> 4


def messages(payload: bytes) -> list[bytes]:
    """The 25-byte messages of a pack, or the one that the payload is."""
    begin = 3 if payload[:1] > b"\xef" else 0
    return [payload[at : at + _MESSAGE_BYTES] for at in range(begin, len(payload) - _MESSAGE_BYTES + 1, _MESSAGE_BYTES)]


def vouches(manifest: Signed, payloads: Iterable[bytes]) -> bool:
    """Whether a manifest is whole and lists one of these payloads, messages or packs as they were heard."""
    hashes = [manifest.evidence[at : at + _HASH_BYTES] for at in range(0, len(manifest.evidence), _HASH_BYTES)]
    blank = manifest.evidence[:_HASH_BYTES] + bytes(_HASH_BYTES) + manifest.evidence[2 * _HASH_BYTES :]
    if message_hash(blank) != hashes[1]:
        return False
    listed = set(hashes[_LEDGER_HASHES:])
    return any(message_hash(payload) in listed for payload in payloads)


@lru_cache(maxsize=1024)
def message_hash(payload: bytes) -> bytes:
    """As a manifest lists it (RFC 9575 section 4.4.3)."""
    return cshake128(payload, _HASH_BYTES, customization=_HASH_NAME)


def trusted_keys(table: Mapping[str, str]) -> dict[bytes, bytes]:
    """Entity tags, written as IPv6 addresses, and their public keys in hex; raises ValueError for a tag that is not of its key."""
    keys = {}
    for tag_text, key_text in table.items():
        try:
            tag, key = IPv6Address(tag_text).packed, bytes.fromhex(key_text)
        except AddressValueError:
            raise ValueError(f"{tag_text} is not an entity tag: it is no IPv6 address") from None
        if not is_tag_of(tag, key):
            raise ValueError(f"{tag_text} is not the entity tag of the public key {key_text}")
        keys[tag] = key
    return keys
