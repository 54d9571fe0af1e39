"""Messages as dictionaries to protocol buffers and back: enumerations by their names, times in ns since 1970, text as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any

from edge_node.interop import protobuf as pb
from edge_node.interop.sapient.schema import ENVELOPE, Field, SapientError, enumerations, messages

Said = dict[str, Any]
MOST_DEPTH = 16
"""Of messages within messages: the standard's own nest classes within classes, at will."""
MOST_BYTES = 1 << 20
_TEXTS = ("text", "uuid", "ulid")
_FORMS = {"double": pb.FIXED_64, "float": pb.FIXED_32, "int": pb.VARINT, "bool": pb.VARINT}


def encode(said: Said, name: str = ENVELOPE) -> bytes:
    """A message's bytes; None is not said. Raises SapientError for a name or value that the standard has not."""
    return _encode(said, name, name)


def _encode(said: Said, name: str, path: str) -> bytes:
    known = messages()[name].fields
    parts = []
    for key, value in said.items():
        if (field := known.get(key)) is None:
            raise SapientError(f"{path}: there is no {key}")
        values = value if field.many else [value]
        parts += [_write(field, one, f"{path}.{key}") for one in values if one is not None]
    return b"".join(parts)


def _write(field: Field, value: Any, path: str) -> bytes:
    try:
        if field.kind in messages():
            return pb.message(field.number, _encode(value, field.kind, path))
        return _WRITERS.get(field.kind, _write_enumeration)(field, value)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise error if isinstance(error, SapientError) else SapientError(f"{path}: {value!r} is no {field.kind}") from error


def _write_enumeration(field: Field, value: Any) -> bytes:
    return pb.uint(field.number, enumerations()[field.kind][value])


def _write_number(field: Field, value: Any) -> bytes:
    if not isfinite(value):
        raise ValueError("not finite")
    return (pb.double if field.kind == "double" else pb.float_32)(field.number, float(value))


def _write_time(field: Field, t_utc_ns: int) -> bytes:
    seconds, nanos = divmod(t_utc_ns, 1_000_000_000)
    return pb.message(field.number, pb.uint(1, seconds or None) + pb.uint(2, nanos or None))


_WRITERS: dict[str, Callable[[Field, Any], bytes]] = {
    "double": _write_number,
    "float": _write_number,
    "int": lambda field, value: pb.uint(field.number, int(value)),
    "bool": lambda field, value: pb.uint(field.number, bool(value)),
    "bytes": lambda field, value: pb.message(field.number, bytes(value)),
    "time": _write_time,
    **dict.fromkeys(_TEXTS, lambda field, value: pb.message(field.number, value.encode(errors="replace"))),
}


def decode(body: bytes, name: str = ENVELOPE) -> Said:
    """A message's fields; what the standard does not know is left out. Raises SapientError, whatever the bytes."""
    if len(body) > MOST_BYTES:
        raise SapientError(f"{name}: {len(body)} bytes are more than {MOST_BYTES}")
    try:
        return _decode(body, name, 0)
    except pb.ProtobufError as error:
        raise SapientError(f"{name}: {error}") from error


def _decode(body: bytes, name: str, depth: int) -> Said:
    if depth > MOST_DEPTH:
        raise SapientError(f"{name}: more than {MOST_DEPTH} messages within each other")
    known = messages()[name]
    said: Said = {}
    for number, form, value in pb.fields(body):
        if (field := known.by_number.get(number)) is None:
            continue
        if field.many:
            said.setdefault(field.name, []).extend(_read_many(field, form, value, depth))
        else:
            _leave_others(said, field, known.fields.values())
            said[field.name] = _read(field, form, value, depth)
    return said


def _leave_others(said: Said, field: Field, fields: Iterable[Field]) -> None:
    """Of a group the last counts, as protocol buffers have it."""
    for other in fields if field.group else ():
        if other.group == field.group:
            said.pop(other.name, None)


def _read_many(field: Field, form: int, value: pb.Value, depth: int) -> list[Any]:
    """Numbers and enumerations that are repeated come in one piece."""
    if isinstance(value, bytes) and field.kind in enumerations():
        return [_read(field, pb.VARINT, one, depth) for one in pb.varints(value)]
    return [_read(field, form, value, depth)]


def _read(field: Field, form: int, value: pb.Value, depth: int) -> Any:
    if form != _FORMS.get(field.kind, pb.VARINT if field.kind in enumerations() else pb.BYTES):
        raise SapientError(f"{field.name}: no {field.kind} comes as wire type {form}")
    if isinstance(value, bytes):
        return _read_bytes(field, value, depth)
    if field.kind in enumerations():
        return _label(field, int(value))
    if field.kind == "bool":
        return bool(value)
    return value if isinstance(value, float) else _signed(value)


def _read_bytes(field: Field, value: bytes, depth: int) -> Any:
    if field.kind == "time":
        parts = {number: part for number, _, part in pb.fields(value)}
        seconds, nanos = (_signed(parts.get(number, 0)) for number in (1, 2))
        return seconds * 1_000_000_000 + nanos
    if field.kind == "bytes":
        return value
    if field.kind not in _TEXTS:
        return _decode(value, field.kind, depth + 1)
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise SapientError(f"{field.name}: no UTF-8") from error


def _signed(value: pb.Value) -> int:
    if not isinstance(value, int):
        raise SapientError("a number where none belongs")
    return value - (1 << 64) if value >= 1 << 63 else value


def _label(field: Field, number: int) -> str:
    for label, known in enumerations()[field.kind].items():
        if known == number:
            return label
    raise SapientError(f"{field.name}: {number} is no {field.kind}")
