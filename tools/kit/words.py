"""A kit's bill as text for a terminal and as a section of docs/kits.md."""

from __future__ import annotations

from collections.abc import Iterator

from tools.kit.bill import Kit, Part, Totals, faults, totals, usb

HEADS = ("part", "pieces", "why", "W", "g", "EUR", "instead")


def rows(parts: tuple[Part, ...]) -> Iterator[tuple[str, ...]]:
    """A line each, of all its pieces."""
    for part in parts:
        name = part.part if part.supply is None else f"{part.part} ({part.supply})"
        power = f"{part.quantity * part.watts:.1f}" if part.watts else "-"
        price = "{:.0f}-{:.0f}".format(*(part.quantity * end for end in part.eur))
        yield name, str(part.quantity), part.why, power, f"{part.quantity * part.grams:.0f}", price, part.alternative or "-"


def sums(found: Totals) -> Iterator[tuple[str, str]]:
    """What it comes to with one supply: what, how much."""
    yield "power", f"{found.watts:.1f} W of all parts, {found.watts_in:.1f} W out of the supply"
    yield "energy", f"{found.wh_a_day:.0f} Wh a day"
    if found.hours is not None:
        days = f" ({found.hours / 24:.1f} days)" if found.hours >= 48 else ""
        yield "battery", f"{found.supply.battery_wh:.0f} Wh, {found.supply.usable:.0%} of it used: {found.hours:.0f} hours{days}"
    if found.panel_wh_a_day is not None:
        sun = f"{found.supply.panel_wp:.0f} Wp and {found.supply.sun_hours:g} hours of full sun"
        yield "panel", f"{found.panel_wh_a_day:.0f} Wh a day in the darkest month ({sun})"
    yield "weight", f"{found.grams / 1000:.1f} kg"
    yield "price", "{:.0f} to {:.0f} EUR".format(*(10 * round(end / 10) for end in found.eur))
    for words in faults(found):
        yield "FAIL", words


def usb_lines(kit: Kit) -> Iterator[str]:
    """What the board's USB says of its devices."""
    found = usb(kit)
    for number, load in enumerate(found.loads, 1):
        yield f"USB 2 bus {number}: {', '.join(load.devices) or 'nothing'}, {load.mbps:.0f} Mbit/s"
    for note in found.notes:
        touch = f": {note.touch}" if note.touch else ""
        yield f"{note.grade.upper()} {note.words}{touch}"


def text(kit: Kit) -> str:
    """For a terminal: the bill, then the totals of each supply."""
    table = [HEADS, *rows(kit.part)]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADS))]
    lines = [f"{kit.title}: {kit.words}", ""]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    for supply in kit.supply:
        lines += ["", f"{supply.name}: {supply.words}"]
        lines += [f"  {what:<8} {words}" for what, words in sums(totals(kit, supply))]
    return "\n".join([*lines, "", f"USB of {kit.board}", *(f"  {line}" for line in usb_lines(kit))]) + "\n"


def section(kit: Kit) -> str:
    """For the document."""
    lines = [f"## {kit.title}", kit.words, ""]
    lines += [_row(HEADS), "|---|---|---|---|---|---|---|", *map(_row, rows(kit.part)), ""]
    for supply in kit.supply:
        lines += [f"**Fed by {supply.name}**: {supply.words}.", "", "| | |", "|---|---|", *map(_row, sums(totals(kit, supply))), ""]
    return "\n".join([*lines, f"USB of `{kit.board}`:", "", *(f"- {line}" for line in usb_lines(kit)), ""])


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
