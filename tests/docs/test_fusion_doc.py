"""docs/fusion.md speaks of what there is: its constants, files, flags, bounds and rows of figures."""

from __future__ import annotations

import re
from pathlib import Path

from edge_node.fusion.claims.evidence import CLAIM_BOUNDS, DARK_BOUNDS
from tools.bench.goals import by_fusion, of_two_nodes

ROOT = Path(__file__).parents[2]
FUSION = ROOT / "edge_node" / "fusion"
TEXT = (ROOT / "docs" / "fusion.md").read_text(encoding="utf-8")
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FUSION.rglob("*.py")))
FLAG = re.compile(r"^\| `(\w+)` \| .* \| ([\d.]+) / ([\d.]+) \|$", re.MULTILINE)


def test_every_constant_that_is_named_is_one() -> None:
    named = set(re.findall(r"`([A-Z][A-Z_]+)`", TEXT))
    assert len(named) > 10
    assert {name for name in named if not re.search(rf"^[A-Z_, ]*\b{name}\b.* = ", SOURCE, re.MULTILINE)} == set()


def test_every_file_that_is_named_is_there() -> None:
    named = re.findall(r"`([\w/]+\.py)`", TEXT)
    assert named
    assert [name for name in named if not ((FUSION / name).is_file() or (ROOT / name).is_file())] == []


def test_flags_are_raised_and_dropped_where_it_says() -> None:
    told = {name: (float(raised), float(dropped)) for name, raised, dropped in FLAG.findall(TEXT)}
    assert told == {"claim_without_body": CLAIM_BOUNDS, "claim_elsewhere": CLAIM_BOUNDS, "body_without_claim": DARK_BOUNDS}


def test_every_row_of_figures_that_it_points_to_is_measured() -> None:
    rows = {*by_fusion.GOALS, *of_two_nodes.GOALS}
    patterns = [re.escape(name).replace(r"\*", ".*") for name in re.findall(r"`(fusion\.[\w.*]+)`", TEXT)]
    assert patterns
    assert [pattern for pattern in patterns if not any(re.fullmatch(pattern, row) for row in rows)] == []
