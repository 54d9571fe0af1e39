"""Public keys of aircraft that sign what they send (DRIP, RFC 9575), as an operator of nodes lists them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from edge_node.remote_id import drip

LARGEST_BYTES = 1 << 20


def read(path: Path | None) -> tuple[Mapping[bytes, bytes], str]:
    """A TOML file of "entity tag" = "key in hex" lines, and what is wrong with it in words; a file that is wrong trusts nobody."""
    if path is None:
        return {}, ""
    try:
        with path.open("rb") as file:
            table = tomllib.loads(file.read(LARGEST_BYTES).decode())
        return drip.trusted_keys({tag: str(key) for tag, key in table.items()}), ""
    except OSError as error:
        return {}, f"no trusted keys: {path} cannot be read: {error.strerror}"
    except ValueError as error:
        return {}, f"no trusted keys: {path}: {error}"
