"""When frames that came one after the other fail to come for longer than can be chance: those who sent them left, or who hears is deaf.

One sender that falls silent flew off or was switched off, and two may have gone together. When all that were there fall silent in one
moment, and those that are left beside any two of them would have been heard since, it is the receiver that hears nothing.
"""

from __future__ import annotations

from collections import OrderedDict, deque

from msgspec import Struct

from drivers.blocks import RadioFrame

REMEMBERED, FADES = 16, 256
LEAST_NS, TIMES_MEAN, TIMES_LONGEST = 3_000_000_000, 10, 3
"""Who speaks at intervals is missed soon. Of frames at random, or in bursts as while a receiver hops, some hundreds tell the longest gap:
three times that of random ones are 17 means, which no chance makes."""
FORGOTTEN_NS = 60_000_000_000
MAY_LEAVE_TOGETHER = 2
MISSED_FRAMES = 10.0
"""So many frames that should have come: one in 20 000 silences of random ones is so long."""
STAYED_NS, FEWEST_FRAMES = 30_000_000_000, 8
"""Who was not there for so long is passing by."""
AT_THE_END_GAPS, AT_THE_END_NS = 3.0, 1_000_000_000
MOST_SENDERS = 64
"""Of those who stayed, and of those of whom that is not known yet: a flood of made-up addresses pushes out no one who stayed."""
EXTENDED_PDU, ADDRESS_FLAG = 7, 1
NS_PER_S = 1e9


class _Sender(Struct):
    """One box that sends: when it was heard first and last, how often, and the longest pause between, which fades."""

    first_ns: int
    last_ns: int
    frames: int = 1
    longest_ns: int = 0

    def hear(self, t_mono_ns: int) -> None:
        gap_ns = max(t_mono_ns - self.last_ns, 0)
        self.longest_ns = max(gap_ns, self.longest_ns - self.longest_ns // FADES)
        self.last_ns = t_mono_ns
        self.frames += 1

    @property
    def stays(self) -> bool:
        return self.frames >= FEWEST_FRAMES and self.last_ns - self.first_ns >= STAYED_NS

    @property
    def gap_ns(self) -> float:
        """From frame to frame; of those that come in bursts from burst to burst, or near it."""
        return max((self.last_ns - self.first_ns) / (self.frames - 1), self.longest_ns / TIMES_LONGEST, 1.0)


class Hush:
    """Follows when frames came and from whom; knows nothing before 16 of them."""

    def __init__(self) -> None:
        self._came: deque[int] = deque(maxlen=REMEMBERED)
        self._longest_ns = 0
        self._staying: OrderedDict[bytes, _Sender] = OrderedDict()
        self._passing: OrderedDict[bytes, _Sender] = OrderedDict()

    def hear(self, t_mono_ns: int, box: bytes | None = None) -> None:
        """A frame came, of `box` (see `box_of`), None where that is not known."""
        if self._came:
            gap_ns = t_mono_ns - self._came[-1]
            if gap_ns > FORGOTTEN_NS:
                self.forget()
            self._longest_ns = max(gap_ns, self._longest_ns - self._longest_ns // FADES) if self._came else 0
        self._came.append(t_mono_ns)
        if box is not None:
            self._hear_of(box, t_mono_ns)

    def _hear_of(self, box: bytes, t_mono_ns: int) -> None:
        known = self._staying if box in self._staying else self._passing
        sender = known.pop(box, None)
        if sender is None or t_mono_ns - sender.last_ns > FORGOTTEN_NS:
            known, sender = self._passing, _Sender(t_mono_ns, t_mono_ns)
        else:
            sender.hear(t_mono_ns)
            known = self._staying if sender.stays else known
        known[box] = sender
        if len(known) > MOST_SENDERS:
            known.popitem(last=False)

    def forget(self) -> None:
        """Begin anew."""
        self._came.clear()
        self._longest_ns = 0
        self._staying.clear()
        self._passing.clear()

    def lasts_s(self, now_ns: int) -> float | None:
        """For how long there has been nothing, where that is longer than can be chance; None else, and after a minute of it."""
        if len(self._came) < REMEMBERED:
            return None
        quiet_ns = now_ns - self._came[-1]
        mean_ns = (self._came[-1] - self._came[0]) // (REMEMBERED - 1)
        usual_ns = max(LEAST_NS, TIMES_MEAN * mean_ns, TIMES_LONGEST * self._longest_ns)
        return quiet_ns / NS_PER_S if usual_ns < quiet_ns <= FORGOTTEN_NS else None

    def is_deaf(self, now_ns: int) -> bool:
        """Whether so many that stayed fell silent in one moment, and for so long, that they did not all leave."""
        if not self._came or now_ns - self._came[-1] <= LEAST_NS:
            return False
        end_ns = self._came[-1]
        missed = sorted((now_ns - one.last_ns) / one.gap_ns for one in self._staying.values() if _was_there(one, end_ns))
        return sum(missed[:-MAY_LEAVE_TOGETHER]) >= MISSED_FRAMES


def _was_there(sender: _Sender, end_ns: int) -> bool:
    """Whether it was heard up to the end, as far as that can be told of one that sends so often."""
    return end_ns - sender.last_ns <= max(AT_THE_END_GAPS * sender.gap_ns, AT_THE_END_NS)


def box_of(frame: RadioFrame) -> bytes | None:
    """Which box sent a frame: its address without the first and the last octet, in which the networks of one access point differ."""
    at = _address_at(frame)
    address = frame.data[at : at + 6] if at is not None else b""
    return address[1:5] if len(address) == 6 else None


def _address_at(frame: RadioFrame) -> int | None:
    """IEEE 802.11 9.3.3.2 (address 2); Bluetooth Core 5.4 Vol 6 Part B 2.3."""
    if frame.medium == "wifi":
        return 10
    if frame.medium == "ble_report":
        return 0
    if frame.medium != "ble" or len(frame.data) < 4:
        return None
    if frame.data[0] & 0x0F != EXTENDED_PDU:
        return 2
    return 4 if frame.data[2] & 0x3F and frame.data[3] & ADDRESS_FLAG else None
