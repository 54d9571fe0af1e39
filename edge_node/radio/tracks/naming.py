"""Which link it is, by its waveform, when its packets come and where: a waveform alone names no drone's link."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from edge_node.messages import LinkKind
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.tables import PLANS, SHARED_PERIODS, Fit, Plan, fits
from edge_node.radio.tracks.period import LEAST_BURSTS, MOST_JITTER, MOST_PARTS, Period

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
ALIKE = 0.02
"""Modes that fit so nearly as well are told apart by when they hop."""
NEAR = 0.02
AS_LONG = 0.06
"""Of a packet's time on air."""
NONE = Plan("", "unknown", {})


class Name(Struct, frozen=True):
    """What a link is called, how surely (0 to 1), whether it is a drone's, and which plan of the tables it follows."""

    link: LinkKind
    probability: float
    alarm: bool
    plan: str | None = None
    grid: str | None = None


def name_of(
    finding: Finding, period: Period | None = None, air_s: float | None = None, channels_hz: Sequence[float] = (), hop: int | None = None
) -> Name:
    """The name of what was found, heard at these channels, so many packets on each; a drone's only by packets by a clock or a grid."""
    if finding.link in DRONES:
        return Name(finding.link, min(MOST, finding.score), finding.score >= SURE)
    if finding.link not in ("lora", "fsk"):
        return Name(finding.link, min(MOST, finding.score), False)
    timed = period is not None and period.bursts >= LEAST_BURSTS and period.jitter < MOST_JITTER
    found = fits(finding.parameters, period_s=period.seconds if period else None, air_s=air_s, channels_hz=channels_hz)
    clock, seen = period if timed else None, air_s if finding.link == "lora" else None
    borne_out = [fit for fit in found if fit.link in DRONES and _is_borne_out(fit, clock, seen, len(channels_hz))]
    if not borne_out:
        return Name(finding.link, min(MOST, finding.score), False)
    fit = max(borne_out, key=lambda fit: fit.fit + (ALIKE if hop is not None and _plan(fit.link, fit.plan).hop == hop else 0.0))
    return Name(fit.link, min(MOST, fit.fit), True, fit.plan, fit.grid)


def packet_rate_hz(name: Name, period: Period) -> float:
    """One over the period, or over its mode's where a hop's packets were heard as one burst, or but every so many of them were heard."""
    plan = _plan(name.link, name.plan)
    if plan.period_s is not None and plan.hop is not None:
        times = period.seconds / plan.period_s
        if 1 < round(times) <= MOST_PARTS and abs(times / round(times) - 1) < NEAR / max(1.0, times / SHARED_PERIODS):
            return round(times) / period.seconds
    return 1 / period.seconds


def off_grid_hz(name: Name, channels_hz: Sequence[float]) -> float | None:
    """How far its channels lie from the published ones, in the middle; None where these are not known."""
    grid = _plan(name.link, name.plan).grids.get(name.grid or "")
    off = [away for hz in channels_hz if grid is not None and (away := grid.off_hz(hz)) is not None]
    return sorted(off)[len(off) // 2] if off else None


def _plan(link: LinkKind, name: str | None) -> Plan:
    return next((plan for plan in PLANS if (plan.link, plan.name) == (link, name)), NONE)


def _is_borne_out(fit: Fit, clock: Period | None, air_s: float | None, channels: int) -> bool:
    plan = _plan(fit.link, fit.plan)
    least = LEAST_FREE_CHANNELS if fit.link in FREE else LEAST_CHANNELS
    on_grid = channels >= least and fit.grid != "unlisted" and fit.fit >= BY_CHANNELS and (plan.sf is None or _is_as_long(plan, air_s))
    return on_grid or (clock is not None and _is_of(clock, plan) and fit.fit >= BY_TIMING)


def _is_of(clock: Period, plan: Plan) -> bool:
    """Whether packets come at the plan's times, or at every second to SHARED_PERIODS-th of them."""
    times = clock.seconds / plan.period_s if plan.period_s else 0.0
    return 1 <= round(times) <= SHARED_PERIODS and abs(times / round(times) - 1) < NEAR


def _is_as_long(plan: Plan, air_s: float | None) -> bool:
    """Whether packets are as long as the plan's, which are all alike: gateways send on the same grids, but now this and now that."""
    return air_s is not None and any(abs(air_s / one - 1) < AS_LONG for one in plan.airs_s)
