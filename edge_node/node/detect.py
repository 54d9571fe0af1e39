"""`edge-node detect FILE`: an analyst's first command. No node, no configuration."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from drivers.recording import Recording
from drivers.source import SourceError
from edge_node.messages import BusMessage, Detection, RemoteIdDetection
from edge_node.node.plot import Plot, PlotUnavailable, require_matplotlib
from edge_node.node.recordings import messages, utc_ns
from edge_node.remote_id.authenticity import Authenticity

KINDS = ("remote_id",)
COLUMNS = (
    ("t_s", 9, "{:.3f}"),
    ("transport", 12, "{}"),
    ("transmitter", 17, "{}"),
    ("rssi_dbm", 8, "{}"),
    ("ids", 20, "{}"),
    ("latitude_deg", 12, "{:.6f}"),
    ("longitude_deg", 13, "{:.6f}"),
    ("altitude_wgs84_m", 16, "{:.1f}"),
    ("height_m", 8, "{:.1f}"),
    ("direction_deg", 13, "{:.0f}"),
    ("speed_mps", 9, "{:.2f}"),
    ("operator_id", 16, "{}"),
    ("flags", 0, "{}"),
)


def as_row(detection: BusMessage, t_start_ns: int) -> dict[str, Any]:
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
    recording = Recording(path=arguments.file, pace="fast", loop=False)
    plot = Plot() if arguments.plot else None
    try:
        if plot:
            require_matplotlib()
        rows = (as_row(found, recording.t_mono_start_ns or 0) for found in _found(recording, str(arguments.file), plot))
        (_print_json if arguments.json else _print_table)(rows)
    except PlotUnavailable as error:
        return _trouble(error, os.EX_UNAVAILABLE)
    except SourceError as error:
        return _trouble(error, os.EX_DATAERR)
    return _saved(plot, arguments) if plot else os.EX_OK


def _found(recording: Recording, sensor: str, plot: Plot | None) -> Iterator[BusMessage]:
    """Every detection of the recording with what is suspected of it, noted for the plot as it passes."""
    authenticity = Authenticity()
    for batch in messages(recording, sensor):
        for found in batch:
            if isinstance(found, RemoteIdDetection):
                judged = authenticity.judge(found, utc_ns(recording, found), None)
                if plot:
                    plot.take(judged, (found.t_mono_ns - (recording.t_mono_start_ns or 0)) / 1e9)
                yield judged
            elif isinstance(found, Detection):
                yield found


def _saved(plot: Plot, arguments: argparse.Namespace) -> int:
    try:
        plot.save(arguments.plot, arguments.file.name)
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
    """Columns of text, a line a detection, so that a long recording shows itself as it is read."""
    sys.stdout.write(" ".join(name.ljust(width) for name, width, _ in COLUMNS).rstrip() + "\n")
    for row in rows:
        cells = (_cell(row[name], form).ljust(width) for name, width, form in COLUMNS)
        sys.stdout.write(" ".join(cells).rstrip() + "\n")


def _cell(value: Any, form: str) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return " ".join(item["value"] if isinstance(item, dict) else item for item in value)
    return form.format(value)
