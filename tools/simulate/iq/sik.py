"""SiK telemetry radios (ArduPilot/SiK: tdm.c, freq_hopping.c, radio_443x.c): GFSK in windows by turns, a hop at each window's start."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tools.simulate.iq.fsk import Fsk, Shifts, bits_of
from tools.simulate.iq.slots import Slots
from tools.simulate.iq.wave import Burst

TICK_S = 16e-6
DEVIATION_STEP_HZ = 625.0
DEVIATIONS = {2: 3, 4: 6, 8: 13, 16: 26, 19: 30, 24: 38, 32: 51, 48: 77, 64: 102, 96: 154, 128: 205, 192: 254, 250: 254}
"""Steps of the register at each air rate in kb/s."""
PREAMBLE, SYNC = bytes([0xAA] * 8), bytes([0x2D, 0xD4])
LONGEST_DATA, LONGEST_WINDOW_TICKS, MAX_WINDOW_MS = 250, 0x1FFF, 131
BETWEEN_TICKS = 20
"""A radio turns round and looks for more to send."""


class Board(Struct, frozen=True):
    """Channels of a board."""

    first_hz: float
    last_hz: float
    channels: int


BOARDS = {"433": Board(433.05e6, 434.79e6, 10), "868": Board(868e6, 870e6, 10), "915": Board(915e6, 928e6, 50)}


class Sik(Slots):
    """A pair; a slot is one window and the silence after it. `filled` is how much of its windows the drone has something to say in."""

    def __init__(self, board: str = "433", air_rate: int = 64, seed: int = 1, *, net_id: int = 25, filled: float = 0.8) -> None:
        self.fsk = Fsk(air_rate * 1e3, DEVIATIONS[air_rate] * DEVIATION_STEP_HZ, 0.5)
        per_byte = (8 + 8000 // air_rate) // 16 + 1
        latency = 13 * per_byte + 13
        window = min(3 * (latency + LONGEST_DATA * per_byte), MAX_WINDOW_MS * 62, LONGEST_WINDOW_TICKS)
        self.window_s, self._filled = window * TICK_S, filled
        super().__init__(f"sik_{board}_{air_rate}", "sik", seed, (window + 2 * latency) * TICK_S, self._air_s(LONGEST_DATA))
        self.centers_hz = channels_hz(BOARDS[board], net_id)
        self._net_id = net_id.to_bytes(2, "little")

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """The drone in even windows, with all that it has; the ground in odd ones, with little. Who has nothing sends an empty packet."""
        random, aloft, spent_s = self.random(k), k % 2 == 0, 0.0
        budget_s = self.window_s * (self._filled if aloft else 0.1)
        sent = 0
        while True:
            length = random.randint(17, LONGEST_DATA) if aloft else random.randint(9, 40)
            if spent_s + self._air_s(length) > budget_s:
                if sent:
                    return
                length = 0
            yield self._burst(f"{k}/{sent}", t_s + spent_s, length, self.centers_hz[k % len(self.centers_hz)], aloft=aloft)
            spent_s += self._air_s(length) + BETWEEN_TICKS * TICK_S
            sent += 1
            if not length:
                return

    def _burst(self, what: str, t_s: float, length: int, center_hz: float, *, aloft: bool) -> Burst:
        def wave() -> Shifts:
            load = self.random(what).randbytes(length + 4)
            return self.fsk.frame(bits_of(PREAMBLE + SYNC + self._net_id + bytes([length + 2]) + load))

        return Burst(t_s, self._air_s(length), center_hz, self.fsk.bandwidth_hz, wave, aloft=aloft)

    def _air_s(self, length: int) -> float:
        """With two bytes of network, one of length, two of window and two of CRC."""
        return 8 * (len(PREAMBLE) + len(SYNC) + 7 + length) / self.fsk.rate_bd


class _Rand:
    """The C library's that the firmware brings with it."""

    def __init__(self, seed: int) -> None:
        self._next = seed

    def __call__(self) -> int:
        self._next = (self._next * 1103515245 + 12345) & 0xFFFFFFFF
        return (self._next >> 16) & 0x7FFF


def channels_hz(board: Board, net_id: int) -> list[float]:
    """Centres in the order of hops of a network."""
    spacing = int(board.last_hz - board.first_hz) // (board.channels + 2)
    first = int(board.first_hz) + spacing // 2 + _Rand(net_id)() * 625 % spacing
    order, rand = list(range(board.channels)), _Rand(net_id)
    for k in range(board.channels - 1):
        other = (rand() & 0xFF) % board.channels
        order[k], order[other] = order[other], order[k]
    return [float(first + channel * spacing) for channel in order]
