"""Bluetooth Low Energy advertising (Core 5.4, volume 6, part B): what must raise no alarm."""

from __future__ import annotations

from collections.abc import Iterator

from tools.simulate.iq.fsk import Fsk, Shifts, bits_of
from tools.simulate.iq.slots import Slots
from tools.simulate.iq.wave import Burst

FSK = Fsk(1e6, 250e3, 0.5)
CHANNELS_HZ = {37: 2402e6, 38: 2426e6, 39: 2480e6}
ACCESS_ADDRESS = 0x8E89BED6
APART_S, DELAY_S = 450e-6, 10e-3


class Ble(Slots):
    """One advertiser: every 100 ms and up to 10 ms more, on its three channels in turn."""

    def __init__(self, seed: int = 1, every_s: float = 0.1) -> None:
        super().__init__("ble", "ble", seed, every_s + DELAY_S, 400e-6)
        random = self.random("device")
        self._pdu = bytes([0x42, 37]) + random.randbytes(5) + b"\xc1" + bytes([30, 0xFF]) + random.randbytes(29)

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One event."""
        t_s += self.random(k).random() * DELAY_S
        for number, channel in enumerate(CHANNELS_HZ):
            yield self._burst(channel, t_s + number * APART_S)

    def _burst(self, channel: int, t_s: float) -> Burst:
        def wave() -> Shifts:
            return FSK.frame(packet_bits(self._pdu, channel))

        return Burst(t_s, (1 + 4 + len(self._pdu) + 3) * 8e-6, CHANNELS_HZ[channel], FSK.bandwidth_hz, wave)


def packet_bits(pdu: bytes, channel: int) -> list[int]:
    """Preamble, access address, and the PDU with its CRC, whitened."""
    crc = 0x555555
    body = bits_of(pdu, lowest_first=True)
    for bit in body:
        crc = (crc << 1 & 0xFFFFFF) ^ (0x00065B if (crc >> 23 ^ bit) & 1 else 0)
    body += [crc >> k & 1 for k in range(23, -1, -1)]
    return bits_of(b"\xaa" + ACCESS_ADDRESS.to_bytes(4, "little"), lowest_first=True) + list(_whitened(body, channel))


def _whitened(bits: list[int], channel: int) -> Iterator[int]:
    """x^7 + x^4 + 1 from 1 and the channel."""
    state = 0x40 | channel
    for bit in bits:
        yield bit ^ state & 1
        state = state >> 1 ^ (0x44 if state & 1 else 0)
