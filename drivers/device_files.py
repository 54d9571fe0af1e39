"""TOML files about known devices and a user's own: found by name or path, read strictly, with the nearest right word for a wrong one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from drivers.source import SourceMisconfigured

_PACKED, _CHECKED_OUT = (folder / "hw" for folder in Path(__file__).parents[:2])
HARDWARE = _PACKED if _PACKED.is_dir() else _CHECKED_OUT
"""What comes with the project about hardware: in a wheel beside the drivers, in a checkout beside their package."""

StructT = TypeVar("StructT", bound=Struct)


def known(kind: str) -> dict[str, Path]:
    """The devices of one kind ("arrays", "cameras") that come with the project, name -> file."""
    return {path.stem: path for path in sorted((HARDWARE / kind).glob("*.toml"))}


def path_of(name: str, kind: str, noun: str) -> Path:
    """The file of a known device by its name, or a user's own by the path of its TOML file; raises SourceMisconfigured."""
    files = known(kind)
    if name not in files and not name.endswith(".toml"):
        raise SourceMisconfigured(f"there is no {noun} {name!r}: {nearest(name, files)}; your own is named by the path of its .toml")
    return files.get(name) or Path(name)


def read(path: Path, kind: type[StructT]) -> StructT:
    """One file as `kind`; raises SourceMisconfigured."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SourceMisconfigured(f"there is no {path}") from None
    except OSError as error:
        raise SourceMisconfigured(f"{path} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SourceMisconfigured(f"{path} is no TOML: {error}") from None
    fields = [field.name for field in msgspec.structs.fields(kind)]
    for key in table:
        if key not in fields:
            raise SourceMisconfigured(f"{path}: unknown key {key!r}: {nearest(key, fields)}")
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise SourceMisconfigured(f"{path}: {error}") from None


def nearest(word: str, words: Iterable[str]) -> str:
    """What was probably meant, or what there is."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only on the way to an error

    choices = sorted(words)
    alike = get_close_matches(word, choices, n=1, cutoff=0.5)
    return f"did you mean {alike[0]!r}?" if alike else f"known are {', '.join(choices)}"
