"""docs/doctor.md has every finding that doctor can make, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_node.field.doctor import link, sensors

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "doctor.md"
CODE = (
    *sorted((ROOT / "edge_node/field/doctor").glob("*.py")),
    ROOT / "edge_node/field/board_findings.py",
    ROOT / "edge_node/field/upgrade.py",
    *sorted((ROOT / "edge_node").glob("*/*_check.py")),
    ROOT / "edge_node/commands/doctor.py",
)
MAKERS = {"finding": 1, "_finding": 1, "_found": 1, "_warn": 1}
"""Functions that make a finding, and which of their arguments is its name."""
COMPOSED = {
    *(f"node_{verdict}" for verdict in ("green", "amber", "red")),
    *(f"{about}_hangs" for about in ("storage", "link")),
    *sensors.STATES.values(),
    *(name for name, _ in link.LIVE_TROUBLES.values()),
    "keys_open",
    "keys_broken",
}
"""Names that are put together, or come from a table."""


def made() -> Iterator[str]:
    """Names that the code says outright."""
    for path in CODE:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            called = call.func.id if isinstance(call.func, ast.Name) else ""
            if called in MAKERS and len(call.args) > MAKERS[called]:
                yield from literals(call.args[MAKERS[called]])
            if called == "Finding":
                yield from (name for one in call.keywords if one.arg == "name" for name in literals(one.value))


def literals(argument: ast.expr) -> Iterator[str]:
    """Of an argument such as "a" if x else "b"."""
    if isinstance(argument, ast.JoinedStr):
        return
    for part in [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def told() -> dict[str, list[str]]:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.read_text(encoding="utf-8").splitlines()]
    return {row[0].strip("`"): row[1:] for row in rows if row and re.fullmatch(r"`[a-z0-9_]+`", row[0])}


def test_the_page_has_every_finding_and_no_other() -> None:
    assert set(told()) == set(made()) | COMPOSED


def test_each_says_what_to_touch_unless_it_is_well() -> None:
    assert [name for name, (grade, meaning, touch) in told().items() if not meaning or bool(touch) == (grade == "OK")] == []


@pytest.mark.parametrize("page", ["doctor.md", "troubleshooting.md"])
def test_what_is_named_in_passing_is_a_finding_or_something_of_the_node(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    names = set(re.findall(r"`([a-z0-9]+_[a-z0-9_]+)`", text))
    assert names - set(told()) <= {"azimuth_deg", "gain_db", "center_hz", "server_key", "t_utc", "port_path"}
