"""What is published of drones' narrow links: a prior for what a link is, never a gate.

ExpressLRS common.cpp and FHSS.cpp, DIY-Multiprotocol-TX-Module FrSkyR9, g3gg0's analysis of Crossfire, ArduPilot/SiK radio_443x.c. Altered
firmware sends anywhere: a link whose waveform and timing fit but whose channels do not is that link still, only less surely.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import exp

from msgspec import Struct

from edge_node.messages import LinkKind

RATE_OFF, DEVIATION_OFF = 0.004, 0.13
"""Shares: crystals and measurement; a deviation is set with parts of some per cent and read low in noise."""
PERIOD_OFF, AIR_OFF, CHANNEL_OFF = 0.004, 0.03, 20e-6
"""One sigma each: of a period that was measured over some packets, of a burst's length, and of both crystals."""
SHARED_PERIODS = 4
"""A period is also taken for so many of the plan's at most, as where every other packet is on another channel, with this much belief: """
MULTIPLE = 0.6
WEIGHTS = {"period": 0.4, "air": 0.25, "channels": 0.35}
UNASKED = 0.5
"""What is not known speaks neither for nor against."""
FAST_S, WIDE_HZ, UNLISTED = 0.05, 400e3, 0.35
"""Chirps so wide in packets so near each other are a remote control's, whoever made it; nothing else that is known sends so."""


class Grid(Struct, frozen=True):
    """Channels; `first_hz` None where each network has its own."""

    spacing_hz: float
    channels: int
    first_hz: float | None = None

    def off_hz(self, center_hz: float) -> float | None:
        """How far from the nearest channel; None where the first is not known."""
        if self.first_hz is None:
            return None
        place = min(max(round((center_hz - self.first_hz) / self.spacing_hz), 0), self.channels - 1)
        return center_hz - self.first_hz - place * self.spacing_hz


class Plan(Struct, frozen=True):
    """One mode of one link: chirps (`sf`, `bandwidth_hz`) or keying (`rate_bd`, `deviation_hz`), what it does in time, and where.

    `period_s` and `airs_s` are None and empty where it is not fixed or not published; `hop` packets are sent on a channel.
    """

    name: str
    link: LinkKind
    grids: Mapping[str, Grid]
    sf: int | None = None
    bandwidth_hz: float | None = None
    rate_bd: float | None = None
    deviation_hz: float | None = None
    period_s: float | None = None
    airs_s: tuple[float, ...] = ()
    hop: int | None = None


class Fit(Struct, frozen=True):
    """How well a plan fits (0 to 1), on which of its grids where channels are known; `plan` and `grid` are "unlisted" where none does."""

    link: LinkKind
    plan: str
    grid: str
    fit: float


def _even(first_hz: float, last_hz: float, channels: int) -> Grid:
    return Grid((last_hz - first_hz) / (channels - 1), channels, first_hz)


ELRS_900_GRIDS = {
    "eu868": _even(863.275e6, 869.575e6, 13),
    "fcc915": _even(903.5e6, 926.9e6, 40),
    "au915": _even(915.5e6, 926.9e6, 20),
    "in866": _even(865.375e6, 866.95e6, 4),
    "th920": _even(920.5e6, 924.7e6, 8),
    "au433": _even(433.42e6, 434.42e6, 3),
    "eu433": _even(433.1e6, 434.45e6, 3),
    "us433": _even(433.25e6, 438e6, 8),
    "us433w": _even(423.5e6, 438e6, 20),
}
ELRS_2400_GRIDS = {"ism2g4": _even(2400.4e6, 2479.4e6, 80)}
CROSSFIRE_GRIDS = {"eu": Grid(260_010.0, 100, 860e6), "us": Grid(260_010.0, 100, 900e6)}
R9_GRIDS = {"868": Grid(499_712.0, 27, 859_504_640.0), "915": Grid(499_712.0, 27, 914_472_960.0)}
SIK_GRIDS = {"433": Grid(1.74e6 / 12, 10), "868": Grid(2e6 / 12, 10), "915": Grid(13e6 / 52, 50)}
SIK_STEP_HZ = 625.0
SIK_STEPS = {2: 3, 4: 6, 8: 13, 16: 26, 19: 30, 24: 38, 32: 51, 48: 77, 64: 102, 96: 154, 128: 205, 192: 254, 250: 254}
"""Deviation at each air rate in kb/s."""

_ELRS_900 = (
    ("25", 9, 29.95e-3, 40e-3, 2),
    ("50", 8, 18.56e-3, 20e-3, 4),
    ("100", 7, 8.77e-3, 10e-3, 4),
    ("100_8ch", 6, 6.69e-3, 10e-3, 4),
    ("200", 6, 4.38e-3, 5e-3, 4),
    ("d50", 6, 4.38e-3, 5e-3, 2),
    ("250", 5, 3.216e-3, 4e-3, 4),
    ("200_8ch", 5, 4.24e-3, 5e-3, 4),
)
_ELRS_2400 = (
    ("50", 8, 10.798e-3, 20e-3, 2),
    ("100_8ch", 7, 7.605e-3, 10e-3, 4),
    ("150", 7, 5.871e-3, 6.666e-3, 4),
    ("250", 6, 3.3e-3, 4e-3, 4),
    ("333_8ch", 5, 2.374e-3, 3.003e-3, 4),
    ("500", 5, 1.507e-3, 2e-3, 4),
)


F1000 = "f1000_d500_d250"
"""D500 and D250 send each packet of F1000 twice and four times, at the same times on the same channels."""


