"""The GNSS driver on real pseudo-terminals and real sockets."""

from __future__ import annotations

import errno
import os
import socket
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from drivers.blocks import Attitude, GnssFix
from drivers.gnss import Gnss, pulse_mono_ns
from drivers.serial_port import open_error
from drivers.source import SourceAbsent, SourceLost, SourceMisconfigured, SourceStalled
from tests.drivers.test_nmea import GGA, GSA, GST, RMC, UTC_2026_03_14_101112, sentence

NO_FIX = sentence("GPGGA,101113.00,,,,,0,03,,,M,,M,,") + sentence("GPGSV,1,1,03,01,40,083,46,02,17,308,41,12,07,344,39")
EPOCH = b"".join(map(sentence, (GGA, RMC, GSA, GST)))
DEADLINE_S = 5.0


class Receiver:
    """The far end of a serial port."""

    def __init__(self) -> None:
        self.near, self.far = os.openpty()
        tty.setraw(self.far)
        self.port = os.ttyname(self.far)

    def say(self, data: bytes) -> None:
        os.write(self.near, data)

    def unplug(self) -> None:
        for fd in (self.near, self.far):
            if fd >= 0:
                os.close(fd)
        self.near = self.far = -1


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.unplug()


def next_fix(blocks: Iterator[GnssFix | Attitude | None]) -> GnssFix:
    """The next block that is a fix; the driver's None comes often enough for the deadline to work."""
    until_s = time.monotonic() + DEADLINE_S
    for block in blocks:
        if isinstance(block, GnssFix):
            return block
        assert time.monotonic() < until_s, "no fix came"
    raise AssertionError("the source ended")


def test_fix_from_a_port(receiver: Receiver) -> None:
    before_ns = time.monotonic_ns()
    with Gnss(port=receiver.port) as gnss:
        assert gnss.words() == f"waiting for {receiver.port} to speak"
        receiver.say(EPOCH)
        fix = next_fix(gnss.blocks())
        assert (fix.latitude_deg, fix.t_utc_ns) == (50.85, UTC_2026_03_14_101112 * 10**9)
        assert before_ns < fix.t_mono_ns < time.monotonic_ns()
        assert gnss.words() == "fix by 9 satellites, 3.5 m"


def test_no_fix_is_said_and_counted(receiver: Receiver) -> None:
    with Gnss(port=receiver.port) as gnss:
        blocks = gnss.blocks()
        receiver.say(b"\xff\xfe garbage\r\n" + NO_FIX)
        assert next_fix(blocks).has_fix is False
        assert gnss.words() == "no fix: 3 satellites in view; needs a view of the sky, 1 damaged sentences"
        receiver.say(EPOCH)
        assert next_fix(blocks).sequence == 1


def test_silence_yields_none_within_a_second(receiver: Receiver) -> None:
    with Gnss(port=receiver.port) as gnss:
        begun_s = time.monotonic()
        assert next(gnss.blocks()) is None
        assert time.monotonic() - begun_s < 1.0


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", "said nothing"),
        (b"\x81\x7f\x00" * 20, "no NMEA at 9600 baud: its rate is likely another, such as 38400"),
        (b"\xb5\x62\x01\x07\x5c\x00" * 20, "speaks UBX and no NMEA"),
    ],
)
def test_stall_is_named(receiver: Receiver, said: bytes, words: str) -> None:
    with Gnss(port=receiver.port, silent_after_s=0.3) as gnss:
        receiver.say(said)
        with pytest.raises(SourceStalled, match=words):
            next_fix(gnss.blocks())


def test_unplugged_port_is_lost(receiver: Receiver) -> None:
    with Gnss(port=receiver.port) as gnss:
        receiver.say(EPOCH)
        blocks = gnss.blocks()
        next_fix(blocks)
        receiver.unplug()
        with pytest.raises(SourceLost, match="is gone"):
            next_fix(blocks)


def test_missing_port_is_absent(tmp_path: Path) -> None:
    with pytest.raises(SourceAbsent, match="is it plugged in"):
        Gnss(port=str(tmp_path / "ttyUSB7")).open()


