"""The tracks of now in a file, for whoever is on the spot: a node without a route to C2 shows them all the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from edge_node.messages import Track

FILE = "tracks.json"
STALE_AFTER_S = 5.0


class TracksNow(Struct, frozen=True):
    """All tracks of the hub at one monotonic time."""

    t_mono_ns: int
    tracks: tuple[Track, ...]


def write(run_dir: Path, tracks: Sequence[Track], now_mono_ns: int) -> None:
    """Replace the file in one step; raises OSError."""
    fresh = run_dir / f".{FILE}"
    fresh.write_bytes(msgspec.json.encode(TracksNow(now_mono_ns, tuple(tracks))))
    fresh.replace(run_dir / FILE)


def read(run_dir: Path) -> TracksNow | None:
    """What was written last; None where there is nothing whole."""
    try:
        return msgspec.json.decode((run_dir / FILE).read_bytes(), type=TracksNow)
    except (OSError, msgspec.DecodeError):
        return None
