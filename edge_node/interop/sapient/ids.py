"""Identities that stay the same without being kept: a UUID for the node, ULIDs for objects and reports, of hashes of what they name."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from edge_node.interop.moment import Names

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MOST_MS = (1 << 48) - 1


def node_id(names: Names) -> str:
    """UUID of version 4's form, in lower case; the node's own for as long as its key is."""
    return str(UUID(bytes=_hash("node", names.node8)[:16], version=4))


def object_id(names: Names, number: int) -> str:
    """ULID of a track, from its first report to its last."""
    return ulid(names.started_utc_ns, _hash("object", names.node8, names.epoch, number))


def report_id(names: Names, what: str, t_utc_ns: int, number: int = 0) -> str:
    """ULID of one message: of this kind, of this time, about this track."""
    return ulid(t_utc_ns, _hash(what, names.node8, names.epoch, number, t_utc_ns))


def ulid(t_utc_ns: int, chance: bytes) -> str:
    """48 bits of milliseconds and 80 more, in 26 letters of Crockford's base 32, upper case (github.com/ulid/spec)."""
    number = min(max(t_utc_ns // 1_000_000, 0), MOST_MS) << 80 | int.from_bytes(chance[:10], "big")
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(26)))


def _hash(*parts: object) -> bytes:
    return sha256(repr(parts).encode(errors="replace")).digest()