def _plans() -> Iterator[Plan]:
    for name, sf, air_s, period_s, hop in _ELRS_900:
        yield Plan(name, "elrs_900", ELRS_900_GRIDS, sf=sf, bandwidth_hz=500e3, period_s=period_s, airs_s=(air_s,), hop=hop)
    for name, sf, air_s, period_s, hop in _ELRS_2400:
        yield Plan(name, "elrs_2400", ELRS_2400_GRIDS, sf=sf, bandwidth_hz=812.5e3, period_s=period_s, airs_s=(air_s,), hop=hop)
    yield Plan("k1000", "elrs_900", ELRS_900_GRIDS, rate_bd=300e3, deviation_hz=100e3, period_s=1e-3, airs_s=(0.658e-3,), hop=2)
    for name, period_s in ((F1000, 1e-3), ("f500", 2e-3)):
        yield Plan(name, "elrs_2400", ELRS_2400_GRIDS, rate_bd=650e3, deviation_hz=162.5e3, period_s=period_s, airs_s=(0.389e-3,), hop=2)
    yield Plan(
        "150", "crossfire", CROSSFIRE_GRIDS, rate_bd=85.05e3, deviation_hz=42.3e3, period_s=6.6734e-3, airs_s=(2.917e-3, 1.976e-3), hop=1
    )
    yield Plan("50", "crossfire", CROSSFIRE_GRIDS, sf=6, bandwidth_hz=500e3, period_s=20e-3, hop=1)
    yield Plan("flex", "frsky_r9", R9_GRIDS, sf=6, bandwidth_hz=500e3, period_s=20e-3, airs_s=(7.84e-3,), hop=1)
    for rate, steps in SIK_STEPS.items():
        yield Plan(f"{rate}", "sik", SIK_GRIDS, rate_bd=rate * 1e3, deviation_hz=steps * SIK_STEP_HZ)


PLANS = tuple(_plans())


def fits(
    parameters: Mapping[str, float | str], *, period_s: float | None = None, air_s: float | None = None, channels_hz: Sequence[float] = ()
) -> list[Fit]:
    """Plans whose waveform a finding's parameters are, the best fit first; at the end what is a remote control's without being listed."""
    found = [_fit(plan, period_s, air_s, channels_hz) for plan in PLANS if _waveform(plan, parameters)]
    if period_s is not None and period_s <= FAST_S and _number(parameters, "chirp_bandwidth_hz") >= WIDE_HZ:
        found.append(Fit("lora", "unlisted", "unlisted", UNLISTED))
    return sorted(found, key=lambda one: -one.fit)


def _number(parameters: Mapping[str, float | str], name: str) -> float:
    value = parameters.get(name)
    return float(value) if isinstance(value, float | int) else 0.0


def _waveform(plan: Plan, parameters: Mapping[str, float | str]) -> bool:
    if plan.sf is not None and plan.bandwidth_hz is not None:
        return (
            plan.sf == _number(parameters, "spreading_factor")
            and abs(_number(parameters, "chirp_bandwidth_hz") / plan.bandwidth_hz - 1) < RATE_OFF
        )
    if plan.rate_bd is None or plan.deviation_hz is None:
        return False
    return (
        abs(_number(parameters, "symbol_rate_bd") / plan.rate_bd - 1) < RATE_OFF
        and abs(_number(parameters, "deviation_hz") / plan.deviation_hz - 1) < DEVIATION_OFF
    )


def _fit(plan: Plan, period_s: float | None, air_s: float | None, channels_hz: Sequence[float]) -> Fit:
    grid, on_grid = "unlisted", UNASKED
    if channels_hz:
        grid, on_grid = max(((name, _on_grid(one, channels_hz)) for name, one in plan.grids.items()), key=lambda one: one[1])
    terms = {"period": _period(plan, period_s), "air": _air(plan, air_s), "channels": on_grid}
    return Fit(plan.link, plan.name, grid if on_grid > UNASKED else "unlisted", sum(WEIGHTS[name] * term for name, term in terms.items()))


def _bell(off: float, sigma: float) -> float:
    return exp(-0.5 * (off / sigma) ** 2)


def _period(plan: Plan, period_s: float | None) -> float:
    if period_s is None or plan.period_s is None or period_s <= 0:
        return UNASKED
    times = min(max(round(period_s / plan.period_s), 1), SHARED_PERIODS)
    return _bell(period_s / plan.period_s / times - 1, PERIOD_OFF) * (1.0 if times == 1 else MULTIPLE)


def _air(plan: Plan, air_s: float | None) -> float:
    if air_s is None or not plan.airs_s:
        return UNASKED
    return max(_bell(air_s / one - 1, AIR_OFF) for one in plan.airs_s)


def _on_grid(grid: Grid, channels_hz: Sequence[float]) -> float:
    """The mean over channels; a grid of which only the spacing is known fits if one place of its first channel suits them all."""
    first = channels_hz[0] if grid.first_hz is None else grid.first_hz
    known = Grid(grid.spacing_hz, grid.channels, first)
    if grid.first_hz is None:
        away = [(center_hz - first) / grid.spacing_hz for center_hz in channels_hz]
        if len(channels_hz) < 2 or max(away) - min(away) > grid.channels - 0.5:
            return UNASKED if len(channels_hz) < 2 else 0.0
        off = [(one - round(one)) * grid.spacing_hz for one in away[1:]]
        return sum(_bell(one, CHANNEL_OFF * channels_hz[0]) for one in off) / len(off)
    return sum(_bell(known.off_hz(center_hz) or 0.0, CHANNEL_OFF * center_hz) for center_hz in channels_hz) / len(channels_hz)
