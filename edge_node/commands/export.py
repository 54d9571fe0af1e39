"""`edge-node export FOLDER`: a recording of the black box as a page for an authority, or in a format that others read."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Callable, Iterator

from edge_node import __version__, private_file
from edge_node.commands.replay_folder import opened, part_of
from edge_node.incident.page import render
from edge_node.incident.redaction import LEFT_OUT, Redaction
from edge_node.interop import courageous, geojson, kml, table
from edge_node.interop.moment import Moment, Station, Untellable
from edge_node.messages import PositionFix
from edge_node.node.incidents import Account, account_of, incident_of, states_of
from edge_node.node.lanes import ordered
from edge_node.record.folder import RecordedFolder, RecordingUnreadable
from edge_node.record.head import Head, Place
from edge_node.record.sealed import KeyUnusable

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
    except (RecordingUnreadable, KeyUnusable, Untellable, ValueError, OSError) as error:
        sys.stderr.write(f"edge-node: {error}\n")
        return os.EX_DATAERR
    sys.stderr.write(f"{arguments.out}: for the role {arguments.role}. {LEFT_OUT[arguments.role]}\n")
    return os.EX_OK


def _text(recording: RecordedFolder, arguments: argparse.Namespace) -> str:
    replay = part_of(recording, arguments)
    account = account_of(recording, replay, again=arguments.again)
    redaction = Redaction(arguments.role, secrets.token_bytes(KEY_BYTES), account.everybody())
    if arguments.form == HTML:
        return render(incident_of(recording, replay, account, redaction, __version__))
    told = ENCODERS[arguments.form](_station(recording.head.node, recording.head.place), list(_moments(recording.head, account, redaction)))
    return told if isinstance(told, str) else told.decode()


def _moments(head: Head, account: Account, redaction: Redaction) -> Iterator[Moment]:
    for history in ordered(account.histories):
        for track in states_of(history, redaction):
            fix = account.fix_at(track.t_mono_ns) if head.moving else None
            yield Moment(t_utc_ns=head.clock.utc_ns(track.t_mono_ns), track=track, station=_station(head.node, fix) if fix else None)


def _station(name: str, place: Place | PositionFix | None) -> Station:
    """The node, and where it is as far as that is known."""
    if place is None:
        return Station(name=name)
    return Station(
        name=name,
        latitude_deg=place.latitude_deg,
        longitude_deg=place.longitude_deg,
        altitude_wgs84_m=place.altitude_wgs84_m,
        sigma_horizontal_m=place.sigma_m if isinstance(place, Place) else place.sigma_horizontal_m,
    )
