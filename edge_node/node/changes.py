"""What changed in how the node is: from one look at its status to the next, told as events."""

from __future__ import annotations

from edge_node.messages import NodeStatus, SensorState, SensorStatus
from edge_node.publish.noted import Noted
from edge_node.publish.rates import Beat

PASSING: frozenset[SensorState] = frozenset({"starting", "stopping"})
MOST_PARTS = 64
# A part that comes and goes is told of once in so long; what it is at the end of that, at once.
TOLD_EVERY_S = 10.0


class _Part:
    """One process, as it was last told."""

    def __init__(self) -> None:
        self.state: SensorState | None = None
        self.beat = Beat(1 / TOLD_EVERY_S)


class Changes:
    """Look once a second. What the status is at the first look is told too, so that C2 knows where it starts."""

    def __init__(self, configuration: str | None) -> None:
        self.configuration = configuration
        self._verdict: tuple[str, frozenset[tuple[str, str]]] | None = None
        self._verdict_beat = Beat(1 / TOLD_EVERY_S)
        self._parts: dict[str, _Part] = {}

    def look(self, status: NodeStatus, now_ns: int) -> list[Noted]:
        """Events for all that is other than at the last look."""
        noted: list[Noted] = []
        if status.configuration and status.configuration != self.configuration:
            sensors = ", ".join(one.name for one in status.sensors) or "none"
            words = f"configuration {status.configuration} is in force, before it {self.configuration or 'none'}; sensors: {sensors}"
            noted.append(Noted(event="configuration", words=words, about=status.configuration))
            self.configuration = status.configuration
        verdict = status.verdict, frozenset((one.about, one.name) for one in status.findings)
        if verdict != self._verdict and self._verdict_beat.due(now_ns):
            self._verdict_beat.said(now_ns)
            self._verdict = verdict
            noted.append(Noted(event="health", words=status.sentence, verdict=status.verdict))
        parts = (*status.sensors[: MOST_PARTS - 1], status.hub)
        self._parts = {one.name: self._parts.get(one.name) or _Part() for one in parts}
        return noted + [one for part in parts for one in self._part(part, status, now_ns)]

    def _part(self, now: SensorStatus, status: NodeStatus, now_ns: int) -> list[Noted]:
        told = self._parts[now.name]
        if now.state in PASSING or now.state == told.state or not told.beat.due(now_ns):
            return []
        told.beat.said(now_ns)
        told.state = now.state
        return [Noted(event="health", words=now.sentence, about=now.name, sensor_state=now.state, verdict=status.verdict)]
