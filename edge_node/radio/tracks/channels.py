"""Where a transmitter was heard: its channels, bounded, each the mean of what was measured there."""

from __future__ import annotations

from msgspec import Struct, field

MOST = 64
NEAR_HZ = 12e3
"""Carriers of one transmitter on one channel are nearer each other than this, or than a share of its bandwidth."""
NEAR_SHARE = 0.06
FEW, MANY = 2, 6
SEEN, LEAST_VISITS = 2, 6
"""Bursts on a channel before it counts where several were heard: one may have been half of something else."""


class Channel(Struct):
    """One of them."""

    hz: float
    count: int = 1


class Channels(Struct):
    """`order` is the hop sequence as far as it was heard, the newest channel last; `packets` are how many were heard in each visit."""

    known: list[Channel] = field(default_factory=list)
    order: list[float] = field(default_factory=list)
    packets: list[int] = field(default_factory=list)

    def hear(self, hz: float, bandwidth_hz: float, *, goes_on: bool) -> None:
        """A burst there, which follows the last one without a packet missed, or not."""
        near_hz = max(NEAR_HZ, NEAR_SHARE * bandwidth_hz)
        one = min(self.known, key=lambda channel: abs(channel.hz - hz), default=None)
        if one is None or abs(one.hz - hz) > near_hz:
            one = Channel(hz, 0)
            self.known.append(one)
            if len(self.known) > MOST:
                self.known.remove(min(self.known[:-1], key=lambda channel: channel.count))
        one.count += 1
        one.hz += (hz - one.hz) / min(one.count, MOST)
        if goes_on and self.order and abs(self.order[-1] - one.hz) <= near_hz:
            self.packets[-1] += 1
            return
        self.order, self.packets = [*self.order[-MOST + 1 :], one.hz], [*self.packets[-MOST + 1 :], 1]

    def hop(self) -> int | None:
        """After how many packets it hops: the most that were heard on one channel in a row, more than once; None where it stays."""
        if len(self.known) < 2 or len(self.packets) < LEAST_VISITS:
            return None
        often = [count for count in set(self.packets[:-1]) if self.packets[:-1].count(count) >= SEEN]
        return max(often, default=None)

    def sure_hz(self) -> tuple[float, ...]:
        """Those that were heard often enough, the lowest first; all where once was enough on so many."""
        often = [one.hz for one in self.known if one.count >= SEEN]
        return tuple(sorted(often if len(often) > FEW or len(self.known) < MANY else [one.hz for one in self.known]))

    def hz(self) -> tuple[float, ...]:
        """The same, or all while there are none."""
        return self.sure_hz() or tuple(sorted(one.hz for one in self.known))
