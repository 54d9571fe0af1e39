"""A software radio behind rtl_tcp that hears a scene at whatever frequency its client tunes to."""

from __future__ import annotations

import time

import numpy as np

from tools.simulate.antenna import of_world
from tools.simulate.iq_on_air import IqOnAir
from tools.simulate.rtl_tcp_server import USUAL_NOISE_DBFS, RtlTcpServer
from tools.virtual_devices.device import Begun, Device, Said, Setting, table

NAME = "links"


class Receiver(Device):
    """Until the scene begins it hears its own noise."""

    def __init__(self, setting: Setting) -> None:
        told = setting.world.scene.receiver
        self._links, self._seed = of_world(setting.world), setting.world.seed
        self._noise_dbfs = told.noise_dbfs if told else USUAL_NOISE_DBFS
        self._rng = np.random.default_rng([setting.world.seed, 13])
        self._air: IqOnAir | None = None
        self._stalled = False
        self._server = RtlTcpServer(self._heard)
        self._port, self._plugged = self._server.port, True
        options = {"port": self._port} | ({"center_hz": told.center_hz, "rate_hz": told.rate_hz} if told else {})
        self.said = Said(NAME, "rtl_tcp", "radio", table(NAME, "rtl_tcp", options))
        self._begun_s = float("inf")

    def _heard(self, center_hz: int, rate_hz: int, first: int, count: int) -> bytes:
        if self._air is None or time.monotonic() < self._begun_s:
            return self._noise(count)
        return self._air(center_hz, rate_hz, first, count)

    def _noise(self, count: int) -> bytes:
        sigma = 127.5 * 10 ** (self._noise_dbfs / 20) / 2**0.5
        return np.clip(np.rint(self._rng.normal(127.5, sigma, 2 * count)), 0, 255).astype(np.uint8).tobytes()

    def begin(self, begun: Begun) -> None:
        self._begun_s = begun.mono_s
        self._air = IqOnAir(self._links, begun.mono_s, self._seed, self._noise_dbfs)

    def unplug(self) -> None:
        if self._plugged:
            self._plugged = False
            self._server.die()

    def replug(self) -> None:
        if not self._plugged:
            self._server, self._plugged = RtlTcpServer(self._heard, port=self._port), True
            self._server.stall(stalled=self._stalled)

    def stall(self, *, stalled: bool) -> None:
        self._stalled = stalled
        self._server.stall(stalled=stalled)

    def close(self) -> None:
        self.unplug()
