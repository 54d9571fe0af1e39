"""A node that is struck says so by name, soon, and is well again by itself; the bench `verdicts` does it all."""

from __future__ import annotations

from tools.bench.goals.of_field import FAULTS
from tools.verdicts.faults import faults
from tools.verdicts.post import LIGHT, post
from tools.verdicts.striking import judge

SAID_S, WELL_S = 5.0, 10.0
SLACK_S = 6.0
"""For a machine whose cores are shared by other tests."""
CALM_S, LASTS_S = 0.3, 0.3
STRUCK = {
    "unplug_gnss": "sensor_absent",
    "worker_killed": "sensor_crashed",
    "hub_killed": "hub_down",
    "under_voltage": "under_voltage",
    "typo": "configuration_refused",
}


def test_what_is_done_to_a_node_is_said_by_name_and_over_by_itself() -> None:
    with post(LIGHT) as here:
        there = list(faults(here))
        assert {fault.name for fault in there} <= set(FAULTS), "each has its goal in the bench"
        for fault in there:
            if fault.name in STRUCK:
                verdict = judge(here, fault, LASTS_S, CALM_S)
                assert verdict.finding == STRUCK[fault.name]
                assert (verdict.said_s < SAID_S + SLACK_S, verdict.well_s < WELL_S + SLACK_S, verdict.others) == (True, True, ()), verdict
