"""Wide ones that are no drone's get their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links import dvb_t, known_wide, lte, ofdm, oven, wifi
from tests.edge_node.radio.links.cutting import burst_of, pieces, recording, simulated, unending
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.mixer import Air
from tools.simulate.iq.ofdm import DvbT, Lte, OcusyncControl, OcusyncVideo
from tools.simulate.iq.oven import CENTER_HZ, Oven
from tools.simulate.iq.video import NTSC, PAL, Fpv, Standard
from tools.simulate.iq.wifi import Wifi


def kinds(bursts: list[Burst]) -> list[str | None]:
    return [found.link if (found := known_wide.look(burst)) else None for burst in bursts]


@pytest.mark.parametrize("snr_db", [0.0, 10.0])
@pytest.mark.parametrize("offset_hz", [0.0, 3e6], ids=["middle", "beside"])
def test_wifi_is_told_acknowledgements_too(snr_db: float, offset_hz: float) -> None:
    bursts = simulated(Wifi(), FrontEnd(2_437e6 + offset_hz, 20e6, bits=None), 0.02, Air(snr_db), most=12)
    assert min(burst.duration_s for burst in bursts) < 50e-6
    assert kinds(bursts).count("wifi") >= len(bursts) - (snr_db < 3)


def test_wifi_without_its_beginning_is_told_by_its_symbols() -> None:
    bursts = simulated(Wifi(), FrontEnd(2_437e6, 20e6, bits=None), 0.02, Air(10.0))
    longest = max(bursts, key=lambda burst: burst.duration_s)
    fields = {field: getattr(longest, field) for field in Burst.__struct_fields__}
    late = Burst(**fields | {"samples": longest.samples[5000:], "before_s": 0.0})
    found = wifi.look(late)
    assert found
    assert found.parameters["told_by"] == "symbols"


def test_real_wifi_is_told(shared_data: Path) -> None:
    bursts = list(pieces(recording(shared_data / "radio" / "neg_wifi_dot11n_radiated_20MSps.cs16"), 20e6, 2_412e6))
    assert len(bursts) > 10
    assert set(kinds(bursts)) == {"wifi"}


@pytest.mark.parametrize("rate_hz", [2.4e6, 10e6], ids=["part", "whole"])
@pytest.mark.parametrize("guard", [4, 8, 16, 32])
def test_television_is_told_with_its_guard(rate_hz: float, guard: int) -> None:
    found = dvb_t.look(unending(DvbT(guard=1 / guard), FrontEnd(650e6, rate_hz, bits=None), 0.02, Air(3.0)))
    assert found
    assert (found.link, found.parameters) == ("dvb_t", {"channel_hz": 8e6, "mode": "8k", "guard": f"1/{guard}"})


@pytest.mark.parametrize("offset_hz", [-2e6, 0.0, 1.2e6])
@pytest.mark.parametrize("standard", [PAL, NTSC], ids=["pal", "ntsc"])
def test_a_part_of_analog_video_is_no_television(offset_hz: float, standard: Standard) -> None:
    """Fourteen lines of PAL last as long as a symbol of 8k."""
    for seed in range(1, 4):
        burst = unending(Fpv(standard, 1_280e6, seed), FrontEnd(1_280e6 + offset_hz, 2.4e6), 0.02, Air(15.0))
        assert known_wide.look(burst) is None


@pytest.mark.parametrize("seed", range(1, 5))
def test_lte_is_told_by_its_synchronisation(seed: int) -> None:
    """A receiver that is off by 37 kHz hears it too."""
    cell = Lte(806e6, seed=seed)
    found = lte.look(unending(cell, FrontEnd(806.037e6, 15.36e6, bits=None), 0.012, Air(6.0)))
    assert found
    assert found.parameters["pss_root"] == (25, 29, 34)[cell.random("cell").randrange(504) % 3]
    assert found.carrier_offset_hz == pytest.approx(-37e3, abs=16e3)


def test_real_lte_is_told_by_its_synchronisation(shared_data: Path) -> None:
    samples = recording(shared_data / "radio" / "neg_lte20_1815.3MHz_19.2MSps.cs8")
    parts = [(begin, begin + 192_000) for begin in range(0, len(samples) - 192_000, 192_000)]
    found = [lte.look(burst_of(samples, 19.2e6, part, (-9e6, 9e6))) for part in parts]
    assert [one and one.parameters["pss_root"] for one in found] == [29.0] * len(parts)


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_an_oven_is_told_in_its_band_only(mains_hz: float) -> None:
    link = Oven(mains_hz=mains_hz)
    bursts = simulated(link, FrontEnd(CENTER_HZ, 20e6, bits=None), 0.05, Air(10.0))
    assert bursts
    assert {found and found.parameters["known"] for found in map(known_wide.look, bursts)} == {"microwave_oven"}
    assert {found and found.link for found in map(ofdm.look, bursts)} == {None}
    fields = {field: getattr(bursts[0], field) for field in Burst.__struct_fields__}
    assert oven.look(Burst(**fields | {"center_hz": 5_800e6})) is None


def test_drones_are_none_of_these() -> None:
    front = FrontEnd(2_444.5e6, 20e6, bits=None)
    bursts = simulated(OcusyncVideo(), front, 0.012, Air(10.0)) + simulated(OcusyncControl(), front, 0.1, Air(10.0))
    picture = unending(Fpv(center_hz=2_450e6), FrontEnd(2_450e6, 20e6, bits=None), 0.01, Air(10.0))
    assert kinds([*bursts, picture]) == [None] * (len(bursts) + 1)
