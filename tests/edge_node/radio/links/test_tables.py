from __future__ import annotations

from itertools import islice

import pytest

from edge_node.radio.links.tables import ELRS_900_GRIDS, ELRS_2400_GRIDS, PLANS, R9_GRIDS, SIK_STEPS, UNLISTED, fits
from tools.simulate.iq.catalogue import CATALOGUE, link_of
from tools.simulate.iq.crossfire import Crossfire, CrossfireLora
from tools.simulate.iq.elrs import DOMAINS, RATES_2G4, RATES_900, Elrs, elrs_900, elrs_2400
from tools.simulate.iq.lora import Lora
from tools.simulate.iq.r9 import R9
from tools.simulate.iq.sik import DEVIATIONS, Sik
from tools.simulate.iq.wave import Burst, Link

Numbers = dict[str, float | str]


def _chirps(sf: int, bandwidth_hz: float = 500e3) -> Numbers:
    return {"spreading_factor": sf, "chirp_bandwidth_hz": bandwidth_hz}


def _keys(rate_bd: float, deviation_hz: float) -> Numbers:
    return {"symbol_rate_bd": rate_bd, "deviation_hz": deviation_hz}


def _sent(link: Link, count: int = 40, *, aloft: bool | None = None) -> list[Burst]:
    return [burst for burst in islice(link.bursts(0.0), count) if aloft is None or burst.aloft is aloft]


def _elrs_numbers(link: Elrs) -> Numbers:
    modem = link.rate.modem
    return _chirps(modem.sf, modem.bandwidth_hz) if isinstance(modem, Lora) else _keys(modem.rate_bd, modem.deviation_hz)


def test_grids_are_those_of_the_transmitters() -> None:
    for name, domain in DOMAINS.items():
        grid = (ELRS_900_GRIDS | ELRS_2400_GRIDS)[name]
        assert grid.channels == domain.channels
        assert all(abs(grid.off_hz(domain.center_hz(k)) or 0.0) < 1 for k in range(domain.channels))
    assert all(abs(R9_GRIDS["868"].off_hz(center_hz) or 0.0) < 1 for center_hz in R9("868").centers_hz)
    assert SIK_STEPS == DEVIATIONS


@pytest.mark.parametrize("name", [*(f"900 {rate}" for rate in RATES_900), *(f"2g4 {rate}" for rate in RATES_2G4)])
def test_elrs_is_told_by_rate_and_grid(name: str) -> None:
    band, rate = name.split()
    link = elrs_900(rate, "fcc915", seed=5) if band == "900" else elrs_2400(rate, seed=5)
    period_s, bursts = link.rate.interval_s, _sent(link)
    best = fits(_elrs_numbers(link), period_s=period_s, air_s=bursts[0].duration_s, channels_hz=[one.center_hz for one in bursts])[0]
    assert best.link == link.kind
    assert best.grid == ("fcc915" if band == "900" else "ism2g4")
    same = {plan.name for plan in PLANS if plan.link == link.kind and plan.period_s == period_s and plan.name == best.plan}
    assert best.plan in same
    assert best.fit > 0.95


def test_r9_and_both_kinds_of_crossfire_are_told_apart() -> None:
    r9 = _sent(R9("868", 3))
    slow, fast = _sent(CrossfireLora("us", 3), aloft=False), _sent(Crossfire("eu", 3), aloft=True)
    assert fits(_chirps(6), period_s=20e-3, air_s=r9[0].duration_s, channels_hz=[one.center_hz for one in r9])[0].link == "frsky_r9"
    assert fits(_chirps(6), period_s=20e-3, air_s=slow[0].duration_s, channels_hz=[one.center_hz for one in slow])[0].link == "crossfire"
    best = fits(_keys(85.0e3, 41.0e3), period_s=6.6735e-3, air_s=fast[0].duration_s, channels_hz=[one.center_hz for one in fast])[0]
    assert (best.link, best.plan, best.grid) == ("crossfire", "150", "eu")
    assert best.fit > 0.9


@pytest.mark.parametrize("board", ["433", "868", "915"])
def test_sik_is_told_by_spacing_whatever_its_network(board: str) -> None:
    bursts = _sent(Sik(board, 64, net_id=77), 200)
    best = fits(_keys(64e3, 62e3), channels_hz=sorted({one.center_hz for one in bursts}))[0]
    assert (best.link, best.plan, best.grid) == ("sik", "64", board)


def test_a_link_off_every_grid_is_still_likely_one() -> None:
    found = fits(_chirps(6), period_s=5e-3, air_s=4.38e-3, channels_hz=[750.1e6, 751.33e6, 757.77e6])
    assert (found[0].link, found[0].grid) == ("elrs_900", "unlisted")
    assert 0.5 < found[0].fit < 0.75
    odd = fits(_chirps(10), period_s=33e-3)
    assert [(one.link, one.fit) for one in odd] == [("lora", UNLISTED)]


def test_what_nobody_sends_fits_nothing() -> None:
    assert fits(_chirps(7, 125e3), period_s=5.0) == []
    assert fits(_keys(100e3, 50e3), channels_hz=[868.95e6]) == []
    assert fits(_keys(4_800, 2_400)) == []
    assert fits({}) == []
    assert fits({"spreading_factor": "six", "chirp_bandwidth_hz": "wide"}) == []


def test_a_period_of_every_other_packet_fits_less() -> None:
    once, twice = (fits(_chirps(9), period_s=period_s)[0].fit for period_s in (40e-3, 80e-3))
    assert once > twice > fits(_chirps(9), period_s=61e-3)[0].fit


def test_every_link_of_a_drone_has_a_plan() -> None:
    named = {plan.link for plan in PLANS}
    for name, entry in CATALOGUE.items():
        if entry.drone and name.startswith(("elrs", "crossfire", "r9", "sik")):
            assert link_of(name, 1).kind in named
