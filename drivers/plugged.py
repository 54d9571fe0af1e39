"""What the file of any device says of its plug: how it is recognised on USB, what it draws, and what it needs."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", description="a name of letters, digits, - . and _, 64 at most")]
UsbId = Annotated[str, Meta(pattern=r"^[0-9a-f]{4}:[0-9a-f]{4}$", description="USB ids like 2886:0018")]
Amps = Annotated[float, Meta(gt=0, le=10, description="a current in A at 5 V, above 0 and at most 10")]
Sources = Annotated[tuple[str, ...], Meta(min_length=1, description="where its facts are from, one line at least")]
UsbSpeed = Literal["full", "high", "super"]
"""12 Mbit/s, 480 Mbit/s (USB 2), 5 Gbit/s (USB 3): the fastest that the device can."""


class Plugged(Struct, frozen=True, kw_only=True):
    """What all kinds of files have in common; what nobody knows is left out.

    `usb_names` are parts of the USB product string, for devices whose ids are those of a chip that others have as well; `usb_alike` says
    what else has the same ids and how to tell. `amps` is the most that it draws. `needs` are things to have or do, one sentence each.
    """

    usb: tuple[UsbId, ...] = ()
    usb_names: tuple[str, ...] = ()
    usb_alike: str = ""
    usb_speed: UsbSpeed = "high"
    amps: Amps | None = None
    needs: tuple[str, ...] = ()
