"""`edge-node sensors`: what is plugged in, and the [[sensor]] tables for it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator

import msgspec

from drivers.known_devices import all_known
from edge_node.field.setup import toml_text
from edge_node.field.setup.choices import former
from edge_node.field.setup.inventory import Inventory, look
from edge_node.field.setup.node_toml import HEAD, REMARKS
from edge_node.field.setup.suggest import advise
from edge_node.field.setup.suggestion import Advice, Suggestion, remarks
from edge_node.messages import Finding


def sensors(arguments: argparse.Namespace) -> int:
    """`edge-node sensors list` or `suggest`; exit code 1 where a sensor of node.toml is not there."""
    there = look(arguments.root)
    if arguments.what == "list":
        _write(_listed(there, as_json=arguments.json))
        return os.EX_OK
    old = former(arguments.config)
    advice = advise(there, all_known(), old.sensors, arguments.root)
    if old.problem:
        sys.stderr.write(f"edge-node: {old.problem}; all that is plugged in counts as new\n")
    whole = not arguments.config.exists() and not arguments.tables
    _write(_as_json(advice) if arguments.json else suggestion_lines(advice, whole=whole))
    return int(any(finding.grade == "fail" for finding in advice.findings))


def suggestion_lines(advice: Advice, *, whole: bool) -> Iterator[str]:
    """node.toml with comments, or only its [[sensor]] tables; what is configured already, and what is amiss, as comments."""
    if whole:
        yield from (HEAD, f'[node]\nname = "{os.uname().nodename[:32]}"\n')
    for one in advice.suggestions:
        yield ""
        yield from _configured(one) if one.configured else _table(one)
    if not advice.suggestions:
        yield toml_text.comment("Nothing is plugged in that a node could use.")
    if advice.findings:
        yield ""
    yield from (toml_text.comment(words(finding)) for finding in advice.findings)


def words(finding: Finding) -> str:
    """One finding on one line."""
    return f"{finding.grade.upper()} {finding.about}: {finding.words}" + (f" -> {finding.touch}" if finding.touch else "")


def _configured(one: Suggestion) -> Iterator[str]:
    yield toml_text.comment(f"{one.name} is already configured: {one.what}, {one.where}")
    yield from (toml_text.comment(f"It needs {need}") for need in one.needs)


def _table(one: Suggestion) -> Iterator[str]:
    """One that nobody but its owner can be sure of is a comment as a whole."""
    text = toml_text.table("[[sensor]]", one.table, remarks(one), REMARKS["sensor"])
    yield text if one.sure else "".join(line if line.startswith("#") else f"# {line}" for line in text.splitlines(keepends=True))


def _as_json(advice: Advice) -> Iterator[str]:
    """One object a line: each suggestion with its table, then each finding."""
    for one in advice.suggestions:
        yield msgspec.json.encode({"kind": "sensor", "table": one.table, **msgspec.to_builtins(one)}).decode()
    for finding in advice.findings:
        yield msgspec.json.encode({"kind": "finding", **msgspec.to_builtins(finding)}).decode()


def _listed(there: Inventory, *, as_json: bool) -> Iterator[str]:
    """USB devices in the order of ports, then what is on no USB."""
    for device in there.usb:
        nodes = [node for node in there.nodes if node.port_path == device.port_path]
        if as_json:
            yield msgspec.json.encode({**msgspec.to_builtins(device), "nodes": nodes}).decode()
        else:
            kernel = ", ".join(node.stays or node.name for node in nodes) or ("hub" if device.is_hub else "-")
            yield f"{device.port_path:<10} {device.usb_id}  {device.serial or 'no serial':<20} {device.product or '?'} [{kernel}]"
    built_in = [node for node in there.nodes if node.port_path is None]
    for node in built_in:
        yield msgspec.json.encode(node).decode() if as_json else f"{'built in':<10} {node.subsystem:<10} {node.name} ({node.label})"
    if not there.usb and not built_in and not as_json:
        yield "nothing is plugged in"


def _write(lines: Iterator[str]) -> None:
    sys.stdout.writelines(line if line.endswith("\n") else f"{line}\n" for line in lines)
