"""What PortAudio can record from, and which of it is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

from drivers.source import LibraryMissing, SourceAbsent
from drivers.usb import SoundCard

_CARD = re.compile(r"\(hw:(\d+),\d+\)")


class Device(NamedTuple):
    """One input: PortAudio's number and name of it, how many channels it has, and the sound system that it belongs to."""

    number: int
    name: str
    channels: int
    system: str


class Wanted(NamedTuple):
    """What tells the device from others: a name, a USB serial number or a port path; without these, the names and USB ids of its kind."""

    device: str | None
    serial: str | None
    port_path: str | None
    names: tuple[str, ...]
    usb: tuple[str, ...]

    def words(self) -> str:
        """Such as "with serial 00016"."""
        if self.serial is not None:
            return f"USB sound card with serial {self.serial}"
        if self.port_path is not None:
            return f"USB sound card in port {self.port_path}"
        if self.device is not None:
            return f"sound device {self.device!r}"
        return f"sound device called {' or '.join(self.names)}"


def portaudio() -> ModuleType:
    """The library, loaded now; raises LibraryMissing where it is not installed."""
    try:
        import sounddevice  # noqa: PLC0415 -- asks the sound system what there is, so only when a device is opened
    except (ImportError, OSError) as error:
        raise LibraryMissing(f"PortAudio cannot be loaded: sudo apt-get install libportaudio2 ({error})") from error
    return sounddevice  # type: ignore[no-any-return]


def inputs() -> list[Device]:
    """All that can be recorded from, as it was when PortAudio was loaded."""
    library = portaudio()
    systems = [system["name"] for system in library.query_hostapis()]
    return [
        Device(number, found["name"], found["max_input_channels"], systems[found["hostapi"]])
        for number, found in enumerate(library.query_devices())
        if found["max_input_channels"] > 0
    ]


def choose(devices: Sequence[Device], cards: Sequence[SoundCard], wanted: Wanted) -> Device:
    """The one device that is meant; raises SourceAbsent that says what there is instead."""
    plugged = [card for card in cards if _is_meant(card, wanted)]
    chosen = [device for card in plugged for device in devices if _card(device) == card.number]
    if not chosen and wanted.serial is None and wanted.port_path is None:
        exact = [device for device in devices if device.name == wanted.device]
        chosen = exact or _named(devices, wanted.names if wanted.device is None else (wanted.device,))
    if chosen:
        return chosen[0]
    if plugged:
        raise SourceAbsent(
            f"{plugged[0].words()} is plugged in but cannot be opened: does another program hold it, or is the group audio not yours?"
        )
    raise SourceAbsent(f"there is no {wanted.words()}; {_what_there_is(devices, cards)}")


def _is_meant(card: SoundCard, wanted: Wanted) -> bool:
    """Whether it is the card by what was said of its plug, or of the kind where nothing was said of the device."""
    if wanted.serial is None and wanted.port_path is None:
        return wanted.device is None and card.usb_id in wanted.usb
    return wanted.serial in (None, card.serial) and wanted.port_path in (None, card.port_path)


def _named(devices: Sequence[Device], names: Sequence[str]) -> list[Device]:
    return [device for device in devices for name in names if name.casefold() in device.name.casefold()]


def _card(device: Device) -> int | None:
    found = _CARD.search(device.name)
    return int(found[1]) if found else None


def _what_there_is(devices: Sequence[Device], cards: Sequence[SoundCard]) -> str:
    heard = ", ".join(f"{device.name} with {device.channels} channels" for device in devices)
    plugged = ", ".join(card.words() for card in cards)
    return f"there is {heard or 'no input at all'}" + (f"; by USB: {plugged}" if plugged else "")
