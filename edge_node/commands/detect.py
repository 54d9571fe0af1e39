"""`edge-node detect FILE`: an analyst's first command. No node, no configuration."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from drivers.blocks import Block
from drivers.recording import Recording
from drivers.source import SourceError, SourceMisconfigured
from edge_node.commands.columns import lines
from edge_node.commands.recordings import messages, opened_by, utc_ns
from edge_node.messages import Detection, RemoteIdDetection
from edge_node.picture.page import PlotUnavailable
from edge_node.picture.plot import Drawing, drawing
from edge_node.remote_id.authenticity import Authenticity

KINDS = {"remote_id": "RadioFrame", "acoustic": "AudioBlock", "camera": "Frame"}
"""What can be looked for, and the blocks that it is found in."""


def as_row(detection: Detection, t_start_ns: int) -> dict[str, Any]:
    """A detection as plain values: its kind, t_s from the start of the recording, and all its own fields; unsaid is None."""
    fields = msgspec.to_builtins(detection)
    t_s = (fields.pop("t_mono_ns") - t_start_ns) / 1e9
    del fields["sensor"]
    return {"kind": fields.pop("kind"), "t_s": round(t_s, 6), **fields}


def detect(arguments: argparse.Namespace) -> int:
    """Print what the recording holds: a table, or with --json one object a line."""
    if arguments.kind not in (None, *KINDS):
        sys.stderr.write(f"edge-node: --as {arguments.kind}: this version detects {', '.join(KINDS)}\n")
        return os.EX_USAGE
    try:
        plot = drawing(arguments.plot) if arguments.plot else None
    except PlotUnavailable as error:
        return _trouble(error, os.EX_UNAVAILABLE)
    except OSError as error:
        return _trouble(error, os.EX_CANTCREAT)
    try:
        recording = opened_by(arguments.file, arguments)
        rows = (as_row(found, recording.t_mono_start_ns or 0) for found in _Listener(recording, arguments.kind, plot).found())
        (_print_json if arguments.json else _print_table)(rows)
    except PlotUnavailable as error:
        return _trouble(error, os.EX_UNAVAILABLE)
    except SourceError as error:
        return _trouble(error, os.EX_DATAERR)
    return _saved(plot, arguments) if plot else os.EX_OK


class _Listener:
    """A recording's way through detector, judges and plot."""

    def __init__(self, recording: Recording, kind: str | None, plot: Drawing | None) -> None:
        self._recording, self._kind, self._plot = recording, kind, plot
        self._authenticity = Authenticity()

    def found(self) -> Iterator[Detection]:
        """Every detection with what is suspected of it, noted for the plot as it passes; raises SourceError."""
        for batch in messages(self._recording, str(self._recording.path), self._see):
            for found in batch:
                if not isinstance(found, Detection):
                    continue
                judged = self._judged(found)
                if self._plot:
                    self._plot.take(judged, self._t_s(judged.t_mono_ns))
                yield judged

    def _see(self, block: Block) -> None:
        if self._kind and type(block).__name__ != KINDS[self._kind]:
            fits = " or ".join(f"--as {kind}" for kind, name in KINDS.items() if name == type(block).__name__)
            raise SourceMisconfigured(f"{self._recording.path} is no recording for --as {self._kind}; {fits or 'leaving it away'} fits")
        if self._plot:
            self._plot.see(block)

    def _judged(self, found: Detection) -> Detection:
        return self._authenticity.judge(found, utc_ns(self._recording, found), None) if isinstance(found, RemoteIdDetection) else found

    def _t_s(self, t_mono_ns: int) -> float:
        return (t_mono_ns - (self._recording.t_mono_start_ns or 0)) / 1e9


def _saved(plot: Drawing, arguments: argparse.Namespace) -> int:
    try:
        plot.save(arguments.file.name)
    except PlotUnavailable as error:
        return _trouble(error, os.EX_UNAVAILABLE)
    except OSError as error:
        return _trouble(error, os.EX_CANTCREAT)
    sys.stderr.write(f"plot: {arguments.plot}\n")
    return os.EX_OK


def _trouble(error: Exception, code: int) -> int:
    sys.stderr.write(f"edge-node: {error}\n")
    return code


def _print_json(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        sys.stdout.buffer.write(msgspec.json.encode(row) + b"\n")
    sys.stdout.buffer.flush()


def _print_table(rows: Iterable[dict[str, Any]]) -> None:
    """Line by line, so that a long recording shows itself as it is read."""
    for line in lines(rows):
        sys.stdout.write(f"{line}\n")
