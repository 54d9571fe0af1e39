"""The printable card is made of its page, and is one page of A4 whatever font the machine has."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from edge_node import cli
from edge_node.field.lamp import PATTERNS
from tools.c2.web.browser import chromium
from tools.field_card import PAGE, SOURCE, document

FONTS = {"usual": "Helvetica, Arial, sans-serif", "wide": "DejaVu Sans"}


def pages(html: Path, pdf: Path) -> int:
    """How many sheets Chromium prints it on."""
    program = chromium()
    if program is None:
        reason = "needs Chromium: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("EDGE_NODE_REQUIRE_BROWSER") else pytest.skip(reason)
    options = [
        "--headless",
        "--disable-gpu",
        "--no-pdf-header-footer",
        f"--user-data-dir={pdf.parent / 'profile'}",
        f"--print-to-pdf={pdf}",
    ]
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    subprocess.run([program, *root, *options, html.as_uri()], check=True, capture_output=True, timeout=100)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf.read_bytes()))


def test_the_card_is_that_of_its_page() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run python -m tools.field_card"


def test_it_needs_nothing_from_elsewhere() -> None:
    assert re.findall(r"(?:src|href|url)\s*[=(]", document()) == []


def test_it_has_ten_symptoms_and_all_of_the_lamp() -> None:
    text = SOURCE.read_text(encoding="utf-8")
    symptoms = text.split("## Ten symptoms")[1].split("## ")[0]
    assert re.findall(r"^\| (\d+) \|", symptoms, re.MULTILINE) == [str(number) for number in range(1, 11)]
    patterns = re.findall(r"`([●○]{8})`", text.split("## The lamp")[1].split("## ")[0])
    assert len(set(patterns)) == len(patterns) == 5
    shown = [(pattern * 8)[:8].translate(str.maketrans("#.", "●○")) for pattern in PATTERNS.values()]
    assert set(patterns) == set(shown), "what the node shows on its lamp"


def test_its_commands_are_the_nodes() -> None:
    asked = set(re.findall(r"edge-node (?:edge-node )?([a-z][a-z-]+)", SOURCE.read_text(encoding="utf-8"))) - {"node"}
    assert asked <= set(cli.COMMANDS), "a command that the node has not"


@pytest.mark.parametrize("font", FONTS)
def test_it_is_one_page(font: str, tmp_path: Path) -> None:
    html = tmp_path / "card.html"
    html.write_text(document().replace(FONTS["usual"], FONTS[font]), encoding="utf-8")
    assert pages(html, tmp_path / "card.pdf") == 1


def test_a_card_that_is_too_long_would_be_seen(tmp_path: Path) -> None:
    html = tmp_path / "card.html"
    html.write_text(document().replace("</ol>", "<li>more</li>" * 30 + "</ol>"), encoding="utf-8")
    assert pages(html, tmp_path / "card.pdf") == 2
