"""The RTL-SDR driver: its real reader process and the real pyrtlsdr, on a librtlsdr without a dongle."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from drivers.frequency_plan import Row
from drivers.rtl_sdr import RtlSdr
from drivers.rtl_tcp import RtlTcp
from drivers.source import SourceAbsent, SourceError, SourceLost, SourceMisconfigured, SourceStalled
from tests.drivers.radios import FakeDongle, assert_counted, is_whole, samples_of, until
from tests.drivers.test_camera import is_running
from tests.drivers.test_rtl_tcp import free_port
from tests.running import wait_for

pytestmark = pytest.mark.usefixtures("pyrtlsdr")
RATE_HZ = 1e6


def driver(**options: Any) -> RtlSdr:
    """A driver for the only dongle."""
    return RtlSdr(**({"center_hz": 868e6, "rate_hz": RATE_HZ, "gain_db": 30.0} | options))


def test_samples_come_whole_counted_and_stamped_without_gain_control(fake_dongle: FakeDongle) -> None:
    with driver(ppm=12, bias_tee=True) as radio:
        found = list(samples_of(radio, 20))
        words = radio.words()
    assert all(is_whole(block) for block in found)
    assert_counted(found)
    assert {(block.center_hz, block.sample_rate_hz, block.gain_db, block.lost) for block in found} == {(868e6, RATE_HZ, 29.7, 0)}
    assert words == "RTL-SDR 00000001 (R820T) at 868 MHz, 1 MS/s, 29.7 dB"
    told = fake_dongle.told()
    last = {name: int(value) for name, _, value in (line.partition(" ") for line in told)}
    assert last["rtlsdr_set_tuner_gain_mode"] == 1
    assert last["rtlsdr_set_agc_mode"] == 0
    assert last["rtlsdr_set_bias_tee"] == 1
    assert last["rtlsdr_set_freq_correction"] == 12


def test_it_is_found_by_its_serial_number(fake_dongle: FakeDongle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_RTL_SERIALS", "868,1090")
    with driver(serial="1090") as radio:
        next(samples_of(radio))
        assert radio.words().startswith("RTL-SDR 1090")
    assert "open 1" in fake_dongle.told()
    with pytest.raises(SourceMisconfigured, match=r"there are 2 dongles: say the serial .*\(there are 868, 1090\)"):
        driver().open()
    with pytest.raises(SourceAbsent, match="there is no RTL-SDR with serial 433; there is 868, 1090"):
        driver(serial="433").open()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("FAKE_RTL_SERIALS", "", "there is no RTL-SDR; there is none"),
        ("FAKE_RTL_OPEN", "-3", "may not: is hw/udev/74-edge-node-sdrs.rules installed?"),
        ("FAKE_RTL_OPEN", "-6", "holds it (is dvb_usb_rtl28xxu loaded?)"),
    ],
)
def test_a_dongle_that_cannot_be_had_is_waited_for(
    fake_dongle: FakeDongle, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    radio = driver()
    with pytest.raises(SourceAbsent) as error:
        radio.open()
    assert words in str(error.value)
    assert radio.reader_pid is None
    monkeypatch.delenv(name)
    with radio:
        assert is_whole(next(samples_of(radio)))


@pytest.mark.parametrize(
    ("fate", "kind", "words"),
    [("unplug", SourceLost, "it is unplugged, or its line fails"), ("stall", SourceStalled, "RTL-SDR gave no sample for 0.5 s")],
)
def test_a_dongle_that_fails_is_named_its_reader_ended_and_it_is_heard_again(
    fake_dongle: FakeDongle, fate: str, kind: type[SourceError], words: str
) -> None:
    with driver(silent_after_s=0.5) as radio:
        blocks = samples_of(radio)
        next(blocks)
        pid = radio.reader_pid
        fake_dongle.meet(fate)
        with pytest.raises(kind) as error:
            list(blocks)
        radio.close()
        assert words in str(error.value)
        assert pid is not None
        assert not is_running(pid)
        radio.open()
        assert is_whole(next(samples_of(radio)))


def test_samples_that_it_loses_without_a_word_are_counted(fake_dongle: FakeDongle) -> None:
    with driver() as radio:
        before = list(samples_of(radio, 5))
        fake_dongle.meet("drop 200000")
        found = until(radio, lambda block: block.lost > 0)
        assert_counted([*before, *found])
        assert found[-1].lost == pytest.approx(200_000, abs=RATE_HZ * 0.04)
        assert f"1 gap ({found[-1].lost} samples lost)" in radio.words()


def test_a_centre_that_it_cannot_be_tuned_to_is_left_out_of_the_plan(fake_dongle: FakeDongle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_RTL_REFUSE", "915000000")
    plan = [Row(868e6, dwell_s=0.2), Row(915e6, dwell_s=0.2), Row(433e6, 2e6, 0.2, 10.0)]
    with driver(center_hz=None, plan=plan) as radio:
        found = until(radio, lambda block: block.center_hz == 433e6)
        assert_counted(found)
        assert {block.center_hz for block in found} == {868e6, 433e6}
        assert (found[-1].sample_rate_hz, found[-1].gain_db, found[-1].tuned_anew) == (2e6, 8.7, True)
        assert radio.words().endswith("left out of the plan: it cannot be tuned to 915000000 Hz (error -1)")
        assert radio.limits() == ("left out of the plan: it cannot be tuned to 915000000 Hz (error -1)",)
    with pytest.raises(SourceMisconfigured, match="cannot be tuned to 915000000 Hz"):
        driver(center_hz=915e6).open()


def test_a_library_that_lacks_what_pyrtlsdr_asks_for_is_named(fake_dongle: FakeDongle, monkeypatch: pytest.MonkeyPatch) -> None:
    (fake_dongle.log.parent / "rtlsdr.py").write_text("raise AttributeError('undefined symbol: rtlsdr_set_dithering')\n")
    monkeypatch.setenv("PYTHONPATH", str(fake_dongle.log.parent))
    with pytest.raises(SourceMisconfigured, match=r"undefined symbol: rtlsdr_set_dithering.*pip install 'pyrtlsdr\[lib\]'"):
        driver().open()


UNDER_SYSTEMD = """
import ctypes, sys
from drivers.rtl_sdr import RtlSdr
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0):  # PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN
    sys.exit(77)
