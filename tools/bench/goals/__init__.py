"""The table of all goals, by the names of their figures."""

from __future__ import annotations

from tools.bench.goals import by_ear, by_eye, by_fusion, by_radio, of_field, of_interop, of_the_node, of_two_nodes

GOALS = {
    **of_the_node.GOALS,
    **by_radio.GOALS,
    **by_ear.GOALS,
    **by_eye.GOALS,
    **by_fusion.GOALS,
    **of_two_nodes.GOALS,
    **of_field.GOALS,
    **of_interop.GOALS,
}
