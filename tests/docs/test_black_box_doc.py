"""Keys and defaults of docs/black-box.md are those of the code, and what a second takes is what the ring takes."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from edge_node.config import BlackBoxTable
from edge_node.field.doctor.black_box import NODE_MEMORY_MB, UNIT_MEMORY_MB
from edge_node.record.sealed import make_pair, private_key, public_key

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "black-box.md").read_text(encoding="utf-8")
PRIVACY = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")


def told(value: float | None) -> str:
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"


def test_every_key_stands_there_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", PAGE.split("## What there is to set")[1], re.MULTILINE))
    table = BlackBoxTable()
    names = [one.name for one in msgspec.structs.fields(BlackBoxTable) if one.name != "on"]
    assert {name: rows[name] for name in names} == {name: told(getattr(table, name)) for name in names}
    assert table.on == ()


def test_memory_of_unit_and_node_is_told() -> None:
    assert f"may take {UNIT_MEMORY_MB} MB in all" in PAGE
    assert f"up to {NODE_MEMORY_MB} without" in PAGE


def test_how_long_is_told_to_people_as_it_is() -> None:
    table = BlackBoxTable()
    assert f"{table.seconds_before:g} s before and at most {table.longest_s:g} s after" in PRIVACY
    assert f"for {table.days:g} days" in PRIVACY
    assert (table.sound, table.video) == (False, False)


def test_a_pair_of_keys_is_what_node_toml_and_its_file_take() -> None:
    secret, public = make_pair()
    assert len(private_key(secret)) == len(public_key(public)) == 32
