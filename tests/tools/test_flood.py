"""Five seconds of a flood into a running node; how fast and how large is the bench's to say."""

from __future__ import annotations

from tools.bench import flood


def test_a_genuine_aircraft_is_kept_amid_a_flood_that_is_named() -> None:
    outcome = flood.run(5.0, aircraft=1_000, frames_a_second=1_000, quiet_s=2.0)
    assert outcome.named.startswith("spoof flood: ")
    assert len(outcome.genuine_before) > 3
    assert len(outcome.genuine_during) > 5
    assert outcome.sent > 3_000
    assert outcome.tracks > 300
    assert all(len(points) >= 2 for points in outcome.memory.values())
