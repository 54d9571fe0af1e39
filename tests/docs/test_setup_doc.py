"""docs/setup.md and its example say what there is: keys, findings, commands and the unit's files."""

from __future__ import annotations

import re
import tomllib
from inspect import getsource
from pathlib import Path

import msgspec

from drivers import usb_budget
from edge_node.field.setup import answers, first_boot
from edge_node.field.setup.answers import Answers, C2Answers, NodeAnswers, SensorsAnswers, ServiceAnswers

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "setup.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "docs" / "examples" / "edge-node-setup.toml"
TABLES = {"node": NodeAnswers, "sensors": SensorsAnswers, "c2": C2Answers, "service": ServiceAnswers}


def test_the_example_is_followed_as_it_stands() -> None:
    said = answers.read(EXAMPLE)
    assert (said.node.name, said.node.place, said.sensors.take, said.token, said.service.start) == (
        "harbour-1",
        "fixed",
        "found",
        None,
        True,
    )


def test_the_example_has_every_key_and_its_comments_are_true() -> None:
    text = re.sub(r"^# (?=\[|[a-z0-9_]+ = )", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    said = tomllib.loads(text)
    for name, kind in TABLES.items():
        assert set(said[name]) == {field.name for field in msgspec.structs.fields(kind)}
    assert len(said["sensor"]) == 2
    assert isinstance(answers.parse(text.encode(), "example"), Answers)


def test_every_key_and_finding_is_on_the_page() -> None:
    keys = {f"{name}.{field.name}" for name, kind in TABLES.items() for field in msgspec.structs.fields(kind)}
    told = set(re.findall(r"`(?:node|sensors|c2|service)\.(?!toml)[a-z_]+`", PAGE))
    assert {f"`{key}`" for key in keys if not key.endswith(("_deg", "_m"))} == told
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "edge_node" / "field" / "setup").glob("*.py"))
    source += getsource(usb_budget.bus) + getsource(usb_budget.current)
    findings = re.findall(r'name="([a-z]+_[a-z]+)"|"(device_[a-z]+)"|BudgetNote\("([a-z_]+)"', source)
    assert {name for alternatives in findings for name in alternatives if name} == set(
        re.findall(r"^\| `([a-z]+_[a-z]+)` \|", PAGE, re.MULTILINE)
    )


def test_files_are_called_as_they_are() -> None:
    unit = (ROOT / "systemd" / "edge-node-first-boot.service").read_text(encoding="utf-8")
    assert EXAMPLE.name == first_boot.FILE
    assert first_boot.FILE in PAGE
    assert first_boot.RESULT in PAGE
    assert f"/boot/firmware/{first_boot.FILE}" in unit
