"""Short runs of the benches of the C2 link: that both sides do what the figures claim; how fast is theirs to say."""

from __future__ import annotations

from pathlib import Path

from tools.bench import flood_c2, throughput
from tools.bench.outage import Outage
from tools.bench.two_planes import TRACKS

HOURS = 0.5


def test_an_outage_is_made_up_for_in_order_and_both_ways_back_are_taken(tmp_path: Path) -> None:
    outage = Outage(tmp_path)
    filled = outage.fill(HOURS)
    assert filled.history == HOURS * 3600 * TRACKS
    assert filled.events > 10
    assert filled.evicted == 0
    refused = outage.refused_until_now()
    assert refused.live_s > 0
    assert refused.latencies_ms
    held = outage.held()
    assert held.rows == filled.history + filled.events
    assert held.disordered == held.twice == outage.lost() == 0
    assert outage.black_hole().live_s > 0


def test_a_spool_that_is_too_small_is_counted_the_same_at_both_ends(tmp_path: Path) -> None:
    outage = Outage(tmp_path)
    filled = outage.fill(2.0, spool_mb=1)
    outage.refused_until_now()
    held = outage.held()
    assert filled.evicted > 1000
    assert sum(held.evicted.values()) == filled.evicted
    assert len(held.events) == filled.events
    assert held.disordered == 0


def test_rows_and_bare_messages_all_come() -> None:
    assert throughput.reliable("events", 2_000) > 0
    assert throughput.reliable("history", 2_000) > 0
    assert throughput.bare(False, 2_000) > 0
    assert throughput.bare(True, 2_000) > 0


def test_nodes_at_work_are_heard_amid_a_flood_and_one_more_gets_in() -> None:
    outcome = flood_c2.run(rounds=1, seconds=1.0)
    assert all(outcome.strangers)
    for phase in (outcome.calm, outcome.amid):
        assert len(phase.live_ms) > flood_c2.NODES
        assert len(phase.acked_ms) > flood_c2.NODES
    assert outcome.missing == 0
    assert 0 < outcome.dial_s < flood_c2.WITHIN_S
