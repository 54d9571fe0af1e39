"""From what is plugged in, and what node.toml says already, to the [[sensor]] tables that there could be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from drivers.known_devices import Known
from edge_node.field.setup import budget, naming, offers, radios
from edge_node.field.setup.claims import Table, Thing, absent, claimed, things
from edge_node.field.setup.inventory import Inventory
from edge_node.field.setup.suggestion import Advice, Suggestion, suggested
from edge_node.messages import Finding


def advise(there: Inventory, known: Sequence[Known], tables: Sequence[Table] = (), root: Path = Path("/")) -> Advice:
    """What belongs into node.toml beside the [[sensor]] tables that are in it already, and what is amiss."""
    found = things(there, known)
    means = claimed(tables, found)
    owners = {number: tables[place] for place, number in means.items()}
    taken = {str(table.get("name")) for table in tables}
    interfaces = {node.name for node in there.nodes} | {str(table.get("interface")) for table in tables}
    suggestions: list[Suggestion] = []
    findings: list[Finding] = [*absent(tables, means, there, root)]
    for number, thing in enumerate(found):
        offer = _configured(owners[number], thing) if number in owners else offers.offer(thing, there, interfaces)
        if isinstance(offer, Finding):
            findings.append(offer)
        elif offer is not None:
            suggestions.append(offer if offer.configured else replace(offer, name=naming.free(offer.name, taken)))
    kinds = {thing.device.port_path: thing.may_be[0] for thing in found if thing.device and thing.may_be}
    return Advice(tuple(suggestions), (*findings, *radios.same_serials(found), *budget.overdrawn(there, kinds)))


def _configured(table: Table, thing: Thing) -> Suggestion:
    options = {key: value for key, value in table.items() if key not in ("name", "driver")}
    made = suggested(thing, str(table.get("name")), str(table.get("driver")), options, why="already configured")
    made = replace(made, configured=True, may_be=())
    return radios.renamed(made, wifi) if (wifi := thing.node("wifi")) else made
