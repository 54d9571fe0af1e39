"""Keys are renewed while a real node runs and a real C2 listens."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge_node import enrolment_file
from edge_node.publish import key_rotation
from edge_node.publish.keys import load_or_make
from tests.running import RunningNode, running_node
from tests.tools.c2.helpers import until
from tools.c2.news import Event
from tools.c2.station import Station

SENSOR = '[[sensor]]\nname = "one"\ndriver = "recording"\npath = "one.pipe"\npace = "live"\n'


class Pair:
    """A C2 in the test, and a node in processes of its own."""

    def __init__(self, folder: Path, c2: Station, node: RunningNode) -> None:
        self.folder, self.c2, self.node = folder, c2, node
        self.events: list[Event] = []

    def until(self, condition: Callable[[], object]) -> None:
        """Let C2 listen until the condition holds."""
        until(condition, lambda: self.events.extend(self.c2.events(0.05)), within_s=30)

    def audit(self, words: str) -> bool:
        """Whether the audit that has come says this."""
        return any(event["kind"] == "event" and words in (event["words"] or "") for event in self.events)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    keys = load_or_make(tmp_path / "c2")
    c2 = Station("tcp://127.0.0.1:0", keys, tmp_path / "c2")
    c2.enrolment.enrol("mast", load_or_make(tmp_path / "state").public)
    os.mkfifo(tmp_path / "one.pipe")
    holder = os.open(tmp_path / "one.pipe", os.O_RDWR)
    told = enrolment_file.Enrolled(live=c2.endpoint, reliable=c2.reliable_endpoint, server_key=keys.public)
    enrolment_file.write(tmp_path / "state", told)
    with running_node(tmp_path, f"[c2]\nstatus_every_s = 1.0\n{SENSOR}") as node:
        yield Pair(tmp_path, c2, node)
    c2.close()
    os.close(holder)


def test_a_node_goes_over_to_its_next_key_and_c2_lets_the_old_one_in_no_more(pair: Pair) -> None:
    old = load_or_make(pair.folder / "state")
    pair.until(lambda: pair.audit("the hub has started"))
    coming = key_rotation.begin_rotation(pair.folder / "state")
    pair.until(lambda: pair.audit("this node's key was renewed"))
    assert load_or_make(pair.folder / "state").public == coming.public
    pair.until(lambda: any(event["kind"] == "status" and event["node8"] == coming.node8 for event in pair.events))
    states = {node.key: node.state for node in pair.c2.enrolment.nodes()}
    assert states == {old.public: "replaced", coming.public: "enrolled"}
    assert pair.c2.enrolment.allowed(old.public) is None
    held = [(row["epoch"], row["seq"]) for row in pair.c2.store.rows("events", "mast")]
    assert len(set(held)) == len(held)
    assert {row["name"] for row in pair.c2.store.rows("events")} == {"mast"}


def test_a_node_learns_of_c2s_next_key_and_keeps_it_with_its_enrolment(pair: Pair) -> None:
    pair.until(lambda: pair.audit("the hub has started"))
    coming = key_rotation.begin_rotation(pair.folder / "c2")
    pair.until(lambda: pair.audit(f"C2 will have another key, {coming.public}"))
    kept = enrolment_file.read(pair.folder / "state")
    assert kept is not None
    assert kept.next_server_key == coming.public
    assert kept.server_key == load_or_make(pair.folder / "c2").public
