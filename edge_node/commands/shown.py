"""Events and tracks as `edge-node replay` prints them."""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from edge_node.messages import Track, TrackEvent
from edge_node.node.words import describe, happened
from edge_node.suspicion import together
from edge_node.watch.plain import plain, visible


def as_row(t_s: float, said: TrackEvent | Track) -> dict[str, Any]:
    """An event or a track as plain values; the track's times become ages in seconds before t_s."""
    if isinstance(said, TrackEvent):
        return {"kind": "event", "event": said.kind, "t_s": round(t_s, 6), "other": said.other, "track": said.track.number}
    return {"kind": "track", "t_s": round(t_s, 6), **msgspec.to_builtins(said), "suspicion_score": together(said.suspicions)}


def show_json(t_s: float, said: TrackEvent | Track) -> None:
    """One object a line."""
    sys.stdout.write(visible(msgspec.json.encode(as_row(t_s, said)).decode()) + "\n")


def show_text(t_s: float, said: TrackEvent | Track) -> None:
    """One sentence a line."""
    words = happened(said) if isinstance(said, TrackEvent) else f"track {said.number} is {said.state}: {describe(said)}"
    sys.stdout.write(plain(f"{t_s:10.3f} s  {words}") + "\n")
