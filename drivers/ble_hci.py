"""A Bluetooth host controller on a serial port (H4): what Bluetooth 4, 5 and 5 long range advertise, in one dongle."""

from __future__ import annotations

import time
from collections.abc import Iterator

from drivers.blocks import RadioFrame
from drivers.h4 import HARDWARE_ERROR, Event
from drivers.hci import Advertising
from drivers.hci_scan import Controller, Refused, Scan, Unanswered
from drivers.hush import Hush
from drivers.serial_port import SerialPort
from drivers.source import Source, SourceAbsent, SourceError, SourceMisconfigured, SourceStalled

QUIET_S = 0.2
OPEN_TRIES = 3
MOST_FAULTS = 3


class BleHci(Source):
    """An H4 controller at `port`; its scan is started anew when no report came for `rearm_after_s`, or after a fault of its own.

    So it is as soon as reports that came steadily fail to come: only by asking a controller is one that hangs told from an empty sky.
    """

    def __init__(
        self,
        port: str,
        baud: int = 1_000_000,
        *,
        rtscts: bool = False,
        rearm_after_s: float = 30.0,
        answer_within_s: float = 0.8,
    ) -> None:
        self._path, self._baud, self._rtscts = port, baud, rtscts
        self._rearm_after_ns = round(rearm_after_s * 1e9)
        self._answer_within_s = answer_within_s
        self._port: SerialPort | None = None
        self._controller: Controller | None = None
        self._start()

    def _start(self) -> None:
        self._advertising = Advertising()
        self._scan: Scan | None = None
        self._rearmed = self._faults = 0
        self._faulty = False
        self._hush = Hush()

    def open(self) -> None:
        """Take the port and start to scan; a controller that does not answer is absent."""
        self._start()
        self._port = SerialPort(self._path, self._baud, rtscts=self._rtscts)
        self._controller = Controller(self._port, self._answer_within_s)
        try:
            self._scan = self._listen(self._controller)
        except SourceError:
            self.close()
            raise

    def blocks(self) -> Iterator[RadioFrame | None]:
        """Yield advertisements stamped at their receipt; raises SourceLost, and SourceStalled where no scan can be started anew."""
        heard_ns, heard = time.monotonic_ns(), 0
        while (controller := self._controller) is not None:
            events = controller.events(QUIET_S)
            now_ns = time.monotonic_ns()
            frames = [frame for event in events for frame in self._take(event, now_ns)]
            if self._advertising.heard > heard:
                heard_ns, heard, self._faults = now_ns, self._advertising.heard, 0
                self._hush.hear(now_ns)
            if self._faulty or now_ns - heard_ns > self._rearm_after_ns or self._hush.lasts_s(now_ns) is not None:
                heard_ns = now_ns
                self._rearm(controller)
            yield from frames or (None,)

    def close(self) -> None:
        """Give the port back; may be called twice."""
        self._controller = None
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def words(self) -> str:
        """Say what is listened to, what the controller refuses, and how often the scan had to be started anew."""
        if self._scan is None or self._controller is None:
            return ""
        limits = f" ({'; '.join(self._controller.limits)})" if self._controller.limits else ""
        rearmed = f"scan started anew {self._rearmed} times" if self._rearmed else ""
        garbled = f"{self._advertising.garbled} times garbled" if self._advertising.garbled else ""
        return ", ".join(filter(None, (f"{self._scan.name} on {self._path}{limits}", rearmed, garbled)))

    def limits(self) -> tuple[str, ...]:
        """The scans that the controller refused, best first, each with its error."""
        return () if self._controller is None else self._controller.limits

    def _take(self, event: Event, now_ns: int) -> list[RadioFrame]:
        if event.code == HARDWARE_ERROR:
            self._faulty = True
            self._faults += 1
        return self._advertising.frames(event, now_ns)

    def _listen(self, controller: Controller) -> Scan:
        for _ in range(OPEN_TRIES):
            try:
                return controller.listen()
            except Unanswered:
                continue
            except Refused as refusal:
                raise SourceMisconfigured(f"the controller on {self._path} refuses every scan: {refusal}") from None
        raise SourceAbsent(
            f"no Bluetooth controller answers on {self._path} at {self._baud} baud: is it flashed with hci_uart, of this rate?"
        )

    def _rearm(self, controller: Controller) -> None:
        if self._faults > MOST_FAULTS:
            raise SourceStalled(f"the controller on {self._path} reports a fault of its hardware each time that its scan is started")
        try:
            self._scan = controller.listen()
        except (Unanswered, Refused) as error:
            raise SourceStalled(f"the controller on {self._path} scans no more: {error}") from None
        self._rearmed += 1
        self._faulty = False
        self._hush.forget()
