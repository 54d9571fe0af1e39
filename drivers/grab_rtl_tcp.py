"""Samples of an rtl_tcp server (osmocom rtl-sdr, rtl_tcp.c): 12 bytes of greeting, then bare cu8; commands of 5 bytes the other way."""

from __future__ import annotations

import socket
import struct
import time
from threading import Lock

from drivers.iq_grabber import Put, Tuning
from drivers.iq_line import Request, Tuned
from drivers.source import SourceAbsent, SourceLost

CONNECT_WITHIN_S = 5.0
MAGIC = b"RTL0"
GREETING = struct.Struct(">4sII")
COMMAND = struct.Struct(">BI")
FREQUENCY, RATE, GAIN_MODE, GAIN, PPM, AGC, BIAS_TEE = 0x01, 0x02, 0x03, 0x04, 0x05, 0x08, 0x0E
TUNERS = {1: "E4000", 2: "FC0012", 3: "FC0013", 4: "FC2580", 5: "R820T", 6: "R828D"}
R82XX = (5, 6)
R82XX_GAINS = (0, 9, 14, 27, 37, 77, 87, 125, 144, 157, 166, 197, 207, 229, 254, 280, 297, 328, 338, 364, 372, 386, 402, 421, 434, 439, 445)
R82XX_GAINS_TENTH_DB = (*R82XX_GAINS, 480, 496)
READ_S = 0.005
LEAST_READ_BYTES, MOST_READ_BYTES = 1_024, 65_536


class RtlTcpGrabber:
    """Connected at once; raises SourceAbsent. Reads may block for as long as they like: who waits for them has a clock."""

    def __init__(self, request: Request) -> None:
        self._host, self._port = request["host"], request["port"]
        self._ppm, self._bias_tee = request["ppm"], request["bias_tee"]
        self._sending = Lock()
        self._rate_hz = 0.0
        self._socket = self._connect()
        try:
            self._tuner, self._gains = self._greeting()
        except OSError as error:
            self._socket.close()
            why = "says nothing: another client may hold it" if isinstance(error, TimeoutError) else f"hung up: {_said(error)}"
            raise SourceAbsent(f"{self._where} {why}") from None
        self._socket.settimeout(None)
        self._set_up()

    @property
    def _where(self) -> str:
        return f"rtl_tcp at {self._host}:{self._port}"

    def words(self) -> str:
        """The server, and the tuner that it says it has."""
        return f"{self._where}, {TUNERS.get(self._tuner, 'unknown tuner')}"

    def tune(self, tuning: Tuning) -> Tuned:
        """Ask for it; the server says neither yes nor no."""
        tenth_db = round(tuning.gain_db * 10)
        if self._tuner in R82XX:
            tenth_db = min(R82XX_GAINS_TENTH_DB, key=lambda gain: abs(gain - tenth_db))
        center_hz, rate_hz = round(tuning.center_hz), round(tuning.rate_hz)
        if rate_hz != self._rate_hz:
            self._command(RATE, rate_hz)
        self._command(FREQUENCY, center_hz)
        self._command(GAIN, tenth_db & 0xFFFFFFFF)
        self._rate_hz = rate_hz
        return Tuned(center_hz, rate_hz, tenth_db / 10)

    def run(self, put: Put) -> None:
        """Until the server hangs up, which is SourceLost."""
        buffer = memoryview(bytearray(MOST_READ_BYTES))
        while True:
            wanted = max(LEAST_READ_BYTES, min(int(self._rate_hz * 2 * READ_S) & ~511, MOST_READ_BYTES))
            count = self._receive(buffer[:wanted])
            put(buffer[: count & ~1], time.monotonic_ns())
            if count < wanted:
                raise SourceLost(f"{self._where} hung up")

    def _connect(self) -> socket.socket:
        try:
            found = socket.create_connection((self._host, self._port), CONNECT_WITHIN_S)
        except OSError as error:
            raise SourceAbsent(f"{self._where} cannot be reached: {_said(error)}") from None
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return found

    def _greeting(self) -> tuple[int, int]:
        """Tuner and number of gains; the greeting may come in pieces."""
        told = b""
        until_s = time.monotonic() + CONNECT_WITHIN_S
        while len(told) < GREETING.size:
            self._socket.settimeout(max(0.001, until_s - time.monotonic()))
            piece = self._socket.recv(GREETING.size - len(told))
            if not piece:
                raise ConnectionResetError("before it said what it is")
            told += piece
            if not MAGIC.startswith(told[:4]):
                raise SourceAbsent(f"{self._where} is none: it says {told[:8]!r} (pyrtlsdr's own server speaks otherwise)")
        _, tuner, gains = GREETING.unpack(told)
        return tuner, gains

    def _set_up(self) -> None:
        """No gain control of any kind: it would hide how strong a link is, and break what is within a burst."""
        self._command(GAIN_MODE, 1)
        self._command(AGC, 0)
        self._command(PPM, self._ppm & 0xFFFFFFFF)
        self._command(BIAS_TEE, int(self._bias_tee))

    def _command(self, number: int, value: int) -> None:
        try:
            with self._sending:
                self._socket.sendall(COMMAND.pack(number, value))
        except OSError as error:
            raise SourceLost(f"{self._where} hung up: {_said(error)}") from None

    def _receive(self, room: memoryview) -> int:
        try:
            return self._socket.recv_into(room, len(room), socket.MSG_WAITALL)
        except OSError as error:
            raise SourceLost(f"{self._where} hung up: {_said(error)}") from None


def _said(error: OSError) -> str:
    return error.strerror or str(error)
