"""A flood is named while it lasts; a busy site is none."""

from __future__ import annotations

from edge_node.node.gate.flood import MOST_NEW, FloodWatch

SECOND_NS = 1_000_000_000


def test_a_flood_is_named_while_it_lasts_and_not_after() -> None:
    watch, new = FloodWatch(), 0
    for second in range(5):
        new += 1_000
        watch.look(second * SECOND_NS, new)
    assert watch.words.startswith("spoof flood: ")
    for second in range(5, 17):
        watch.look(second * SECOND_NS, new)
    assert watch.words == ""


def test_many_aircraft_that_stay_are_no_flood() -> None:
    watch = FloodWatch()
    for second in range(60):
        watch.look(second * SECOND_NS, MOST_NEW)
        assert watch.words == ""


def test_a_rate_is_taken_over_ten_seconds() -> None:
    watch, named = FloodWatch(), []
    for second in range(40):
        watch.look(second * SECOND_NS, second * (MOST_NEW // 10 + 2))
        named.append(bool(watch.words))
    assert not any(named[:9])
    assert all(named[11:])
