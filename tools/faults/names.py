"""The names of a scene's nodes as a node may be called."""

from __future__ import annotations

import re

_UNCALLED = re.compile(r"[^A-Za-z0-9._-]+")
MOST = 32


def called(name: str) -> str:
    """A scene's name for a node as its configuration and C2 have it: without blanks, at most 32 characters."""
    return _UNCALLED.sub("-", name)[:MOST]
