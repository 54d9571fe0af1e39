"""Which Wi-Fi channels to listen on and for how long, and who walks through them."""

from __future__ import annotations

from msgspec import Struct

from drivers.tuning import ChannelRefused, Tuner, tune

QUICK_S = 0.25
FULL_S = 1.1
RETRY_S = 60.0
BANDS = ((2412, 2472, 2407), (2484, 2484, 2414), (5160, 5895, 5000), (5955, 7115, 5950))
"""First and last centre of each band, and where its channel 0 would be, in MHz."""


class Stop(Struct, frozen=True):
    """A channel by its centre, and how long to stay on it."""

    center_mhz: int
    dwell_s: float


Plan = tuple[Stop, ...]
"""Channels visited in turn; an empty plan leaves the channel alone."""


def _stop(number: int) -> Stop:
    # Remote ID is sent at least once a second on channels 6 and 149, and at least every 200 TU on any other.
    return Stop(_center_mhz(number), FULL_S if number in (6, 149) else QUICK_S)


def _center_mhz(number: int) -> int:
    return 5000 + 5 * number if number > 14 else 2407 + 5 * number


_2_4_GHZ: Plan = tuple(_stop(number) for number in range(1, 14))
_5_GHZ: Plan = tuple(_stop(number) for number in (36, 40, 44, 48, 149, 153, 157, 161, 165))

PLANS: dict[str, Plan] = {
    "default": _2_4_GHZ + _5_GHZ,
    "2.4ghz": _2_4_GHZ,
    "5ghz": _5_GHZ,
    "channel6": (_stop(6),),
    "none": (),
}


def channel_name(center_mhz: int) -> str:
    """Name a 20 MHz channel as IEEE 802.11 numbers it, e.g. "channel 6 (2437 MHz)"; elsewhere its frequency alone."""
    for first_mhz, last_mhz, zero_mhz in BANDS:
        if first_mhz <= center_mhz <= last_mhz and (center_mhz - zero_mhz) % 5 == 0:
            return f"channel {(center_mhz - zero_mhz) // 5} ({center_mhz} MHz)"
    return f"{center_mhz} MHz"


class Hopper:
    """Walks an interface through a plan; a channel that is refused is skipped, named, and tried again after a while."""

    def __init__(self, interface: str, plan: Plan, tune: Tuner = tune) -> None:
        self.center_mhz: int | None = None
        self._interface = interface
        self._plan = plan
        self._tune = tune
        self._next = 0
        self._retry_s: dict[int, float] = {}
        self._refusal = ""

    def step(self, now_s: float) -> float:
        """Tune to the next channel of the plan that is not barred; returns in how many seconds to step again."""
        for _ in self._plan:
            stop = self._plan[self._next]
            self._next = (self._next + 1) % len(self._plan)
            if now_s >= self._retry_s.get(stop.center_mhz, now_s):
                return stop.dwell_s if self._move(stop.center_mhz, now_s) else 0.0
        return min(self._retry_s.values(), default=now_s + RETRY_S) - now_s

    def words(self) -> str:
        """Say where it is and what was refused."""
        here = "" if self.center_mhz is None else channel_name(self.center_mhz)
        if not self._retry_s:
            return here
        if len(self._retry_s) == len(self._plan):
            return f"cannot tune, stays {'on ' + here if here else 'where it is'}: {self._refusal}"
        refused = ", ".join(channel_name(mhz) for mhz in sorted(self._retry_s))
        return f"{here}{', ' if here else ''}refused {refused}: {self._refusal}"

    def limits(self) -> tuple[str, ...]:
        """What was refused, in one sentence; empty where nothing was."""
        if not self._retry_s:
            return ()
        refused = "any channel" if len(self._retry_s) == len(self._plan) else ", ".join(map(channel_name, sorted(self._retry_s)))
        return (f"it cannot be tuned to {refused} ({self._refusal}): set the country (iw reg set XX), free it, or choose another plan",)

    def _move(self, center_mhz: int, now_s: float) -> bool:
        if center_mhz == self.center_mhz:
            return True
        try:
            self._tune(self._interface, center_mhz)
        except ChannelRefused as refusal:
            self._retry_s[center_mhz] = now_s + RETRY_S
            self._refusal = str(refusal)
            return False
        self.center_mhz = center_mhz
        self._retry_s.pop(center_mhz, None)
        return True
