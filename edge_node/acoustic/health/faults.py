"""What can be wrong with the channels of an array, in words for a technician."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

FaultKind = Literal["dead", "clipped", "noisy", "swapped", "mirrored", "inverted", "late", "gain"]


class Fault(Struct, frozen=True):
    """One thing that is wrong with some channels, counted from 0, and what to do, in words that count from 1 as connectors do.

    `amount` is in dB for "gain" (against the middle one), in samples for "late", a share of time for "clipped". `instead` are sets
    of channels that would explain the sound as well.
    """

    kind: FaultKind
    channels: tuple[int, ...]
    words: str
    probability: float
    amount: float | None = None
    instead: tuple[tuple[int, ...], ...] = ()


def dead(channel: int, level_db: float) -> Fault:
    """A channel that hears nothing."""
    how = "is silent" if level_db < -60 else f"is {-level_db:.0f} dB below the others and hears nothing of what they hear"
    return Fault("dead", (channel,), f"channel {channel + 1} {how}: look at its plug, its cable and for water in the hole", 1.0)


def clipped(channel: int, share: float) -> Fault:
    """A channel that runs into its rails."""
    words = f"channel {channel + 1} is clipped {share:.0%} of the time: turn its gain down, or shield it from wind"
    return Fault("clipped", (channel,), words, 1.0, amount=share)


def noisy(channel: int, level_db: float) -> Fault:
    """A channel whose own noise hides the sound."""
    words = (
        f"channel {channel + 1} has noise of its own ({level_db:+.0f} dB against the others): look for a loose plug, water or wind on it"
    )
    return Fault("noisy", (channel,), words, 1.0)


def gain(channel: int, level_db: float) -> Fault:
    """A channel that is louder or softer than the others."""
    do = "look for dirt or water in the hole, or calibrate" if level_db < 0 else "set its gain as the others', or calibrate"
    return Fault("gain", (channel,), f"channel {channel + 1} is {level_db:+.0f} dB off: {do}", 1.0, amount=level_db)


def inverted(channel: int, probability: float) -> Fault:
    """A channel whose wires are exchanged."""
    words = f"channel {channel + 1} is upside down: exchange the two wires of its microphone"
    return Fault("inverted", (channel,), words, probability)


def late(channels: Sequence[int], samples: int, probability: float) -> Fault:
    """Channels that come after the others, or before them."""
    when = f"{abs(samples)} sample{'s' * (abs(samples) > 1)} {'late' if samples > 0 else 'early'}"
    words = f"{_named(channels)} {_are(channels)} {when}: restart the sound device; if it stays, calibrate the array"
    return Fault("late", tuple(channels), words, probability, amount=float(samples))


def swapped(pair: Sequence[int], instead: Sequence[tuple[int, ...]], probability: float) -> Fault:
    """Two channels in each other's place."""
    others = "".join(f", or else {_named(other)}" for other in instead)
    words = f"{_named(pair)} are swapped{others}: exchange their plugs, or their places in the array's file"
    return Fault("swapped", tuple(pair), words, probability, instead=tuple(instead))


def mirrored(channels: Sequence[int], instead: Sequence[tuple[int, ...]], probability: float) -> Fault:
    """Neighbours in reverse."""
    others = "".join(f", or else {_named(other)}" for other in instead)
    words = f"{_named(channels)} are in mirrored order{others}: look at the channel map in the array's file, and at which way its plug sits"
    return Fault("mirrored", tuple(channels), words, probability, instead=tuple(instead))


def shifted(channels: Sequence[int], by: int, probability: float) -> Fault:
    """All channels some places on."""
    words = f"all channels are shifted by {by}: restart the sound device; if it stays, look at the channel map in the array's file"
    return Fault("swapped", tuple(channels), words, probability, amount=float(by))


def disordered(channels: Sequence[int], order: Sequence[int], probability: float) -> Fault:
    """Any other wrong order."""
    heard = ", ".join(f"{place + 1} on {channel + 1}" for place, channel in zip(channels, order, strict=True))
    words = f"channels are in the wrong order (microphone {heard}): look at the channel map in the array's file"
    return Fault("swapped", tuple(channels), words, probability)


def _named(channels: Sequence[int]) -> str:
    numbers = [str(channel + 1) for channel in channels]
    if len(numbers) == 1:
        return f"channel {numbers[0]}"
    if len(numbers) > 2 and list(channels) == list(range(channels[0], channels[-1] + 1)):
        return f"channels {numbers[0]} to {numbers[-1]}"
    return f"channels {', '.join(numbers[:-1])} and {numbers[-1]}"


def _are(channels: Sequence[int]) -> str:
    return "is" if len(channels) == 1 else "are"
