"""All that doctor has to say of a node at one time."""

from __future__ import annotations

from msgspec import Struct

from edge_node.field.doctor.grades import ORDER
from edge_node.messages import Finding, Grade

GROUPS = ("node", "power", "temperature", "storage", "memory", "time", "position", "link", "configuration")
"""In the order of the page; sensors come between position and link, by the names of the configuration."""


class Report(Struct, frozen=True, kw_only=True):
    """Who was looked at, when (by its own clock), how, and what was found; None is what nobody knows."""

    node: str
    t_utc: str
    version: str
    configuration: str
    model: str | None
    place: str | None
    fingerprint: str | None
    running: bool
    seconds: float
    verdict: Grade
    sensors: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """0 all is well, 1 something is not as it should be, 2 something does not work."""
        return ORDER.index(self.verdict)


def ordered(findings: tuple[Finding, ...], sensors: tuple[str, ...]) -> tuple[Finding, ...]:
    """By group, within a group the worst first; each once."""
    order = (*GROUPS[:7], *sensors, *GROUPS[7:])
    rank = {about: number for number, about in enumerate(order)}
    return tuple(sorted(dict.fromkeys(findings), key=lambda one: (rank.get(one.about, len(order)), -ORDER.index(one.grade))))
