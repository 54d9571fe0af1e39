"""Both sides of a rate do the same work, and what is judged is made as said."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numpy.random import default_rng

from drivers.iq_formats import unpack
from edge_node.messages import LinkDetection, LinkKind
from edge_node.radio.spectrum.psd import Psd
from tools.bench import droneid, radio_links, radio_spectra
from tools.bench.radio_links import ELRS_900, ELRS_2400, OTHERS, RATE_HZ, Wanted, named, on_air
from tools.simulate.iq.catalogue import CATALOGUE


@pytest.mark.parametrize("rate_hz", radio_spectra.PLANS.values())
def test_spectra_take_nearly_all_of_a_block(rate_hz: float) -> None:
    psd = Psd(rate_hz)
    assert radio_spectra.SAMPLES % radio_spectra.BLOCK == 0
    assert radio_spectra.BLOCK // psd.tick * psd.tick > 0.98 * radio_spectra.BLOCK


def test_the_noise_is_never_clipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(radio_spectra, "SAMPLES", 1 << 14)
    samples, clipped = unpack(radio_spectra.noise(), "cu8")
    assert clipped == 0
    assert float(np.std(samples.real)) == pytest.approx(20 / 128, rel=0.05)


def test_all_rates_are_measured_turn_and_turn_about() -> None:
    turns: list[str] = []
    rates = radio_spectra.in_turn({"one": lambda: turns.append("one"), "other": lambda: turns.append("other")})
    assert turns == ["one", "other"] * radio_spectra.ROUNDS
    assert all(rate > 0 for rate in rates.values())


def test_pyfftw_is_hidden_for_a_while_and_no_longer() -> None:
    before = sys.modules.get(radio_spectra.FFTW, "absent")
    with radio_spectra._without_fftw(), pytest.raises(ImportError):
        __import__(radio_spectra.FFTW)
    assert sys.modules.get(radio_spectra.FFTW, "absent") == before


@pytest.mark.parametrize("sf", [6, 9])
def test_a_packet_is_as_faint_as_said(sf: int) -> None:
    samples, _ = on_air(default_rng(1), sf, -9.0)
    strong, _ = on_air(default_rng(1), sf, 60.0)
    noise = float(np.mean(np.abs(samples) ** 2)) - float(np.mean(np.abs(strong) ** 2))
    assert 10 * np.log10(noise * radio_links.WIDTH_HZ / RATE_HZ) == pytest.approx(9.0, abs=0.3)


def test_every_link_of_the_bench_is_in_the_catalogue() -> None:
    for link, wanted in {**ELRS_900, **ELRS_2400, **OTHERS}.items():
        assert CATALOGUE[link].make(1).kind == wanted.kind


def _heard(link: LinkKind, packet_rate_hz: float | None, bursts: int, *, alarm: bool = True) -> LinkDetection:
    return LinkDetection(
        t_mono_ns=0,
        track=1,
        link=link,
        alarm=alarm,
        probability=0.9,
        center_hz=866e6,
        bandwidth_hz=170e3,
        snr_db=6.0,
        level_dbfs=-40.0,
        first_mono_ns=0,
        bursts=bursts,
        packet_rate_hz=packet_rate_hz,
    )


@pytest.mark.parametrize(
    ("told", "right"),
    [
        ([], False),
        ([_heard("crossfire", 75.0, 5), _heard("crossfire", 149.9, 50), _heard("unknown", None, 90, alarm=False)], True),
        ([_heard("crossfire", 149.9, 5), _heard("crossfire", 75.0, 50)], False),
        ([_heard("crossfire", 149.9, 50), _heard("sik", None, 5)], False),
        ([_heard("crossfire", None, 50)], False),
    ],
    ids=["silence", "right in the end", "wrong in the end", "two kinds", "no rate"],
)
def test_a_link_is_right_by_its_kind_alone_and_the_rate_in_the_end(
    monkeypatch: pytest.MonkeyPatch, told: list[LinkDetection], right: bool
) -> None:
    monkeypatch.setattr(radio_links, "_told", lambda _: told)
    assert named("crossfire_eu_150", Wanted("crossfire", 149.85, 6.0)) == right


def test_a_busy_band_is_searched_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(droneid, "BUSY_S", 0.02)
    monkeypatch.setattr(droneid, "ROUNDS", 1)
    assert droneid.busy_rate(droneid.BUSY["wifi"][1]) > 0
