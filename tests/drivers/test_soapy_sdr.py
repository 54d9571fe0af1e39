"""The SoapySDR driver: its real reader process, and the real SoapySDR where it and its module for RTL-SDR are installed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drivers.frequency_plan import Row
from drivers.grab_soapy import DEBIANS_PACKAGES
from drivers.soapy_sdr import SoapySdr
from drivers.source import SourceAbsent, SourceError, SourceLost, SourceMisconfigured, SourceStalled
from tests.drivers.radios import FakeDongle, assert_counted, samples_of, until

RATE_HZ = 1e6


@pytest.fixture
def real_soapy(fake_dongle: FakeDongle) -> FakeDongle:
    """A dongle without hardware, behind the SoapySDR of the system."""
    tag = f"_SoapySDR.cpython-{sys.version_info.major}{sys.version_info.minor}-*"
    if not list(Path(DEBIANS_PACKAGES).glob(tag)) or not list(Path("/usr/lib").glob("*/SoapySDR/modules*/librtlsdrSupport.so")):
        pytest.skip("needs Debian's python3-soapysdr for this Python, and soapysdr-module-rtlsdr")
    return fake_dongle


def driver(**options: Any) -> SoapySdr:
    """A driver for a dongle behind SoapySDR."""
    return SoapySdr(**({"device": "driver=rtlsdr", "center_hz": 868e6, "rate_hz": RATE_HZ, "gain_db": 30.0} | options))


@pytest.mark.parametrize("sample_format", ["CF32", "CS16", "CS8"])
def test_samples_come_whole_counted_and_stamped(real_soapy: FakeDongle, sample_format: str) -> None:
    with driver(sample_format=sample_format, settings={"biastee": "true"}) as radio:
        found = list(samples_of(radio, 10))
        words = radio.words()
    assert_counted(found)
    for block in found:
        assert set(np.rint(np.diff(block.samples.real) * 128)) == {1, -255}
    assert {(block.center_hz, block.sample_rate_hz, block.gain_db, block.lost) for block in found} == {(868e6, RATE_HZ, 30.0, 0)}
    assert words.startswith("R820T (driver=rtlsdr) at 868 MHz, 1 MS/s, 30 dB")
    assert {"rtlsdr_set_bias_tee 1", "rtlsdr_set_tuner_gain_mode 1"} <= set(real_soapy.told())


def test_it_moves_about_at_other_rates(real_soapy: FakeDongle) -> None:
    plan = [Row(868e6, dwell_s=0.2), Row(433e6, 2e6, 0.2)]
    with driver(center_hz=None, plan=plan) as radio:
        found = until(radio, lambda block: block.center_hz == 433e6)
        found += until(radio, lambda block: block.center_hz == 868e6)
    assert_counted(found)
    assert {(block.center_hz, block.sample_rate_hz) for block in found} == {(868e6, RATE_HZ), (433e6, 2e6)}


def test_one_that_hangs_is_ended(real_soapy: FakeDongle) -> None:
    with driver(silent_after_s=0.5) as radio:
        blocks = samples_of(radio)
        next(blocks)
        real_soapy.meet("stall")
        with pytest.raises(SourceStalled, match=r"driver=rtlsdr gave no sample for 0\.5 s"):
            list(blocks)


def test_one_that_is_not_there_is_waited_for(real_soapy: FakeDongle, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceAbsent, match="SoapySDR does not open 'driver=hackrf'"):
        SoapySdr(sdr="hackrf_one", center_hz=2.44e9).open()
    monkeypatch.setenv("FAKE_RTL_SERIALS", "")
    with pytest.raises(SourceAbsent, match="SoapySDR does not open 'driver=rtlsdr'"):
        driver().open()


def scripted(folder: Path, monkeypatch: pytest.MonkeyPatch, reads: str) -> None:
    """A SoapySDR whose device answers its reads by this script: positive for zeros at their rate, negative for an error."""
    (folder / "SoapySDR.py").write_text(f"""
import time
from types import SimpleNamespace

class Device:
    def __init__(self, words): self.script, self.rate, self.center, self.due = iter({reads}), 0, 0, time.monotonic()
    def hasGainMode(self, way, channel): return False
    def getStreamFormats(self, way, channel): return ("CF32",)
    def setSampleRate(self, way, channel, hz): self.rate = min(hz, 2e6)
    def setFrequency(self, way, channel, hz): self.center = hz
    def setGain(self, way, channel, db): pass
    def getSampleRate(self, way, channel): return self.rate
    def getFrequency(self, way, channel): return self.center
    def getGain(self, way, channel): return 7.0
    def getHardwareKey(self): return "scripted"
    def setupStream(self, way, form, channels): return "stream"
    def activateStream(self, stream): return 0
    def getStreamMTU(self, stream): return 4096
    def readStream(self, stream, buffers, room, flags, timeout):
        wanted = next(self.script)
        if wanted < -6:
            self.due += -wanted / self.rate  # so many are dropped
            wanted = -4
        if wanted > 0:
            self.due += wanted / self.rate
            time.sleep(max(0, self.due - time.monotonic()))
        return SimpleNamespace(ret=wanted)
""")
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_an_overflow_is_measured_and_a_timeout_is_not_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(tmp_path, monkeypatch, "[4096] * 100 + [-1, -6] * 5 + [4096] * 50 + [-300_000] + [4096] * 5000")
    with driver(device="driver=scripted") as radio:
        found = until(radio, lambda block: block.lost > 0)
        assert_counted(found)
    assert found[-1].lost == pytest.approx(300_000, abs=RATE_HZ * 0.1)  # by the clock: a busy machine adds to it


@pytest.mark.parametrize(
    ("reads", "options", "error"),
    [
        ("[4096] * 40 + [-2]", {}, SourceLost("its stream broke: STREAM_ERROR (-2)")),
        ("[4096] * 40 + [-5]", {}, SourceLost("its stream broke: NOT_SUPPORTED (-5)")),
        ("[]", {}, SourceLost("its reader failed: StopIteration")),
        ("[]", {"rate_hz": 5e6}, SourceMisconfigured("it samples 2e+06 S/s instead of 5e+06")),
        ("[]", {"sample_format": "CS16"}, SourceMisconfigured("gives no CS16; it gives CF32")),
        ("[]", {"antenna": "RX9"}, SourceLost("its reader failed: AttributeError")),
    ],
)
def test_what_breaks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads: str, options: dict[str, Any], error: SourceError
) -> None:
    scripted(tmp_path, monkeypatch, reads)
    with pytest.raises(type(error)) as raised, driver(**({"device": "driver=scripted"} | options)) as radio:
        list(samples_of(radio))
    assert str(error) in str(raised.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"device": None}, "say device, as SoapySDRUtil --find shows it"),
        ({"sample_format": "U8"}, "sample_format 'U8' is not read; CF32, CS16, CS8 are"),
        ({"gain_db": None}, "driver=rtlsdr: say rate_hz and gain_db, or which sdr it is"),
        ({"sdr": "pluto", "rate_hz": 20e6}, "pluto does not sample 20 MS/s, only 0.521 to 4 MS/s"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_opened(options: dict[str, Any], words: str) -> None:
    with pytest.raises(SourceMisconfigured) as error:
        driver(**options)
    assert words in str(error.value)
