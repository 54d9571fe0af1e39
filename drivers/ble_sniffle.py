"""A dongle with the Sniffle firmware: every advertising PDU on one primary PHY and what it points to, sound or not."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from typing import Literal

from drivers import sniffle
from drivers.blocks import RadioFrame
from drivers.nordic_ble import channel_hz
from drivers.serial_port import SerialPort
from drivers.sniffle import Packet
from drivers.source import Source, SourceAbsent, SourceLost, SourceStalled

QUIET_S = 0.2
READ_WAIT_S = 0.05
ASK_TRIES = 3
MOST_WAITING = 1_024
FEWEST_POINTERS = 10
MOST_DEAF = 3
CHANNEL = 37


class Attention:
    """Whether the dongle still hears: at all, and what the PDUs on the primary channels point to."""

    def __init__(self, now_ns: int) -> None:
        self._heard_ns = now_ns
        self._pointed_ns: int | None = None
        self._pointers = 0
        self.deaf = 0

    def hear(self, packets: Sequence[Packet], now_ns: int) -> None:
        """Take note of what was heard."""
        self._heard_ns = now_ns if packets else self._heard_ns
        if any(packet.is_aux for packet in packets):
            self._pointed_ns, self._pointers, self.deaf = None, 0, 0
        if pointers := sum(packet.points_to_aux for packet in packets):
            self._pointed_ns = self._pointed_ns or now_ns
            self._pointers += pointers

    def lapsed(self, now_ns: int, after_ns: int) -> bool:
        """Whether nothing was heard for so long, or nothing of the many PDUs that were pointed to."""
        if now_ns - self._heard_ns > after_ns:
            self._heard_ns = now_ns
            return True
        if self._pointed_ns is None or self._pointers < FEWEST_POINTERS or now_ns - self._pointed_ns <= after_ns:
            return False
        self._pointed_ns, self._pointers = None, 0
        self.deaf += 1
        return True


class BleSniffle(Source):
    """Sniffle at `port`, on the primary PHY "coded" (Bluetooth 5 long range) or "1m" (Bluetooth 4 and 5).

    Told anew what to do when nothing came for `rearm_after_s`, or nothing of what was pointed to: capture of extended advertising is
    known to end after a while with several advertisers about.
    """

    def __init__(
        self,
        port: str,
        baud: int = 2_000_000,
        phy: Literal["coded", "1m"] = "coded",
        rearm_after_s: float = 10.0,
        answer_within_s: float = 0.3,
    ) -> None:
        self._path, self._baud, self._phy = port, baud, phy
        self._rearm_after_ns = round(rearm_after_s * 1e9)
        self._answer_within_s = answer_within_s
        self._port: SerialPort | None = None
        self._start()

    def _start(self) -> None:
        self._lines = sniffle.Lines()
        self._waiting: list[Packet] = []
        self._sequence = self._garbled = self._rearmed = 0

    def open(self) -> None:
        """Take the port and tell the dongle what to do; one that does not answer is absent."""
        self._start()
        self._port = SerialPort(self._path, self._baud)
        try:
            answers = self._listen(self._port)
        except SourceLost:
            self.close()
            raise
        if not answers:
            self.close()
            raise SourceAbsent(f"no Sniffle answers on {self._path} at {self._baud} baud: is it flashed, and its rate 2000000 or 921600?")

    def blocks(self) -> Iterator[RadioFrame | None]:
        """Yield PDUs stamped at their receipt; raises SourceLost, and SourceStalled where the dongle cannot be made to hear."""
        attention = Attention(time.monotonic_ns())
        while (port := self._port) is not None:
            packets = self._packets(port)
            now_ns = time.monotonic_ns()
            attention.hear(packets, now_ns)
            if attention.lapsed(now_ns, self._rearm_after_ns):
                self._rearm(port, attention)
            yield from [self._frame(packet, now_ns) for packet in packets] or (None,)

    def close(self) -> None:
        """Give the port back; may be called twice."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def words(self) -> str:
        """Say what is listened to, and how often the dongle had to be told anew."""
        heard = "Bluetooth 5 long range" if self._phy == "coded" else "Bluetooth 4 and 5, no long range,"
        rearmed = f"told anew {self._rearmed} times" if self._rearmed else ""
        garbled = f"{self._lines.garbled} lines garbled" if self._lines.garbled else ""
        return ", ".join(filter(None, (f"{heard} by Sniffle on {self._path}", rearmed, garbled)))

    def _packets(self, port: SerialPort) -> list[Packet]:
        """What was heard since the last call."""
        if self._waiting:
            packets, self._waiting = self._waiting, []
            return packets
        said = self._lines.feed(port.read(QUIET_S))
        return [packet for one in said if (packet := sniffle.packet(one)) is not None]

    def _frame(self, packet: Packet, now_ns: int) -> RadioFrame:
        lost, self._garbled = self._lines.garbled - self._garbled, self._lines.garbled
        frame = RadioFrame(
            t_mono_ns=now_ns,
            sequence=self._sequence,
            lost=lost,
            medium="ble",
            data=packet.pdu,
            rssi_dbm=packet.rssi_dbm,
            center_hz=channel_hz(packet.channel),
            intact=packet.intact,
            coded_phy=packet.coded_phy,
        )
        self._sequence += 1
        return frame

    def _rearm(self, port: SerialPort, attention: Attention) -> None:
        if attention.deaf > MOST_DEAF:
            raise SourceStalled(f"Sniffle on {self._path} hears no auxiliary PDU of all that are pointed to, told anew {MOST_DEAF} times")
        if not self._listen(port):
            raise SourceStalled(f"Sniffle on {self._path} does not answer any more")
        self._rearmed += 1

    def _listen(self, port: SerialPort) -> bool:
        """Tell the dongle what to do; whether it answers."""
        port.write(sniffle.END_OF_ANY_LINE)
        return any(self._tell(port) for _ in range(ASK_TRIES))

    def _tell(self, port: SerialPort) -> bool:
        token = os.urandom(4)
        for line in sniffle.listen(coded=self._phy == "coded", channel=CHANNEL):
            port.write(line)
        port.write(sniffle.command(sniffle.SAY_MARKER, token))
        until_s = time.monotonic() + self._answer_within_s
        while time.monotonic() < until_s:
            said = self._lines.feed(port.read(READ_WAIT_S))
            self._waiting += [packet for one in said if (packet := sniffle.packet(one)) is not None]
            del self._waiting[MOST_WAITING:]
            if any(sniffle.marker(one) == token for one in said):
                return True
        return False
