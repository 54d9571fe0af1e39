"""The simulated rtl_tcp server, heard by the real rtl_433."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess

import numpy as np
import pytest

from tests.running import wait_for
from tools.simulate.rtl_tcp_server import COMMAND, FREQUENCY, GREETING, RATE, RtlTcpServer, as_cu8, counted, looped

RATE_HZ = 250_000
BITS = "101100111000111100001010"
SHORT_US, LONG_US, PAUSE_US = 400, 800, 12_000


def keyed() -> np.ndarray[tuple[int], np.dtype[np.complex64]]:
    """A transmitter that says BITS by the length of its pulses, and pauses."""
    level: list[float] = []
    for bit in BITS:
        on_us = SHORT_US if bit == "1" else LONG_US
        level += [0.6] * (on_us * RATE_HZ // 1_000_000) + [0.0] * ((SHORT_US + LONG_US - on_us) * RATE_HZ // 1_000_000)
    level += [0.0] * (PAUSE_US * RATE_HZ // 1_000_000)
    carrier = np.exp(2j * np.pi * 10_000 / RATE_HZ * np.arange(len(level)))
    noise = np.random.default_rng(3).normal(0, 0.005, (2, len(level)))
    return (np.array(level) * carrier + noise[0] + 1j * noise[1]).astype(np.complex64)


def test_the_real_rtl_433_decodes_what_is_on_the_air() -> None:
    if shutil.which("rtl_433") is None:
        pytest.skip("needs rtl_433 (Debian's rtl-433)")
    decoder = f"n=test,m=OOK_PWM,s={SHORT_US},l={LONG_US},r={PAUSE_US // 2},bits={len(BITS)}"
    with RtlTcpServer(looped(keyed())) as server:
        device = f"rtl_tcp:127.0.0.1:{server.port}"
        command = ["rtl_433", "-d", device, "-f", "868300000", "-s", str(RATE_HZ), "-R", "0", "-X", decoder, "-F", "json", "-T", "3"]
        told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
        assert {(RATE, RATE_HZ), (FREQUENCY, 868_300_000)} <= set(server.commands)
    codes = [row["rows"][0]["data"] for line in told.splitlines() if line.startswith("{") and "rows" in (row := json.loads(line))]
    assert codes
    assert set(codes) == {f"{int(BITS, 2):06x}"}


def test_what_is_on_the_air_depends_on_where_the_client_listens() -> None:
    with RtlTcpServer(lambda center, rate, _, count: bytes([center % 256, rate % 256]) * count) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            assert GREETING.unpack(line.recv(GREETING.size, socket.MSG_WAITALL)) == (b"RTL0", 5, 29)
            line.sendall(COMMAND.pack(FREQUENCY, 7)[:2])
            line.sendall(COMMAND.pack(FREQUENCY, 7)[2:] + COMMAND.pack(RATE, 1_000_003))
            expected = bytes([7, 1_000_003 % 256])
            wait_for(lambda: line.recv(2, socket.MSG_WAITALL) == expected, 40, "it is tuned")
        wait_for(lambda: server.clients == 1, 10, "it saw the client")
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            assert line.recv(4, socket.MSG_WAITALL) == b"RTL0"


def test_it_dies_with_its_port() -> None:
    server = RtlTcpServer(counted)
    server.die()
    server.die()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


def test_samples_are_those_of_a_dongle() -> None:
    assert as_cu8(np.array([0, 1 + 1j, -1 - 1j], np.complex64)) == bytes([127, 127, 255, 255, 0, 0])
    air = looped(bytes(range(6)))
    assert air(0, 0, 2, 4) == bytes([4, 5, 0, 1, 2, 3, 4, 5])
    with pytest.raises(ValueError, match="no sample"):
        looped(b"")