def test_what_is_no_port_is_misconfigured(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file", Path("/dev/null")):
        with pytest.raises(SourceMisconfigured, match="is no serial port"):
            Gnss(port=str(path)).open()


def test_port_held_by_another_is_said(receiver: Receiver) -> None:
    with Gnss(port=receiver.port), pytest.raises(SourceAbsent, match="another program holds"):
        Gnss(port=receiver.port).open()


def test_forbidden_port_names_the_group() -> None:
    error = open_error("/dev/ttyACM0", errno.EACCES)
    assert isinstance(error, SourceMisconfigured)
    assert "dialout" in str(error)


@pytest.mark.parametrize("options", [{}, {"port": "/dev/x", "gpsd": "localhost:2947"}, {"gpsd": "localhost:2947", "pps": "pps0"}])
def test_options_that_contradict_are_misconfigured(options: dict[str, Any]) -> None:
    with pytest.raises(SourceMisconfigured):
        Gnss(**options)


def test_reopens_and_closes_twice(receiver: Receiver) -> None:
    gnss = Gnss(port=receiver.port)
    for _ in range(2):
        with gnss:
            receiver.say(EPOCH)
            assert next_fix(gnss.blocks()).has_fix
        gnss.close()
    assert list(gnss.blocks()) == []


def pulse(folder: Path, text: str) -> None:
    (folder / "pps0").mkdir(exist_ok=True)
    (folder / "pps0" / "assert").write_text(text)


def test_pulse_of_the_kernel_comes_with_the_fix(receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.gnss.PPS_FOLDER", tmp_path)
    with pytest.raises(SourceAbsent, match="pulse source"):
        Gnss(port=receiver.port, pps="pps0").open()
    edge_utc_ns, edge_mono_ns = time.time_ns(), time.monotonic_ns()
    pulse(tmp_path, f"{edge_utc_ns // 10**9}.{edge_utc_ns % 10**9:09d}#17\n")
    with Gnss(port=receiver.port, pps="pps0") as gnss:
        receiver.say(EPOCH)
        fix = next_fix(gnss.blocks())
    assert fix.pulse_mono_ns == pytest.approx(edge_mono_ns, abs=20_000_000)
    assert fix.pulse_mono_ns is not None
    assert fix.pulse_mono_ns <= fix.t_mono_ns


@pytest.mark.parametrize("text", ["", "0.000000000#0", "x.y#1", "12"])
def test_no_pulse_yet_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("drivers.gnss.PPS_FOLDER", tmp_path)
    pulse(tmp_path, text)
    assert pulse_mono_ns("pps0") is None
    assert pulse_mono_ns("pps9") is None


@contextmanager
def daemon(play: Callable[[socket.socket], None]) -> Iterator[str]:
    """A TCP server on the loopback that plays gpsd for one client."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(DEADLINE_S)

        def serve() -> None:
            link, _ = server.accept()
            with link:
                link.settimeout(DEADLINE_S)
                play(link)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            thread.join()


def until_hung_up(link: socket.socket) -> None:
    while link.recv(1024):
        pass


def test_fix_from_gpsd() -> None:
    asked = []

    def play(link: socket.socket) -> None:
        asked.append(link.recv(1024))
        link.sendall(b'{"class":"VERSION","release":"3.25","proto_major":3,"proto_minor":15}\r\n{"class":"SKY","nSat":14,"uSat":9}\r\n')
        link.sendall(b'{"class":"TPV","mode":3,"time":"2026-03-14T10:11:12.000Z","lat":50.85,"lon":4.35,"altHAE":116.5,"eph":4.8954}\r\n')
        until_hung_up(link)

    with daemon(play) as address, Gnss(gpsd=address) as gnss:
        fix = next_fix(gnss.blocks())
        assert gnss.words() == "fix by 9 satellites, 2.0 m"
    assert asked == [b'?WATCH={"enable":true,"json":true,"pps":true};\r\n']
    assert (fix.source, fix.t_utc_ns, fix.altitude_wgs84_m) == ("gpsd", UTC_2026_03_14_101112 * 10**9, 116.5)


def test_attitude_from_gpsd() -> None:
    def play(link: socket.socket) -> None:
        link.recv(1024)
        link.sendall(b'{"class":"ATT","device":"/dev/ttyS1","heading":14.5,"pitch":-1.5,"roll":2.0,"mag_st":"N"}\r\n')
        until_hung_up(link)

    with daemon(play) as address, Gnss(gpsd=address, heading_offset_deg=-20.0) as gnss:
        until_s = time.monotonic() + DEADLINE_S
        said = next(block for block in gnss.blocks() if block is not None or time.monotonic() > until_s)
        assert isinstance(said, Attitude)
        assert (said.heading_deg, said.pitch_deg, said.roll_deg) == (354.5, -1.5, 2.0)
        assert gnss.words() == "heading 354°"


def test_heading_from_a_port_beside_the_fix(receiver: Receiver) -> None:
    with Gnss(port=receiver.port) as gnss:
        receiver.say(sentence("GPHDT,90.4,T") + EPOCH)
        assert next_fix(gnss.blocks()).has_fix
        assert gnss.words() == "fix by 9 satellites, 3.5 m, heading 90°"
        receiver.say(sentence("GPTHS,,V"))
        blocks = gnss.blocks()
        assert next(block for block in blocks if isinstance(block, Attitude)).trouble == "no heading"
        assert gnss.words() == "fix by 9 satellites, 3.5 m, no heading"


def asked_once(link: socket.socket) -> None:
    link.recv(1024)


def test_gpsd_that_goes_is_lost() -> None:
    with daemon(asked_once) as address, Gnss(gpsd=address) as gnss, pytest.raises(SourceLost, match="gpsd at"):
        next_fix(gnss.blocks())


def test_gpsd_without_a_receiver_is_stalled() -> None:
    with (
        daemon(until_hung_up) as address,
        Gnss(gpsd=address, silent_after_s=0.3) as gnss,
        pytest.raises(SourceStalled, match="has it a receiver"),
    ):
        next_fix(gnss.blocks())


def test_no_gpsd_is_absent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(SourceAbsent, match="is it running"):
        Gnss(gpsd=f"127.0.0.1:{port}").open()
    with pytest.raises(SourceMisconfigured, match="host:port"):
        Gnss(gpsd="nowhere:x").open()
