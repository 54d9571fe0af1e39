"""How a value in SI units becomes a small number on the wire and comes back: steps, names and bits, told by a field's own type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import ceil, isfinite
from typing import Any, TypeVar, get_args, get_type_hints

from msgspec import Meta, Struct
from msgspec.structs import astuple

S = TypeVar("S", bound=Struct)
Names = tuple[str | None, ...]


class Quantity(Struct, frozen=True):
    """A number of steps, `per_unit` of them to one unit; `turn` wraps, `up` rounds up so that an uncertainty is never made smaller."""

    unit: str
    per_unit: float
    low: int
    high: int
    up: bool = False
    turn: int = 0

    def steps(self, value: float | None) -> int | None:
        """The nearest whole number of steps, saturated; None for what is unknown or no number."""
        if value is None or not isfinite(value * self.per_unit):
            return None
        exact = value * self.per_unit
        number = ceil(exact - 1e-6) if self.up else round(exact)
        return number % self.turn if self.turn else min(max(number, self.low), self.high)

    def value(self, steps: int | None) -> float | None:
        """The value in its unit; a whole number of large steps stays whole."""
        if steps is None:
            return None
        return steps / self.per_unit if abs(self.per_unit) >= 1 else steps * (1 / self.per_unit)


class Choice(Struct, frozen=True):
    """One of some names, in the bits from `shift` on; 0 means that it is not said."""

    name: str
    names: Names
    shift: int
    width: int

    def bits(self, name: str | None) -> int:
        """The name's number in its place; 0 for a name that the table does not hold."""
        return self.names.index(name) << self.shift if name in self.names else 0

    def chosen(self, packed: int) -> str | None:
        """The name; None for a number that this reader does not know."""
        number = packed >> self.shift & (1 << self.width) - 1
        return self.names[number] if number < len(self.names) else None


class Packed(Struct, frozen=True):
    """Several choices in one number."""

    choices: tuple[Choice, ...]


def scaled(unit: str, per_unit: float, low: int, high: int, meaning: str, *, up: bool = False, turn: int = 0) -> Meta:
    """A field that holds steps; it reads as `name_unit`."""
    return Meta(ge=low, le=high, description=meaning, extra={"as": Quantity(unit, per_unit, low, high, up, turn)})


def packed(meaning: str, **tables: tuple[int, Names]) -> Meta:
    """A field that holds choices of (bits, names), the first in the lowest bits; bits above them are to come and are ignored."""
    choices, shift = [], 0
    for name, (width, names) in tables.items():
        choices.append(Choice(name, names, shift, width))
        shift += width
    return Meta(ge=0, le=2**32 - 1, description=meaning, extra={"as": Packed(tuple(choices))})


def mask_of(names: Sequence[str], table: Sequence[str | None]) -> int:
    """One bit for each name that the table holds."""
    return sum({1 << table.index(name) for name in names if name in table})


def names_in(mask: int, table: Sequence[str]) -> list[str]:
    """The names of the bits that are set; a bit beyond the table reads as #bit."""
    return [table[bit] if bit < len(table) else f"#{bit}" for bit in range(mask.bit_length()) if mask >> bit & 1]


@cache
def layout(kind: type[Struct]) -> tuple[tuple[str, Quantity | Packed | None, bool], ...]:
    """Of each field in order: its name, how it is scaled, and whether it may be nil."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple((name, _scaling(hints[name]), type(None) in get_args(hints[name])) for name in kind.__struct_fields__)


def meta(hint: Any) -> Meta | None:
    """The Meta of an annotated type, or of the part of a union that has one."""
    parts = [part for arm in (hint, *get_args(hint)) for part in get_args(arm)]
    return next((part for part in parts if isinstance(part, Meta)), None)


def _scaling(hint: Any) -> Quantity | Packed | None:
    told = meta(hint)
    return told.extra["as"] if told and told.extra else None


def to_wire(kind: type[S], said: Mapping[str, Any]) -> S | None:
    """A struct of steps from values in SI units; None when a field that may not be nil is unknown."""
    row: list[Any] = []
    for name, scaling, nil_allowed in layout(kind):
        match scaling:
            case Quantity():
                row.append(scaling.steps(said.get(f"{name}_{scaling.unit}")))
            case Packed():
                bits = sum(choice.bits(said.get(choice.name)) for choice in scaling.choices)
                row.append(None if nil_allowed and not bits else bits)
            case None:
                row.append(said.get(name))
        if row[-1] is None and not nil_allowed:
            return None
    return kind(*row)


@cache
def _reading(kind: type[Struct]) -> tuple[dict[str, Any], tuple[tuple[str, Quantity | Packed | None], ...]]:
    """What a struct that says nothing reads as, and of each field in order: its name then, and how it is scaled."""
    nothing: dict[str, Any] = {}
    fields = []
    for name, how, _ in layout(kind):
        fields.append((f"{name}_{how.unit}" if isinstance(how, Quantity) else name, how))
        nothing |= {choice.name: choice.chosen(0) for choice in how.choices} if isinstance(how, Packed) else {fields[-1][0]: None}
    return nothing, tuple(fields)


def from_wire(struct: Struct) -> dict[str, Any]:
    """Values in SI units from a struct of steps."""
    nothing, fields = _reading(type(struct))
    said = nothing.copy()
    for (name, how), raw in zip(fields, astuple(struct), strict=True):
        if raw is None:
            continue
        if how is None:
            said[name] = raw
        elif isinstance(how, Quantity):
            said[name] = how.value(raw)
        elif raw:
            said |= {choice.name: choice.chosen(raw) for choice in how.choices}
    return said


def without_tail(value: Any) -> Any:
    """Nested lists without the None at their ends: what is missing at the end of an array is nil."""
    if not isinstance(value, list | tuple):
        return value
    row = [without_tail(item) for item in value]
    while row and row[-1] is None:
        row.pop()
    return row
