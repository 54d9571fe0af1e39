"""Values as TOML 1.0 text: whatever Python read out of a TOML file, written so that it reads the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

_BARE = re.compile(r"^[A-Za-z0-9_-]+\Z")
_DELETE = "\x7f"
WIDTH = 100
MOST_SHORT = 1e12


class NotTomlError(ValueError):
    """A value that TOML cannot hold; the text says which."""


def key(name: str) -> str:
    """A key, bare where that is allowed."""
    return name if _BARE.match(name) else string(name)


def string(said: str) -> str:
    """A basic string: JSON's escapes are TOML's too, but JSON lets DEL stand. Raises NotTomlError for half a surrogate pair."""
    try:
        said.encode("utf-8")
    except UnicodeEncodeError:
        raise NotTomlError(f"{said!r} is no text") from None
    return json.dumps(said, ensure_ascii=False).replace(_DELETE, "\\u007F")


def value(said: Any) -> str:
    """Any value, on one line; raises NotTomlError."""
    match said:
        case str():
            return string(said)
        case list() | tuple():
            return f"[{', '.join(map(value, said))}]"
        case dict():
            return f"{{ {', '.join(f'{key(name)} = {value(one)}' for name, one in said.items())} }}" if said else "{}"
    return _plain(said)


def _plain(said: Any) -> str:
    match said:
        case bool():
            return "true" if said else "false"
        case int():
            return repr(said)
        case float():
            return _number(said)
        case datetime() | date() | time():
            return said.isoformat()
    raise NotTomlError(f"{said!r} has no place in TOML")


def _number(said: float) -> str:
    """Frequencies in MHz, as people write them; all else as Python does, which TOML reads too."""
    short = f"{said / 1e6:.9g}e6"
    return short if 1e6 <= abs(said) < MOST_SHORT and float(short) == said else repr(said)


def line(name: str, said: Any) -> str:
    """A key with its value; a long list of tables or lists has a line for each."""
    plain = f"{key(name)} = {value(said)}"
    if len(plain) <= WIDTH or not isinstance(said, list) or not all(isinstance(one, (dict, list)) for one in said):
        return plain
    return "\n".join([f"{key(name)} = [", *(f"    {value(one)}," for one in said), "]"])


def table(header: str, of: Mapping[str, Any], notes: Iterable[str] = (), remarks: Mapping[str, str] | None = None) -> str:
    """A whole table under its header line, with comments above it, and `remarks` behind the keys that they are of."""
    remarks = remarks or {}
    lines = [*map(comment, notes), header]
    for name, said in of.items():
        plain = line(name, said)
        lines.append(f"{plain}  {comment(remarks[name])}" if name in remarks and "\n" not in plain else plain)
    return "\n".join(lines) + "\n"


def comment(said: str) -> str:
    """A comment on one line: TOML forbids control characters in it."""
    return f"# {''.join(sign if sign.isprintable() else ' ' for sign in said)}".rstrip()
