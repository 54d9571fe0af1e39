"""A Wi-Fi interface in monitor mode that hears a scene: a TAP device with radiotap, or without root a capture in a named pipe."""

from __future__ import annotations

import os
from contextlib import suppress
from threading import Lock

from tools.simulate import pcap, remote_id
from tools.virtual_devices.clocked import Clocked
from tools.virtual_devices.device import Begun, Device, Said, Setting, table
from tools.virtual_devices.tap import MTU_BYTES, RADIOTAP, Tap

NAME = "wifi"


class Wifi(Device):
    """The way of the frames is `_open` while it is plugged in."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._lock = setting, Lock()
        self._interface = f"vmon{os.getpid() % 10_000_000}"
        self._pipe = setting.folder / f"{NAME}.pcap"
        self._stalled = False
        self._utc_ns = 0
        self._player: Clocked | None = None
        note = "as asked for" if setting.plain else ""
        self._way: Tap | pcap.PcapPipe | None = None
        if not note:
            note = self._raise_tap()
        self._by_tap = not note
        if note:
            self._lay_pipe()
        self.said = self._says("" if setting.plain else note)

    def _raise_tap(self) -> str:
        """Be a TAP device; why not, where it cannot be."""
        try:
            self._way = made = Tap(self._interface, RADIOTAP)
            made.up()
        except OSError as error:
            return f"Wi-Fi comes as a capture in a pipe, for no TAP device can be made: {error.strerror or error} (needs root)"
        return ""

    def _lay_pipe(self) -> None:
        os.mkfifo(self._pipe)
        self._way = pcap.PcapPipe(self._pipe, remote_id.WIFI.link_type)

    def _says(self, note: str) -> Said:
        if self._by_tap:
            options = {"interface": self._interface, "plan": "none"}
            return Said(NAME, "wifi_monitor", "remote_id", table(NAME, "wifi_monitor", options))
        return Said(NAME, "recording", "remote_id", table(NAME, "recording", {"path": self._pipe, "pace": "live"}), note=note)

    def begin(self, begun: Begun) -> None:
        self._utc_ns = begun.utc_ns
        frames = remote_id.WIFI.frames(self._setting.world, 0.0, self._setting.seconds, begun.utc_ns)
        self._player = Clocked(NAME, frames, begun, self._give)

    def _give(self, t_s: float, data: bytes) -> None:
        with self._lock:
            if self._stalled:
                return
            if isinstance(self._way, Tap):
                if len(data) <= MTU_BYTES:
                    with suppress(OSError):  # what an interface that somebody set down does not take is lost
                        self._way.write(data)
            elif self._way is not None:
                self._way.write(self._utc_ns + round(t_s * 1e9), data)

    def unplug(self) -> None:
        with self._lock:
            if isinstance(self._way, Tap):
                self._way.unplug()
            elif self._way is not None:
                self._way.close()
                with suppress(FileNotFoundError):
                    self._pipe.unlink()
            self._way = None

    def replug(self) -> None:
        with self._lock:
            if self._by_tap:
                self._raise_tap()
            else:
                self._lay_pipe()

    def stall(self, *, stalled: bool) -> None:
        self._stalled = stalled

    def close(self) -> None:
        if self._player:
            self._player.close()
        self.unplug()
