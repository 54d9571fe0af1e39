from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
import zmq
from msgspec.structs import replace

from edge_node.config import Config, NodeTable, RemoteIdTable
from edge_node.messages import Suspicion, TrackEvent
from edge_node.node import tracks_file
from edge_node.node.reporting import RUMOURS_AT_ONCE, Reporting
from edge_node.publish import wire
from edge_node.publish.live import LivePublisher
from edge_node.publish.outbox import FILE, Outbox
from edge_node.publish.reliable_wire import decode_event
from edge_node.publish.spool import Spool
from edge_node.publish.spool_file import Stream
from tests.edge_node.publish.scene import full_track
from tests.tools.c2.helpers import CLOCK, new_keys, until

KEYS = new_keys()
TRACK = full_track(7, Random(1))


@contextmanager
def reporting(folder: Path, *, operator_to_c2: bool = True) -> Iterator[Reporting]:
    """The hub's reporting without a C2, ended in order; what it told lies in the spool then."""
    node = NodeTable(name="roof", state_dir=folder, run_dir=folder)
    config = Config(node=node, remote_id=RemoteIdTable(operator_to_c2=operator_to_c2))
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    live = LivePublisher(config.c2, KEYS, context)
    outbox = Outbox(config.c2, KEYS, context, state_dir=folder, name="roof")
    told = Reporting(config, live, outbox, CLOCK, reload=lambda: False, freeze=lambda _order, _now: ("failed", "off"))
    yield told
    told.close()
    live.close()
    context.term()


def rows(folder: Path, stream: Stream = "events") -> list[bytes]:
    spool = Spool(folder / FILE, 1 << 20)
    found = [row[5] for row in spool.rows(stream, 0, 100_000)]
    spool.close()
    return found


def events(folder: Path) -> list[dict[str, Any]]:
    return [decode_event(payload) for payload in rows(folder)]


def test_what_happens_is_in_the_spool_when_the_hub_has_ended(tmp_path: Path) -> None:
    now_ns = time.monotonic_ns()
    with reporting(tmp_path) as told:
        told.look(None, CLOCK, [], now_ns)
        told.happened(TrackEvent(kind="confirmed", track=TRACK), now_ns)
        told.tick([TRACK], now_ns)
        told.happened(TrackEvent(kind="lost", track=TRACK), now_ns)
        told.end(now_ns)
    assert [(event["event"], bool(event["track"])) for event in events(tmp_path)] == [
        ("audit", False),
        ("confirmed", True),
        ("lost", True),
        ("audit", False),
    ]
    assert "has started" in events(tmp_path)[0]["words"]
    assert "the hub ends" in events(tmp_path)[-1]["words"]
    (kept,) = rows(tmp_path, "history")
    assert wire.decode_tracks(kept)["tracks"][0]["number"] == 7


def test_nothing_of_the_operator_leaves_where_it_must_not(tmp_path: Path) -> None:
    number = TRACK.identity.operator_id if TRACK.identity else None
    assert number is not None
    doubts = (Suspicion("operator_id_form", 0.2, f"{number} is no operator number"), Suspicion("speed_impossible", 0.9, "400 m/s"))
    doubtful = replace(TRACK, suspicions=doubts)
    now_ns = time.monotonic_ns()
    with reporting(tmp_path, operator_to_c2=False) as told:
        told.happened(TrackEvent(kind="confirmed", track=doubtful), now_ns)
        told.tick([doubtful], now_ns)
    said = {event["about"]: event["words"] for event in events(tmp_path)}
    assert said == {None: None, "operator_id_form": None, "speed_impossible": "400 m/s"}
    everything = rows(tmp_path) + rows(tmp_path, "history")
    assert len(everything) == 4
    assert not [payload for payload in everything if number.encode() in payload]
    for event in events(tmp_path):
        assert event["track"]["identity"]["operator_latitude_deg"] is None


def test_a_flood_of_invented_aircraft_has_an_allowance_and_the_rest_is_counted(tmp_path: Path) -> None:
    now_ns = time.monotonic_ns()
    many = 5 * round(RUMOURS_AT_ONCE)
    with reporting(tmp_path) as told:
        told.look(None, CLOCK, [], now_ns)
        for number in range(many):
            told.happened(TrackEvent(kind="new", track=replace(TRACK, number=number, state="tentative")), now_ns)
        told.happened(TrackEvent(kind="confirmed", track=TRACK), now_ns)
        told.look(None, CLOCK, [], now_ns + 1)
    kinds = [event["event"] for event in events(tmp_path)]
    assert (kinds.count("new"), kinds.count("confirmed")) == (round(RUMOURS_AT_ONCE), 1)
    assert f"{many - round(RUMOURS_AT_ONCE)} events" in events(tmp_path)[-1]["words"]


def test_the_tracks_are_shown_on_the_spot_and_a_folder_that_takes_none_is_said(tmp_path: Path) -> None:
    now_ns = time.monotonic_ns()
    with reporting(tmp_path) as told:
        told.look(None, CLOCK, [TRACK], now_ns)
        shown = tracks_file.read(tmp_path)
        assert shown == tracks_file.TracksNow(now_ns, (TRACK,))
        assert told.findings() == []
        (tmp_path / tracks_file.FILE).unlink()
        (tmp_path / tracks_file.FILE).mkdir()
        told.look(None, CLOCK, [TRACK], now_ns)
        (finding,) = told.findings()
        assert (finding.about, finding.name, "tracks cannot be shown" in finding.words) == ("storage", "status_unwritable", True)
    assert tracks_file.read(tmp_path) is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_outbox_that_dies_ends_the_hub_with_words_and_what_was_told_before_is_kept(tmp_path: Path) -> None:
    now_ns = time.monotonic_ns()
    with reporting(tmp_path) as told:
        told.audit("before", now_ns)
        told._outbox._do(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
        until(lambda: not told._outbox.alive, lambda: time.sleep(0.01))
        with pytest.raises(RuntimeError, match="the outbox has ended by an error"):
            told.look(None, CLOCK, [], now_ns)
    assert [event["words"] for event in events(tmp_path)] == ["before"]
