"""Which link it is, by its waveform, when its packets come and where: a waveform alone names no drone's link."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from edge_node.messages import LinkKind
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.tables import Fit, fits
from edge_node.radio.tracks.period import LEAST_BURSTS, MOST_JITTER, Period

DRONES: frozenset[LinkKind] = frozenset({"elrs_900", "elrs_2400", "crossfire", "frsky_r9", "sik", "dji_ocusync", "analog_video"})
LEAST_CHANNELS = 3
LEAST_FREE_CHANNELS = 4
"""Of a network that chooses where its grid begins."""
FREE: frozenset[LinkKind] = frozenset({"sik"})
BY_TIMING, BY_CHANNELS = 0.58, 0.5
"""How well a plan must fit where packets come by a clock, and where channels lie on its grid."""
SURE = 0.5
"""A video or OFDM waveform that is as surely a drone's needs no more."""
MOST = 0.99


class Name(Struct, frozen=True):
    """What a link is called, how surely (0 to 1), whether it is a drone's, and which plan of the tables it follows."""

    link: LinkKind
    probability: float
    alarm: bool
    plan: str | None = None
    grid: str | None = None


def name_of(finding: Finding, period: Period | None = None, air_s: float | None = None, channels_hz: Sequence[float] = ()) -> Name:
    """The name of what was found, heard at these channels; "lora" and "fsk" become a link by at least five packets by a clock or a grid."""
    if finding.link in DRONES:
        return Name(finding.link, min(MOST, finding.score), finding.score >= SURE)
    if finding.link not in ("lora", "fsk"):
        return Name(finding.link, min(MOST, finding.score), False)
    timed = period is not None and period.bursts >= LEAST_BURSTS and period.jitter < MOST_JITTER
    found = fits(finding.parameters, period_s=period.seconds if period else None, air_s=air_s, channels_hz=channels_hz)
    for fit in found:
        if fit.link in DRONES and _is_borne_out(fit, timed, len(channels_hz)):
            return Name(fit.link, min(MOST, fit.fit), True, fit.plan, fit.grid)
    return Name(finding.link, min(MOST, finding.score), False)


def _is_borne_out(fit: Fit, timed: bool, channels: int) -> bool:
    least = LEAST_FREE_CHANNELS if fit.link in FREE else LEAST_CHANNELS
    on_grid = channels >= least and fit.grid != "unlisted" and fit.fit >= BY_CHANNELS
    return on_grid or (timed and fit.fit >= BY_TIMING)
