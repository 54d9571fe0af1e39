"""An rtl_tcp server without a dongle (the protocol of osmocom's rtl_tcp.c): python -m tools.simulate.rtl_tcp_server SCENE.toml --port 1234.

It hands out what is on the air at the frequency and rate that its client asks for, at that rate, and can stall, drop, and die.
"""

from __future__ import annotations

import argparse
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tools.simulate.antenna import of_world
from tools.simulate.iq_on_air import IqOnAir
from tools.simulate.scene import SceneError
from tools.simulate.world import World

FREQUENCY, RATE, GAIN_MODE, GAIN, PPM, AGC, BIAS_TEE = 0x01, 0x02, 0x03, 0x04, 0x05, 0x08, 0x0E
GREETING, COMMAND = struct.Struct(">4sII"), struct.Struct(">BI")
R820T, R820T_GAINS = 5, 29
USUAL_RATE_HZ = 2_048_000
PIECE_SAMPLES = 4_096
NOTICE_S = 0.02
MOST_LATE_S = 1.0
USUAL_NOISE_DBFS = -36.0

Air = Callable[[int, int, int, int], bytes]
"""Takes centre and rate in Hz, and which samples since the client came (first, count); gives them as cu8."""


def looped(samples: bytes | NDArray[np.complex64]) -> Air:
    """The same samples again and again, wherever the client listens: cu8, or complex of full scale 1."""
    data = samples if isinstance(samples, bytes) else as_cu8(samples)
    length = len(data) // 2
    if not length:
        raise ValueError("there is no sample to hand out")
    pattern = np.frombuffer(data[: 2 * length], np.uint16)
    return lambda _center_hz, _rate_hz, first, count: bytes(pattern.take(np.arange(first, first + count) % length))


def counted(_center_hz: int, _rate_hz: int, first: int, count: int) -> bytes:
    """Samples that hold their own number in 16 bits, the low eight of them as I."""
    return np.arange(first, first + count).astype("<u2").tobytes()


def as_cu8(samples: NDArray[np.complex64]) -> bytes:
    """Complex samples of full scale 1 as an RTL2832U has them."""
    parts = np.ascontiguousarray(samples, np.complex64).view(np.float32)
    return bytes(np.clip(np.rint(parts * 128 + 127.4), 0, 255).astype(np.uint8))


class RtlTcpServer:
    """Listens at once on `port` (0 for any) or a `listener` that is there, for one client at a time.

    `split` greets byte by byte, `drop` is the share never sent.
    """

    def __init__(self, air: Air, *, port: int = 0, listener: socket.socket | None = None, split: bool = False, drop: float = 0.0) -> None:
        self._air, self._split, self.drop = air, split, drop
        self._listener = listener or socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(NOTICE_S)
        self.port: int = self._listener.getsockname()[1]
        self.commands: list[tuple[int, int]] = []
        self.center_hz, self.rate_hz = 100_000_000, USUAL_RATE_HZ
        self.clients = self.dropped = 0
        self._stalled, self._end, self._hang_up = Event(), Event(), Event()
        self._thread = Thread(target=self._serve, name="rtl_tcp")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.die()

    def stall(self, *, stalled: bool = True) -> None:
        """Send nothing more, and keep the line; or go on."""
        (self._stalled.set if stalled else self._stalled.clear)()

    def hang_up(self) -> None:
        """Leave the client that there is, and wait for another."""
        self._hang_up.set()

    def die(self) -> None:
        """Be gone, with its port; may be called twice."""
        self._end.set()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self._end.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            with client:
                self._hang_up.clear()
                self.clients += 1
                try:
                    self._attend(client)
                except OSError:
                    continue

    def _attend(self, client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.settimeout(NOTICE_S)
        greeting = GREETING.pack(b"RTL0", R820T, R820T_GAINS)
        for piece in [greeting[at : at + 1] for at in range(len(greeting))] if self._split else [greeting]:
            self._send(client, piece)
            time.sleep(NOTICE_S if self._split else 0)
        listener = Thread(target=self._obey, args=(client,), name="rtl_tcp commands")
        listener.start()
        try:
            self._stream(client)
        finally:
            self._hang_up.set()
            listener.join()

    def _stream(self, client: socket.socket) -> None:
        """Samples at their rate; those that are dropped pass like all others."""
        first, owed = 0, 0.0
        due_s = time.monotonic()
        while not self._is_over():
            due_s = max(due_s + PIECE_SAMPLES / self.rate_hz, time.monotonic() - MOST_LATE_S)
            time.sleep(max(0.0, due_s - time.monotonic()))
            owed += self.drop
            if self._stalled.is_set() or owed >= 1:
                owed -= owed >= 1
                self.dropped += PIECE_SAMPLES
            else:
                self._send(client, self._air(self.center_hz, self.rate_hz, first, PIECE_SAMPLES))
            first += PIECE_SAMPLES

    def _send(self, client: socket.socket, data: bytes) -> None:
        view = memoryview(data)
        while view and not self._is_over():
            try:
                view = view[client.send(view) :]
            except TimeoutError:
                continue

    def _obey(self, client: socket.socket) -> None:
        waiting = b""
        while not self._is_over():
            try:
                told = client.recv(COMMAND.size - len(waiting))
            except TimeoutError:
                continue
            except OSError:
                told = b""
            if not told:
                self._hang_up.set()
                return
            waiting += told
            if len(waiting) == COMMAND.size:
                self._command(*COMMAND.unpack(waiting))
                waiting = b""

    def _command(self, number: int, value: int) -> None:
        if number == FREQUENCY:
            self.center_hz = value
        elif number == RATE and value:
            self.rate_hz = value
        self.commands.append((number, value))

    def _is_over(self) -> bool:
        return self._end.is_set() or self._hang_up.is_set()


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted or terminated; exit code 1 where what is to be served cannot be used."""
    told = _parser().parse_args(arguments)
    listener = None if told.socket is None else socket.socket(fileno=told.socket)
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with RtlTcpServer(_air(told), port=told.port, listener=listener) as server:
            print(f"rtl_tcp on 127.0.0.1:{server.port}", flush=True)
            stop.wait()
    except (SceneError, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _air(told: argparse.Namespace) -> Air:
    """A scene's as it happens, or a file again and again; raises SceneError, OSError, ValueError."""
    if told.what.suffix != ".toml":
        return looped(told.what.read_bytes())
    world = World.load(told.what, told.seed)
    noise_dbfs = told.noise if told.noise is not None else world.scene.receiver.noise_dbfs if world.scene.receiver else USUAL_NOISE_DBFS
    return IqOnAir(of_world(world), time.monotonic() if told.begun is None else told.begun, told.seed, noise_dbfs)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.simulate.rtl_tcp_server", description="Serve IQ as an rtl_tcp server would.")
    parser.add_argument("what", type=Path, metavar="SCENE.toml or FILE.cu8", help="a scene as it happens; a file again and again")
    parser.add_argument("--port", type=int, default=1_234, help="(%(default)d)")
    parser.add_argument("--socket", type=int, help="the number of a listening socket that is handed over, instead of a port")
    parser.add_argument("--seed", type=int, default=2026, help="the same seed makes the same flights (%(default)d)")
    parser.add_argument("--begun", type=float, help="monotonic time at which the scene began (now)")
    parser.add_argument("--noise", type=float, help="the receiver's noise in dBFS, which its gain is set by (the scene's own, or -36)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
