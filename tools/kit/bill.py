"""A kit's file, and what its parts come to with each way to feed it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from drivers import device_files
from drivers.known_boards import read_board
from drivers.known_devices import named
from drivers.plugged import Name
from drivers.source import SourceMisconfigured
from drivers.usb_budget import Budget, budget

PANEL_KEEPS = 0.75
"""What of a panel's rated energy reaches the battery: dirt, heat, cable and charge controller take the rest."""
Part01 = Annotated[float, Meta(gt=0, le=1, description="a part above 0 and at most 1")]
NotNegative = Annotated[float, Meta(ge=0, description="a number of 0 or more")]
Euro = tuple[NotNegative, NotNegative]


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """One line: `watts`, `grams` and `eur` (from, to) are of one piece, watts on average while the node works.

    `device` is its name among the known devices where it is plugged into the node, and `feeds` names those that a hub with a supply of its
    own feeds. `supply` names the only way to feed the kit that needs it.
    """

    part: str
    group: str
    why: str
    grams: NotNegative
    eur: Euro
    quantity: Annotated[int, Meta(ge=1, le=100)] = 1
    watts: NotNegative = 0.0
    alternative: str = ""
    device: str | None = None
    feeds: tuple[str, ...] = ()
    supply: str | None = None


class Supply(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to feed it. `efficiency` is of what is between it and the node, `usable` of a battery's capacity.

    `sun_hours` of full sun are those of a day in the darkest month.
    """

    name: str
    words: str
    efficiency: Part01
    most_watts: Annotated[float, Meta(gt=0)] | None = None
    battery_wh: Annotated[float, Meta(gt=0)] | None = None
    usable: Part01 = 0.8
    panel_wp: Annotated[float, Meta(gt=0)] | None = None
    sun_hours: Annotated[float, Meta(gt=0, le=24)] | None = None


class Kit(Struct, frozen=True):
    """One kit: its board, ways to feed it and parts; `full_supply` where each way gives the board all that it asks for."""

    name: Name
    title: str
    words: str
    board: str
    supply: Annotated[tuple[Supply, ...], Meta(min_length=1)]
    part: Annotated[tuple[Part, ...], Meta(min_length=1)]
    full_supply: bool = False


class Totals(Struct, frozen=True):
    """What a kit comes to with one supply. `watts_in` are before its converter; None where there is no battery or panel."""

    supply: Supply
    watts: float
    watts_in: float
    grams: float
    eur: tuple[float, float]
    hours: float | None
    panel_wh_a_day: float | None

    @property
    def wh_a_day(self) -> float:
        """What it takes from its supply in a day."""
        return 24 * self.watts_in


def known() -> dict[str, Path]:
    """The kits that come with the project, name -> file."""
    return device_files.known("kits")


def read_kit(kit: str) -> Kit:
    """A known kit by its name, or one of the user's by the path of its TOML file; raises SourceMisconfigured."""
    found = device_files.read(device_files.path_of(kit, "kits", "kit"), Kit)
    names = {supply.name for supply in found.supply}
    for part in found.part:
        if part.supply is not None and part.supply not in names:
            raise SourceMisconfigured(f"{kit}: {part.part}: there is no supply {part.supply!r}: {device_files.nearest(part.supply, names)}")
        if part.eur[0] > part.eur[1]:
            raise SourceMisconfigured(f"{kit}: {part.part}: eur goes from the lower to the higher price")
    return found


def parts_with(kit: Kit, supply: Supply) -> list[Part]:
    """All that are needed when it is fed so."""
    return [part for part in kit.part if part.supply in (None, supply.name)]


def totals(kit: Kit, supply: Supply) -> Totals:
    """Add it up."""
    parts = parts_with(kit, supply)
    watts = sum(part.quantity * part.watts for part in parts)
    watts_in = watts / supply.efficiency
    hours = None if supply.battery_wh is None else supply.battery_wh * supply.usable / watts_in
    sun = None if supply.panel_wp is None or supply.sun_hours is None else supply.panel_wp * supply.sun_hours * PANEL_KEEPS
    low, high = (sum(part.quantity * part.eur[end] for part in parts) for end in (0, 1))
    grams = sum(part.quantity * part.grams for part in parts)
    return Totals(supply, watts, watts_in, grams, (low, high), hours, sun)


def usb(kit: Kit) -> Budget:
    """What its devices take of its board's USB; raises KeyError for a device that nobody described."""
    devices = [named(part.device) for part in kit.part if part.device is not None for _ in range(part.quantity)]
    fed = {name for part in kit.part for name in part.feeds}
    drawing = [replace(device, amps=0.0) if device.name in fed else device for device in devices]
    return budget(read_board(kit.board), drawing, full_supply=kit.full_supply)


def faults(found: Totals) -> list[str]:
    """What its supply cannot do, in words."""
    supply, words = found.supply, []
    if supply.most_watts is not None and found.watts_in > supply.most_watts:
        words.append(f"{supply.name} gives {supply.most_watts:g} W, and the kit takes {found.watts_in:.1f} W")
    if found.panel_wh_a_day is not None and found.panel_wh_a_day < found.wh_a_day:
        words.append(f"in the darkest month the panel gives {found.panel_wh_a_day:.0f} Wh a day, and the kit takes {found.wh_a_day:.0f}")
    return words
