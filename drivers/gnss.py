"""A GNSS receiver or compass: NMEA 0183 on a serial port, or gpsd; where the node is, how it points, and what time it is."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

from drivers.blocks import Attitude, GnssFix
from drivers.gpsd import WATCH, Gpsd
from drivers.heading import Mounted
from drivers.nmea import Nmea
from drivers.serial_port import SerialPort, read_some
from drivers.source import Source, SourceAbsent, SourceMisconfigured, SourceStalled

QUIET_S = 0.2
CONNECT_S = 3.0
USUAL_BAUDS = (9_600, 38_400, 115_200)
UBX_SYNC = b"\xb5\x62"
PPS_FOLDER = Path("/sys/class/pps")


class Gnss(Source):
    """Exactly one of `port` (a serial device) and `gpsd` (host:port); with a port, `pps` names a kernel pulse source such as pps0.

    The other options are of a heading that it may say: see drivers.heading.Mounted.
    """

    def __init__(
        self,
        port: str | None = None,
        baud: int = 9_600,
        gpsd: str | None = None,
        pps: str | None = None,
        silent_after_s: float = 3.5,
        *,
        heading_offset_deg: float = 0.0,
        declination_deg: float | None = None,
        sigma_heading_deg: float | None = None,
        heading_late_s: float = 0.1,
    ) -> None:
        if (port is None) == (gpsd is None):
            raise SourceMisconfigured("a GNSS sensor needs either port (a serial device) or gpsd (host:port)")
        if gpsd is not None and pps is not None:
            raise SourceMisconfigured("gpsd tells of the pulse itself: leave pps out")
        self._port, self._baud, self._gpsd, self._pps = port, baud, gpsd, pps
        self._mounted = Mounted(heading_offset_deg, declination_deg, sigma_heading_deg, heading_late_s)
        self._silent_after_ns = round(silent_after_s * 1e9)
        self._link: SerialPort | socket.socket | None = None
        self._start()

    def _start(self) -> None:
        self._nmea, self._reports = Nmea(self._mounted), Gpsd(self._mounted)
        self._said: Nmea | Gpsd = self._reports if self._port is None else self._nmea
        self._bytes, self._is_ubx = 0, False
        self._last: GnssFix | None = None
        self._attitude: Attitude | None = None

    def open(self) -> None:
        """Take the port or call gpsd."""
        self._start()
        if self._pps is not None and not (PPS_FOLDER / self._pps / "assert").exists():
            raise SourceAbsent(f"there is no pulse source {PPS_FOLDER / self._pps}: is pps-gpio or pps-ldisc set up?")
        self._link = SerialPort(self._port, self._baud) if self._port is not None else _call(self._gpsd or "")

    def blocks(self) -> Iterator[GnssFix | Attitude | None]:
        """One fix an epoch, an attitude whenever it is said, and None in between."""
        heard_ns, good = time.monotonic_ns(), self._said.good
        while (link := self._link) is not None:
            chunk = read_some(link.fileno(), QUIET_S, self._name)
            now_ns = time.monotonic_ns()
            said = self._take(chunk, now_ns)
            if self._said.good > good:
                heard_ns, good = now_ns, self._said.good
            elif now_ns - heard_ns > self._silent_after_ns:
                raise SourceStalled(self._silence())
            for one in said:
                self._note(one)
            yield from said or (None,)

    def _note(self, said: GnssFix | Attitude) -> None:
        if isinstance(said, GnssFix):
            self._last = said
        else:
            self._attitude = said

    def close(self) -> None:
        """Give the port back or hang up; may be called twice."""
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def words(self) -> str:
        """Say whether there is a fix, by how many satellites and how good."""
        damaged = f", {self._said.bad} damaged sentences" if self._said.bad else ""
        heading = _heading_words(self._attitude) if self._attitude else ""
        if self._last is None:
            return (heading or f"waiting for {self._name} to speak") + damaged
        fix = _fix_words(self._last) if self._last.has_fix else _no_fix_words(self._said.in_view)
        return ", ".join(filter(None, (fix, heading))) + damaged

    @property
    def _name(self) -> str:
        return self._port or f"gpsd at {self._gpsd}"

    def _take(self, chunk: bytes, now_ns: int) -> list[GnssFix | Attitude]:
        self._bytes += len(chunk)
        self._is_ubx |= UBX_SYNC in chunk
        if self._port is None:
            return self._reports.feed(chunk, now_ns, time.time_ns() - time.monotonic_ns())
        return self._nmea.feed(chunk, now_ns, pulse_mono_ns(self._pps)) if chunk else [*self._nmea.quiet()]

    def _silence(self) -> str:
        seconds = self._silent_after_ns / 1e9
        if self._port is None:
            return f"{self._name} had no report for {seconds:.0f} s: has it a receiver? (gpspipe -w shows)"
        if self._is_ubx:
            return f"{self._port} speaks UBX and no NMEA at {self._baud} baud: turn the receiver's NMEA output on"
        if self._bytes and not self._said.good:
            usual = next(baud for baud in USUAL_BAUDS if baud != self._baud)
            return f"{self._port} sends bytes but no NMEA at {self._baud} baud: its rate is likely another, such as {usual}"
        return f"{self._port} said nothing for {seconds:.0f} s: is the receiver powered and its TX wired to this port's RX?"


def pulse_mono_ns(pps: str | None) -> int | None:
    """Monotonic time of the last edge that the kernel stamped in CLOCK_REALTIME ("seconds.nanoseconds#count"), None without one."""
    if pps is None:
        return None
    try:
        edge, _, count = (PPS_FOLDER / pps / "assert").read_text().partition("#")
        seconds, _, nanoseconds = edge.partition(".")
        realtime_ns = int(seconds) * 1_000_000_000 + int(nanoseconds)
    except (OSError, ValueError):
        return None
    return None if int(count or 0) == 0 else realtime_ns - (time.time_ns() - time.monotonic_ns())


def _call(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    try:
        link = socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_S)
    except (OSError, OverflowError) as error:
        raise SourceAbsent(f"gpsd does not answer at {address}: is it running? ({error})") from error
    except ValueError:
        raise SourceMisconfigured(f"gpsd = {address!r} must be host:port") from None
    try:
        link.sendall(WATCH)
    except OSError as error:
        link.close()
        raise SourceAbsent(f"gpsd at {address} hung up") from error
    return link


def _fix_words(fix: GnssFix) -> str:
    by = f" by {fix.satellites} satellites" if fix.satellites is not None else ""
    good = f", {fix.sigma_horizontal_m:.1f} m" if fix.sigma_horizontal_m is not None else ""
    dateless = "" if fix.t_utc_ns is not None else ", no usable date"
    return f"fix{by}{good}{dateless}"


def _heading_words(attitude: Attitude) -> str:
    if attitude.heading_deg is None:
        return attitude.trouble or ""
    return f"heading {attitude.heading_deg:.0f}°"


def _no_fix_words(in_view: int | None) -> str:
    seen = f"{in_view} satellites in view; " if in_view is not None else ""
    return f"no fix: {seen}needs a view of the sky"
