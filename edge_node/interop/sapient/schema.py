"""The tables of flex335 as messages, fields and enumerations that can be looked up."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, get_args

from msgspec import Struct

from edge_node.interop.sapient import flex335

Scalar = Literal["double", "float", "int", "bool", "text", "uuid", "ulid", "bytes", "time"]
SCALARS = get_args(Scalar)
ENVELOPE = "SapientMessage"
_FIELD = re.compile(r"(\d+) (\w+) (\w+)(\*?)(!?)(?: @(\w+)(!?))?")


class SapientError(ValueError):
    """A message cannot be written or read; the text says which field and why."""


class Field(Struct, frozen=True):
    """One field; `kind` is a scalar or the whole name of a message or an enumeration."""

    number: int
    name: str
    kind: str
    many: bool
    mandatory: bool
    group: str | None
    group_mandatory: bool

    @property
    def json_name(self) -> str:
        """As protocol buffers spell it in JSON."""
        return re.sub(r"_(\w)", lambda found: found[1].upper(), self.name)


class Message(Struct, frozen=True):
    """Its fields by name and by number."""

    name: str
    fields: dict[str, Field]
    by_number: dict[int, Field]


def _rows(table: str) -> list[tuple[str, str]]:
    """Name and all that follows of each entry; lines that begin with a space go on with the one before."""
    joined = re.sub(r"\n +", " ", table.strip())
    return [(name, rest) for name, _, rest in (line.partition(": ") for line in joined.splitlines())]


@cache
def enumerations() -> dict[str, dict[str, int]]:
    """Numbers by their names, of each enumeration."""
    said = {}
    for name, rest in _rows(flex335.ENUMERATIONS):
        prefix, *words = rest.split()
        numbers: dict[str, int] = {}
        for word in words:
            label, _, number = word.partition("=")
            numbers[prefix + label] = int(number) if number else max(numbers.values(), default=-1) + 1
        said[name] = numbers
    return said


@cache
def messages() -> dict[str, Message]:
    """All messages by their names."""
    rows = _rows(flex335.MESSAGES)
    known = {name for name, _ in rows} | set(enumerations())
    return {name: _message(name, rest, known) for name, rest in rows}


def _message(name: str, rest: str, known: set[str]) -> Message:
    fields = [_field(name, text, known) for text in rest.split(", ")]
    return Message(name, {one.name: one for one in fields}, {one.number: one for one in fields})


def _field(owner: str, text: str, known: set[str]) -> Field:
    found = _FIELD.fullmatch(text)
    if found is None:
        raise SapientError(f"{owner}: {text!r} is no field")
    number, name, kind, many, mandatory, group, group_mandatory = found.groups()
    return Field(int(number), name, _whole(owner, kind, known), bool(many), bool(mandatory), group, bool(group_mandatory))


def _whole(owner: str, kind: str, known: set[str]) -> str:
    """The name of what lies in the same outermost message, else of what lies in none."""
    near = f"{owner.partition('.')[0]}.{kind}"
    if kind in SCALARS:
        return kind
    if near in known:
        return near
    if kind not in known:
        raise SapientError(f"{owner}: nothing is called {kind}")
    return kind
