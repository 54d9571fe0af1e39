"""Where chirps of a remote control are listened for: what is published of their channels, as far as a receiver hears them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edge_node.radio.links.lora import Channel
from edge_node.radio.links.tables import CROSSFIRE_GRIDS, ELRS_900_GRIDS, ELRS_2400_GRIDS, R9_GRIDS, Grid

CHIRPS_HZ = ((ELRS_900_GRIDS, 500e3, True), (ELRS_2400_GRIDS, 812.5e3, True), (R9_GRIDS, 500e3, False), (CROSSFIRE_GRIDS, 500e3, False))
"""Grids, the chirps on them, and whether transmitters and receivers meet on the middle one."""
SPREADING, HOPPING = (6, 7, 8, 9), (6,)
"""SF 5 needs more than an energy detector does, and is left to it."""
MOST_CHANNELS, SAME_HZ = 12, 50e3
MOST_AROUND, NEAR_HZ = 6, 30e3
"""Of a link that was heard so many channels are listened to at a time; a carrier is so near its channel."""


def listening(center_hz: float, rate_hz: float) -> list[Channel]:
    """Where to listen by turns in a receiver's band: every other time on a sync channel, to which a transmitter comes in every round.

    Between them on channels of links that have none; without a sync channel in the band on any. No two are nearly the same.
    """
    synced, hopping = list[Channel](), list[Channel]()
    for grid, bandwidth_hz, meets in _grids():
        for number, hz in enumerate(_centers_hz(grid)):
            into = synced if meets and number == grid.channels // 2 else hopping
            _add(into, Channel(hz - center_hz, bandwidth_hz, SPREADING if meets else HOPPING), rate_hz)
    others = [one for one in hopping if not synced or one.spreading == HOPPING][:MOST_CHANNELS]
    if not synced or not others:
        return synced or others
    return [one for number, other in enumerate(others) for one in (synced[number % len(synced)], other)]


def around(heard: Channel, known_hz: Iterable[float], center_hz: float, rate_hz: float) -> list[Channel]:
    """Where a link that was `heard` somewhere may be next: where it is known from, and the nearest other channels of any grid it fits."""
    found: list[Channel] = []
    other_hz = [
        hz for grid, width_hz, _ in _grids() if width_hz == heard.bandwidth_hz for hz in _fitting_hz(grid, heard.offset_hz + center_hz)
    ]
    for hz in (heard.offset_hz + center_hz, *known_hz, *sorted(other_hz, key=lambda hz: abs(hz - center_hz - heard.offset_hz))):
        if len(found) < MOST_AROUND:
            _add(found, Channel(hz - center_hz, heard.bandwidth_hz, heard.spreading, heard.falling), rate_hz)
    return found


def _grids() -> Iterator[tuple[Grid, float, bool]]:
    for grids, bandwidth_hz, meets in CHIRPS_HZ:
        for grid in sorted(grids.values(), key=lambda one: -one.channels):
            yield grid, bandwidth_hz, meets


def _centers_hz(grid: Grid) -> list[float]:
    return [(grid.first_hz or 0.0) + number * grid.spacing_hz for number in range(grid.channels)]


def _fitting_hz(grid: Grid, hz: float) -> list[float]:
    off_hz = grid.off_hz(hz)
    return [one + off_hz for one in _centers_hz(grid)] if off_hz is not None and abs(off_hz) < NEAR_HZ else []


def _add(into: list[Channel], channel: Channel, rate_hz: float) -> None:
    """Where it is in the band and not there already."""
    inside = abs(channel.offset_hz) + channel.bandwidth_hz / 2 < rate_hz / 2
    if inside and not any(abs(channel.offset_hz - one.offset_hz) < SAME_HZ for one in into):
        into.append(channel)
