"""`edge-node export FOLDER`: a recording of the black box as a page for an authority, or in a format that others read."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from drivers.source import SourceError
from edge_node import __version__, private_file
from edge_node.commands.replay_folder import opened, part_of
from edge_node.incident.page import render
from edge_node.incident.redaction import LEFT_OUT, Redaction
from edge_node.interop import courageous, geojson, kml, table
from edge_node.interop.moment import Moment, Station, Untellable
from edge_node.messages import PositionFix
from edge_node.node.incidents import Account, account_of, incident_of
from edge_node.node.lanes import ordered
from edge_node.record.folder import RecordedFolder, RecordingUnreadable
from edge_node.record.head import Head, Place
from edge_node.record.sealed import KeyUnusable
from edge_node.watch.plain import plain

Encoder = Callable[[Station, list[Moment]], bytes | str]
ENCODERS: dict[str, Encoder] = {
    "courageous": courageous.document,
    "geojson": geojson.document,
    "kml": kml.document,
    "csv": table.document,
}
HTML = "html"
FORMS = (HTML, *ENCODERS)
KEY_BYTES = 32


def export(arguments: argparse.Namespace) -> int:
    """Write the file, for its owner alone, and say what was left out of it."""
    try:
        text = _text(opened(arguments.folder, arguments.key), arguments)
        private_file.replace(arguments.out, text)
    except (SourceError, RecordingUnreadable, KeyUnusable, Untellable, ValueError, OSError) as error:
        sys.stderr.write(plain(f"edge-node: {error}") + "\n")
        return os.EX_DATAERR
    sys.stderr.write(f"{arguments.out}: for the role {arguments.role}. {LEFT_OUT[arguments.role]}\n")
    return os.EX_OK


def _text(recording: RecordedFolder, arguments: argparse.Namespace) -> str:
    _require_outside(recording, arguments.out)
    replay = part_of(recording, arguments)
    account = account_of(recording, replay, again=arguments.again)
    redaction = Redaction(arguments.role, secrets.token_bytes(KEY_BYTES), account.everybody())
    if arguments.form == HTML:
        return render(incident_of(recording, replay, account, redaction, __version__))
    station = _station(recording.head.node, recording.head.place, redaction)
    told = ENCODERS[arguments.form](station, list(_moments(recording.head, account, redaction)))
    return told if isinstance(told, str) else told.decode()


def _require_outside(recording: RecordedFolder, out: Path) -> None:
    """Raises ValueError where the file would lie among those that it is made of, or be one of them."""
    if recording.path.resolve() in out.resolve().parents:
        raise ValueError(f"{out} would be part of the recording: name a file outside of {recording.path}")


def _moments(head: Head, account: Account, redaction: Redaction) -> Iterator[Moment]:
    """Of a node that moves each with its place then, for who may know it: a way over a grid tells when it crossed which line."""
    moves = head.moving and redaction.may.exact_places
    for history in ordered(account.histories):
        for track in redaction.way(history.states):
            fix = account.fix_at(track.t_mono_ns) if moves else None
            station = _station(head.node, fix, redaction) if fix else None
            yield Moment(t_utc_ns=head.clock.utc_ns(track.t_mono_ns), track=track, station=station)


def _station(name: str, place: Place | PositionFix | None, redaction: Redaction) -> Station:
    """The node, and where it is as far as that is known and its reader's."""
    if place is None or place.latitude_deg is None or place.longitude_deg is None:
        return Station(name=name)
    about = redaction.rough(place.latitude_deg, place.longitude_deg, place.altitude_wgs84_m)
    at = about or place
    exact_m = place.sigma_m if isinstance(place, Place) else place.sigma_horizontal_m
    return Station(
        name=name,
        latitude_deg=at.latitude_deg,
        longitude_deg=at.longitude_deg,
        altitude_wgs84_m=at.altitude_wgs84_m,
        sigma_horizontal_m=about.sigma_m if about else exact_m,
    )
