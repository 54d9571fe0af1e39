"""The list of sensors: how each is, how old its newest data are, and what it would sense now; blind is said first of all."""

from __future__ import annotations

from collections.abc import Iterator

from edge_node.field.health_lines import covered
from edge_node.messages import Coverage, SensorState, SensorStatus
from edge_node.node.now import Now
from edge_node.watch.cells import Line, Look, Span
from edge_node.watch.plain import long
from edge_node.watch.widths import cut, fill

LOOKS: dict[SensorState, Look] = {"running": "good", "starting": "fair", "stopping": "fair"}
NAME, NARROW_NAME = 12, 11
NARROW = 60
FRESH_S = 5.0
"""Longer than it takes to be told here, with what a device takes to hand over; who is silent for less is fresh on any screen."""


def lines(now: Now, columns: int) -> Iterator[Line]:
    """Those that are blind or do not run first."""
    status = now.status
    if status is None:
        return
    covers = {one.sensor: one for one in status.coverage}
    for sensor in sorted(status.sensors, key=lambda one: _well(one, covers.get(one.name))):
        yield _line(sensor, covers.get(sensor.name), now.data_age_s(sensor.name), columns)


def _well(sensor: SensorStatus, covers: Coverage | None) -> bool:
    return sensor.state == "running" and (covers is None or covers.reach_m > 0)


def _line(sensor: SensorStatus, covers: Coverage | None, age_s: float | None, columns: int) -> Line:
    blind = covers is not None and covers.reach_m <= 0
    narrow, old = columns < NARROW, age_s is not None and age_s > FRESH_S
    state: Span = ("BLIND   ", "bad") if blind and sensor.state == "running" else (f"{sensor.state:<8}", LOOKS.get(sensor.state, "bad"))
    data = "" if age_s is None else f"{long(age_s)} ago" if old else "fresh"
    told: Span = ("" if narrow and not old else f" {data:<9}", "fair" if old else "dim")
    head: Line = ((f" {fill(sensor.name, NARROW_NAME if narrow else NAME)} ", ""), state, told, (" ", ""))
    left = columns - sum(len(text) for text, _ in head)
    return (*head, (cut(_words(sensor, covers, narrow=narrow), max(left, 0)), "bad" if blind else ""))


def _words(sensor: SensorStatus, covers: Coverage | None, *, narrow: bool) -> str:
    """What it covers, or why nothing; what it says of itself where it senses no drones."""
    if covers is None:
        return sensor.sentence
    return f"{covers.reach_m:.0f} m {covers.sense.replace('_', ' ')}" if narrow and covers.reach_m > 0 else covered(covers)


def hub_words(now: Now) -> str:
    """How the hub is and how its link to C2 stands; tracks, what waits and clock as it says them."""
    hub, link = now.status.hub if now.status else None, now.figures.link if now.figures else ""
    if hub is None:
        return ""
    return f"link: {link}" if hub.state == "running" and link else f"{hub.name} {hub.state}: {hub.sentence}"
