"""The token that a technician carries from C2 to a node: where C2 is, its key, and a secret that enrols one node once."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from zmq.utils import z85

from edge_node.config import Z85Key
from edge_node.enrolment_file import Address
from edge_node.publish.enrol_wire import SECRET_BYTES
from edge_node.publish.keys import raw

VERSION = 1
CHECK_BYTES = 4
MOST_SIGNS = 2000


class TokenError(ValueError):
    """A text is no token that can be used; the text says why and what to do."""


class Token(Struct, frozen=True):
    """What a token says; `expires_utc_s` is C2's to judge and the node's to explain."""

    secret: bytes
    server_key: Z85Key
    expires_utc_s: int
    enrol: Address
    live: Address
    reliable: Address | None = None

    def __repr__(self) -> str:
        return f"Token({self.enrol})"


class _Body(Struct, array_like=True):
    secret: Annotated[bytes, Meta(min_length=SECRET_BYTES, max_length=SECRET_BYTES)]
    server_key: Annotated[bytes, Meta(min_length=32, max_length=32)]
    expires_utc_s: Annotated[int, Meta(ge=0, lt=2**32)]
    enrol: Address
    live: Address
    reliable: Address | None


def encode(token: Token) -> str:
    """As letters and digits that survive shells, messengers and QR codes (base32, RFC 4648, without padding)."""
    body = _Body(token.secret, raw(token.server_key), token.expires_utc_s, token.enrol, token.live, token.reliable)
    data = bytes([VERSION]) + msgspec.msgpack.encode(body)
    return base64.b32encode(data + _check(data)).decode().rstrip("=")


def decode(text: str) -> Token:
    """What `encode` wrote, in any case and with any white space; raises TokenError, and nothing else."""
    signs = "".join(text.split()).upper()
    if not 8 <= len(signs) <= MOST_SIGNS:
        raise TokenError("that is no token: C2 shows one with 'python -m tools.c2 invite'")
    try:
        data = base64.b32decode(signs + "=" * (-len(signs) % 8))
    except ValueError as error:
        raise TokenError("that is no whole token: it has the letters A to Z and the digits 2 to 7 only; copy all of it") from error
    data, check = data[:-CHECK_BYTES], data[-CHECK_BYTES:]
    if check != _check(data):
        raise TokenError("the token is mistyped or cut: its checksum is wrong; copy all of it again")
    if data[0] != VERSION:
        raise TokenError(f"the token is of version {data[0]}, and this node reads {VERSION}: update the older one of node and C2")
    return _body(data[1:])


def _body(data: bytes) -> Token:
    try:
        body = msgspec.msgpack.decode(data, type=_Body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise TokenError(f"the token was made wrongly: {error}; ask for a new one") from error
    key = z85.encode(body.server_key).decode()
    return Token(body.secret, key, body.expires_utc_s, body.enrol, body.live, body.reliable)


def _check(data: bytes) -> bytes:
    return sha256(b"edge_node token" + data).digest()[:CHECK_BYTES]