with RtlSdr(center_hz=868e6) as radio:
    print(len(next(block for block in radio.blocks() if block is not None).samples))
"""


@pytest.mark.usefixtures("fake_dongle")
def test_its_callback_needs_no_memory_that_is_written_and_run() -> None:
    ended = subprocess.run([sys.executable, "-c", UNDER_SYSTEMD], capture_output=True, text=True, timeout=60, check=False)
    if ended.returncode == 77:
        pytest.skip("needs Linux 6.3, which can deny such memory as the service's unit does")
    assert ended.stdout == "65536\n", ended.stderr


@contextmanager
def real_rtl_tcp(port: int) -> Iterator[None]:
    """Debian's rtl_tcp, on the dongle that there is."""
    if shutil.which("rtl_tcp") is None:
        pytest.skip("needs rtl_tcp (Debian's rtl-sdr)")
    command = ["rtl_tcp", "-a", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def is_open(radio: RtlTcp) -> bool:
    """Whether its server has come up."""
    try:
        radio.open()
    except SourceAbsent:
        return False
    return True


def test_the_real_rtl_tcp_is_understood(fake_dongle: FakeDongle) -> None:
    port = free_port()
    radio = RtlTcp(port=port, center_hz=868e6, rate_hz=RATE_HZ, gain_db=30.0, ppm=5)
    with real_rtl_tcp(port):
        wait_for(lambda: is_open(radio), 20, "rtl_tcp listens")
        found = list(samples_of(radio, 20))
        radio.close()
    assert all(is_whole(block) for block in found)
    assert_counted(found)
    assert sum(block.lost for block in found) == 0
    told = fake_dongle.told()
    wanted = ("rtlsdr_set_sample_rate 1000000", "rtlsdr_set_center_freq 868000000", "rtlsdr_set_tuner_gain 297", "rtlsdr_set_agc_mode 0")
    assert set(wanted) | {"rtlsdr_set_tuner_gain_mode 1", "rtlsdr_set_freq_correction 5"} <= set(told)
