"""Messages in the JSON of protocol buffers (protobuf.dev, ProtoJSON), as strict as that: for files, and the standard's own test corpus."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from edge_node.interop import readings
from edge_node.interop.sapient import check
from edge_node.interop.sapient.codec import MOST_DEPTH, Said, decode, encode
from edge_node.interop.sapient.schema import ENVELOPE, Field, Message, SapientError, enumerations, messages

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")


def loads(text: str) -> Said:
    """A message; raises SapientError for what is no JSON, or has a name or a value that the standard has not."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SapientError(f"no JSON: {error}") from error
    return _message(told, messages()[ENVELOPE], ENVELOPE, 0)


def problems(text: str) -> list[str]:
    """What is wrong with a message in JSON, once it went over the wire and came back; empty where nothing is."""
    try:
        return check.problems(decode(encode(loads(text))))
    except SapientError as error:
        return [str(error)]


def _message(told: Any, message: Message, path: str, depth: int) -> Said:
    if not isinstance(told, dict) or depth > MOST_DEPTH:
        raise SapientError(f"{path}: no message" if depth <= MOST_DEPTH else f"{path}: too deep")
    names = {name: field for field in message.fields.values() for name in (field.name, field.json_name)}
    said: Said = {}
    for key, value in told.items():
        if (field := names.get(key)) is None:
            raise SapientError(f"{path}: there is no {key}")
        if field.name in said:
            raise SapientError(f"{path}: {key} is there twice")
        if value is not None:
            said[field.name] = _value(field, value, f"{path}.{field.name}", depth)
    return said


def _value(field: Field, value: Any, path: str, depth: int) -> Any:
    if not field.many:
        return _one(field, value, path, depth)
    if not isinstance(value, list):
        raise SapientError(f"{path}: no list")
    return [_one(field, one, path, depth) for one in value]


def _one(field: Field, value: Any, path: str, depth: int) -> Any:
    if field.kind in messages():
        return _message(value, messages()[field.kind], path, depth + 1)
    try:
        return _READERS[field.kind](value) if field.kind in _READERS else _label(field, value)
    except (TypeError, ValueError, OverflowError) as error:
        raise SapientError(f"{path}: {str(value)[:40]!r} is no {field.kind}") from error


def _label(field: Field, value: Any) -> str:
    labels = enumerations()[field.kind]
    if isinstance(value, str) and value in labels:
        return value
    known = {number: label for label, number in labels.items()}
    if isinstance(value, bool) or value not in known:
        raise ValueError("unknown")
    return known[value]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    value.encode()
    return value


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("no bool")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isfinite(said := float(value)):
        raise ValueError("no number")
    return said


def _integer(value: Any) -> int:
    said = _number(value)
    if said != int(said) or abs(said) >= 1 << 31:
        raise ValueError("no integer of 32 bits")
    return int(said)


def _bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(_text(value), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


def _time(value: Any) -> int:
    found = _TIME.fullmatch(_text(value))
    if found is None:
        raise ValueError("no RFC 3339")
    whole, fraction, zone = found.groups()
    moment = datetime.fromisoformat(whole + ("+00:00" if zone == "Z" else zone)).astimezone(UTC) - readings.EPOCH
    return (moment.days * 86_400 + moment.seconds) * 1_000_000_000 + int((fraction or "0").ljust(9, "0"))


_READERS: dict[str, Callable[[Any], Any]] = {
    "double": _number,
    "float": _number,
    "int": _integer,
    "bool": _bool,
    "bytes": _bytes,
    "time": _time,
    **dict.fromkeys(("text", "uuid", "ulid"), _text),
}
