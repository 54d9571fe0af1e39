"""One [[sensor]] table as it could be, and what makes one of a device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from drivers.known_devices import named
from edge_node.field.setup.claims import Table, Thing
from edge_node.messages import Finding

LOOKS = "azimuth_deg and tilt_deg: how it looks"
WHICH = "a look at which it is"


class Adapter(Struct, frozen=True):
    """A Wi-Fi adapter that has to be renamed and put in monitor mode: what the kernel calls it now, and its address."""

    interface: str
    mac: str


class Suggestion(Struct, frozen=True, kw_only=True):
    """`what` the device is and `why` it is taken for that, `where` it is plugged in, how it is `named` so that it is found again, and what
    it still `needs`.

    `may_be` are the kinds that it could be as well; `sure` is false where nobody but its owner can say what it is. A `configured` one is
    as node.toml says already.
    """

    name: str
    driver: str
    options: dict[str, Any]
    what: str
    where: str
    why: str
    named: str = ""
    needs: tuple[str, ...] = ()
    may_be: tuple[str, ...] = ()
    sure: bool = True
    configured: bool = False
    amps: float | None = None
    usb_mbps: float | None = None
    adapter: Adapter | None = None

    @property
    def table(self) -> Table:
        """As it belongs into node.toml."""
        return {"name": self.name, "driver": self.driver, **self.options}


class Advice(Struct, frozen=True):
    """All tables that there could be or are, and what was found amiss."""

    suggestions: tuple[Suggestion, ...]
    findings: tuple[Finding, ...]


def suggested(
    thing: Thing,
    name: str,
    driver: str | None,
    options: dict[str, Any],
    *,
    why: str,
    named: str = "",
    needs: Sequence[str] = (),
    what: str = "",
    sure: bool = True,
) -> Suggestion:
    """A suggestion with all that follows from the device and its likeliest kind; `name` may be taken already."""
    kind = thing.may_be[0] if thing.may_be else None
    return Suggestion(
        name=name,
        driver=str(driver),
        options=options,
        what=what or (kind.words if kind else plain_words(thing)),
        where=where(thing),
        why=why,
        named=named,
        needs=tuple(needs),
        may_be=tuple(one.name for one in thing.may_be[1:]),
        sure=sure,
        amps=kind.amps if kind else None,
        usb_mbps=kind.usb_mbps if kind else None,
    )


def settled(one: Suggestion, name: str) -> Suggestion:
    """The same as the kind that its owner says it is, of those that it may be."""
    kind = named(name)
    return replace(
        one,
        driver=str(kind.driver),
        options={**one.options, **kind.options},
        what=kind.words,
        why=f"its owner says that it is a {name}",
        needs=tuple(need for need in one.needs if not need.startswith(WHICH)),
        may_be=(),
    )


def remarks(one: Suggestion) -> tuple[str, ...]:
    """What is said of a sensor above its table."""
    settled = LOOKS if "azimuth_deg" in one.options else ""
    needs = (f"It needs {need}" for need in one.needs if need != settled)
    return (f"{one.what}: {one.where}", one.why, *filter(None, (one.named,)), *needs)


def unusable(thing: Thing, words: str, touch: str, name: str = "device_unusable") -> Finding:
    """Why a device is no sensor."""
    return Finding(about=plain_words(thing), name=name, grade="warn", words=words, touch=touch)


def where(thing: Thing) -> str:
    """Where it is plugged in, such as "USB 2752:001d, serial 00016, port 1-1.2"."""
    device = thing.device
    if device is None:
        return ", ".join(node.name for node in thing.nodes)
    return f"USB {device.usb_id}, {f'serial {device.serial}' if device.serial else 'no serial'}, port {device.port_path}"


def plain_words(thing: Thing) -> str:
    """What it calls itself."""
    device = thing.device
    said = (device.product or device.maker) if device else thing.nodes[0].label
    return said or "a device without a name"


def why_this(thing: Thing) -> str:
    """Why it is taken for the kind that it is taken for."""
    kind = thing.may_be[0]
    if len(thing.may_be) == 1:
        return f"it is a {kind.name}"
    return f"taken for a {kind.name}, and may be {' or '.join(one.name for one in thing.may_be[1:])}"


def which(thing: Thing) -> tuple[str, ...]:
    """What its owner has to look at, where USB does not tell which kind it is."""
    kind = thing.may_be[0]
    return (f"{WHICH}: {kind.usb_alike}",) if len(thing.may_be) > 1 and kind.usb_alike else ()
