from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from edge_node.publish.obedience import FACT, MOST_REMEMBERED, Obedience
from edge_node.publish.reliable_schema import Command
from edge_node.publish.spool import Spool
from edge_node.timebase import Timebase

CLOCK = Timebase(offset_ns=1_000_000_000, source="system", sigma_s=0.5)
COMMAND = Command(1, 0, 5, "c1", "record", {"seconds": 5}, valid_ms=10_000, sent_utc_ms=1000)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], Spool]]:
    """Opens the spool anew, after closing it."""
    spools: list[Spool] = []

    def open_again() -> Spool:
        for spool in spools:
            spool.close()
        spools.append(Spool(tmp_path / "spool.db", 1 << 20))
        return spools[-1]

    yield open_again
    spools[-1].close()


@pytest.fixture
def obedience(opened: Callable[[], Spool]) -> Obedience:
    """That allows two commands."""
    return Obedience(opened(), ("record", "report"))


def test_what_is_not_allowed_is_refused_and_what_is_allowed_named(obedience: Obedience) -> None:
    assert obedience.refusal(COMMAND, CLOCK, 0) is None
    refused = obedience.refusal(replace(COMMAND, name="reload"), CLOCK, 0)
    assert refused is not None
    assert refused[0] == "rejected"
    assert "allows record, report" in refused[1]


def test_where_nothing_is_allowed_nothing_is_done(opened: Callable[[], Spool]) -> None:
    refused = Obedience(opened(), ()).refusal(COMMAND, CLOCK, 0)
    assert refused is not None
    assert "allows none" in refused[1]


@pytest.mark.parametrize(("late_ms", "expired"), [(-5000, False), (10_000, False), (10_500, False), (10_501, True), (10**9, True)])
def test_it_expires_by_a_vouched_clock_and_its_error_alone(late_ms: int, expired: bool, obedience: Obedience) -> None:
    now_ns = late_ms * 1_000_000
    refused = obedience.refusal(COMMAND, CLOCK, now_ns)
    assert (refused is not None) == expired
    assert refused is None or refused[0] == "expired"
    assert obedience.refusal(COMMAND, Timebase(0, "unknown", None), now_ns) is None


def test_each_is_done_once_and_answered_again_after_a_restart_too(opened: Callable[[], Spool]) -> None:
    obedience = Obedience(opened(), ("record",))
    assert obedience.ended("c1") is None
    assert obedience.begin("c1")
    assert not obedience.begin("c1")
    obedience.note("c1", "started", "for 5 s")
    assert obedience.ended("c1") == ("started", "for 5 s")
    obedience.note("c1", "done", "900 bytes")
    again = Obedience(opened(), ("record",))
    assert again.ended("c1") == ("done", "900 bytes")


def test_it_is_remembered_though_rows_fill_the_file(opened: Callable[[], Spool]) -> None:
    spool = opened()
    obedience = Obedience(spool, ("record",))
    while not spool.evicted():
        for _ in range(500):
            spool.put("events", bytes(1000), 1)
        spool.commit(10**12)
    for number in range(MOST_REMEMBERED):
        obedience.note(f"{number}", "done", "x" * 200)
    assert Obedience(opened(), ("record",)).ended(f"{MOST_REMEMBERED - 1}") == ("done", "x" * 200)


def test_the_memory_is_bounded(obedience: Obedience, opened: Callable[[], Spool]) -> None:
    for number in range(MOST_REMEMBERED + 10):
        obedience.note(f"{number}", "done", "")
    assert [obedience.ended(f"{number}") is None for number in (0, 9, 10)] == [True, True, False]
    assert sum(obedience.begin(f"new {number}") for number in range(2 * MOST_REMEMBERED)) == MOST_REMEMBERED
    obedience.note("new 0", "done", "")
    assert obedience.begin("one more")


@pytest.mark.parametrize("text", ["", "nonsense", "[1]", '{"c1": 5}', '{"c1": ["done"]}', '{"c1": null}'])
def test_a_spoiled_memory_is_begun_anew(text: Any, opened: Callable[[], Spool]) -> None:
    spool = opened()
    spool.put_fact(FACT, text)
    obedience = Obedience(opened(), ("record",))
    assert obedience.ended("c1") is None
    assert obedience.begin("c1")
