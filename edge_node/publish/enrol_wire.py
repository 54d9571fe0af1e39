"""What a node and C2's enrolment desk say to each other: three small msgpack arrays, each headed by major, minor and kind."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from edge_node.config import Z85Key
from edge_node.enrolment_file import Address

MAJOR, MINOR = 1, 0
MOST_BYTES = 2048
SECRET_BYTES = 16


class EnrolWireError(ValueError):
    """A message is not one of these, or of another major version; the text says which."""


class Ask(Struct, array_like=True, frozen=True, kw_only=True):
    """Node to C2: the secret of its token. Its key is the one that encrypts the session, never one in a message."""

    major: int = MAJOR
    minor: int = MINOR
    kind: Literal["ask"] = "ask"
    secret: Annotated[bytes, Meta(min_length=SECRET_BYTES, max_length=SECRET_BYTES)]


class Welcome(Struct, array_like=True, frozen=True, kw_only=True):
    """C2 to node: under which name it is enrolled, or waits to be confirmed, and where it shall dial."""

    major: int = MAJOR
    minor: int = MINOR
    kind: Literal["enrolled", "pending"]
    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,32}\Z")]
    live: Address
    reliable: Address | None = None
    next_server_key: Z85Key | None = None


class Refusal(Struct, array_like=True, frozen=True, kw_only=True):
    """C2 to node: why not, in one word that a newer minor may add to."""

    major: int = MAJOR
    minor: int = MINOR
    kind: Literal["refused"] = "refused"
    why: Annotated[str, Meta(pattern=r"^[a-z_]{1,32}\Z")]


class _Head(Struct, array_like=True):
    major: int
    minor: int
    kind: Annotated[str, Meta(max_length=32)]


_KINDS: dict[str, type[Ask | Welcome | Refusal]] = {"ask": Ask, "enrolled": Welcome, "pending": Welcome, "refused": Refusal}


def encode(message: Ask | Welcome | Refusal) -> bytes:
    """One message."""
    return msgspec.msgpack.encode(message)


def decode(payload: bytes) -> Ask | Welcome | Refusal:
    """One message; raises EnrolWireError, and nothing else, whatever the bytes are."""
    if len(payload) > MOST_BYTES:
        raise EnrolWireError(f"longer than {MOST_BYTES} bytes")
    try:
        head = msgspec.msgpack.decode(payload, type=_Head)
        if head.major != MAJOR:
            raise EnrolWireError(f"wire version {head.major}.{head.minor}, and this reads {MAJOR}: update the older one of the two")
        if head.kind not in _KINDS:
            raise EnrolWireError("a message of a kind that is not known")
        return msgspec.msgpack.decode(payload, type=_KINDS[head.kind])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise EnrolWireError(f"not such a message: {error}") from error
