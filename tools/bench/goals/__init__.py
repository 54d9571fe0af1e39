"""The table of all goals, by the names of their figures."""

from __future__ import annotations

from tools.bench.goals import by_ear, by_eye, by_radio, of_the_node

GOALS = {**of_the_node.GOALS, **by_radio.GOALS, **by_ear.GOALS, **by_eye.GOALS}
