"""Fields of protocol buffers (protobuf.dev, Encoding), by hand: a library is 7 MB, and these messages are few."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct, error

VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5
MOST_VARINT_BYTES = 10
_DOUBLE, _FLOAT = Struct("<d"), Struct("<f")
Value = int | float | bytes


class ProtobufError(ValueError):
    """Bytes that are no message; the text says where."""


def varint(number: int) -> bytes:
    """0 <= number < 2**64, seven bits at a time."""
    said = bytearray()
    while number > 0x7F:
        said.append(number & 0x7F | 0x80)
        number >>= 7
    said.append(number)
    return bytes(said)


def uint(field: int, number: int | None) -> bytes:
    """An unsigned integer, a bool or an enum; nothing of None."""
    return b"" if number is None else varint(field << 3 | VARINT) + varint(number & (1 << 64) - 1)


def double(field: int, number: float | None) -> bytes:
    """Eight bytes; nothing of None."""
    return b"" if number is None else varint(field << 3 | FIXED_64) + _DOUBLE.pack(number)


def float_32(field: int, number: float | None) -> bytes:
    """Four bytes; nothing of None or of what is larger than they hold."""
    try:
        return b"" if number is None else varint(field << 3 | FIXED_32) + _FLOAT.pack(number)
    except OverflowError:
        return b""


def string(field: int, text: str | None) -> bytes:
    """UTF-8; nothing of None or of what is empty."""
    return message(field, text.encode(errors="replace")) if text else b""


def message(field: int, body: bytes | None) -> bytes:
    """A message within a message; nothing of None, an empty one is said."""
    return b"" if body is None else varint(field << 3 | BYTES) + varint(len(body)) + body


def fields(body: bytes) -> Iterator[tuple[int, int, Value]]:
    """Number, wire type and value of each field in turn; floats as such, varints unsigned. Raises ProtobufError."""
    at = 0
    while at < len(body):
        key, at = _varint(body, at)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise ProtobufError(f"byte {at}: no field has the number 0")
        value, at = _value(body, at, kind)
        yield number, kind, value


def varints(body: bytes) -> Iterator[int]:
    """Unsigned integers that follow each other without keys. Raises ProtobufError."""
    at = 0
    while at < len(body):
        number, at = _varint(body, at)
        yield number


def _value(body: bytes, at: int, kind: int) -> tuple[Value, int]:
    try:
        if kind == VARINT:
            return _varint(body, at)
        if kind == FIXED_64:
            return _DOUBLE.unpack_from(body, at)[0], at + 8
        if kind == FIXED_32:
            return _FLOAT.unpack_from(body, at)[0], at + 4
    except error as wrong:
        raise ProtobufError(f"byte {at}: {wrong}") from wrong
    if kind != BYTES:
        raise ProtobufError(f"byte {at}: wire type {kind} is none")
    length, at = _varint(body, at)
    if at + length > len(body):
        raise ProtobufError(f"byte {at}: {length} bytes are said, {len(body) - at} follow")
    return body[at : at + length], at + length


def _varint(body: bytes, at: int) -> tuple[int, int]:
    number = 0
    for place in range(MOST_VARINT_BYTES):
        if at + place >= len(body):
            raise ProtobufError(f"byte {at}: cut off within a number")
        part = body[at + place]
        number |= (part & 0x7F) << 7 * place
        if part < 0x80:
            return number & (1 << 64) - 1, at + place + 1
    raise ProtobufError(f"byte {at}: a number of more than {MOST_VARINT_BYTES} bytes")
