"""TOML tables to frozen structs, strictly: every problem is collected, with its line and the nearest right name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec
from msgspec import Meta, Struct

StructT = TypeVar("StructT", bound=Struct)
Where = tuple[str | int, ...]
_HEADER = re.compile(r"^\s*\[(\[)?\s*([\w.\"'-]+)\s*\]?\]")
_KEY = re.compile(r"^\s*([\w.\"'-]+)\s*=")


class Problem(Struct, frozen=True):
    """One thing wrong in a configuration, in words; `sensor` names the [[sensor]] table that it concerns."""

    text: str
    line: int | None = None
    sensor: str | None = None

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}" if self.line else self.text


def as_path(kind: type[Any], value: object) -> object:
    """The dec_hook of msgspec for pathlib.Path; raises TypeError for anything else."""
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise TypeError(f"expected text for {kind.__name__}, got {type(value).__name__}")


def placed(value: Any, folder: Path) -> Any:
    """A path, or each path of a list, from the folder on; anything else as it is."""
    match value:
        case Path():
            return folder / value
        case tuple():
            return tuple(placed(one, folder) for one in value)
    return value


def nearest(word: str, words: list[str]) -> str:
    """' (did you mean …?)' when something alike is there, else what there is."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only on the way to an error

    alike = get_close_matches(word, words, n=1, cutoff=0.5)
    return f"did you mean {alike[0]!r}?" if alike else f"known are {', '.join(sorted(words)) or 'none'}"


def line_of(text: str, where: Where) -> int | None:
    """The 1-based line on which a key, or else its table, stands; None when it is not found."""
    table: tuple[str | int, ...] = ()
    seen: dict[str, int] = {}
    found = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            name = header[2].replace('"', "").replace("'", "")
            seen[name] = seen.get(name, -1) + 1
            table = (*name.split("."), seen[name]) if header[1] else tuple(name.split("."))
            if table == where[: len(table)]:
                found = number
        elif (key := _KEY.match(line)) and (*table, *key[1].split(".")) == where:
            return number
    return found


def _wanted(kind: object, error: msgspec.ValidationError) -> str:
    """What a field takes, in the words of its own description where it has one."""
    metas = [meta for part in (kind, *get_args(kind)) for meta in (part, *get_args(part)) if isinstance(meta, Meta)]
    described = next((meta.description for meta in metas if meta.description), None)
    return f"must be {described}" if described else str(error).replace("`", "").replace("Expected", "expected").split(" - at")[0]


def read_table(table: object, kind: type[StructT], where: Where, text: str, problems: list[Problem]) -> StructT | None:
    """One TOML table as `kind`, or None with what is wrong appended to `problems`."""
    name = ".".join(str(part) for part in where if isinstance(part, str))
    if not isinstance(table, dict):
        problems.append(Problem(f"{name} must be a table, written as [{name}]", line_of(text, where)))
        return None
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    before = len(problems)
    values = {}
    for key, value in table.items():
        if key not in fields:
            problems.append(Problem(f"unknown key {key!r} in {name}: {nearest(key, list(fields))}", line_of(text, (*where, key))))
            continue
        try:
            values[fields[key].name] = msgspec.convert(value, fields[key].type, dec_hook=as_path)
        except msgspec.ValidationError as error:
            said = f"{name}.{key} = {value!r}: {_wanted(fields[key].type, error)}"
            problems.append(Problem(said, line_of(text, (*where, key))))
    for key, field in fields.items():
        if field.required and key not in table:
            problems.append(Problem(f"{name} lacks the key {key!r}", line_of(text, where)))
    return kind(**values) if len(problems) == before else None
