"""python -m tools.field_card: makes the printable docs/field-card.html, one page of A4, of docs/field-card.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
SOURCE, PAGE = DOCS / "field-card.md", DOCS / "field-card.html"
STYLE = """\
@page { size: A4 portrait; margin: 9mm 10mm }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 190mm; font: 9.2pt/1.24 Helvetica, Arial, sans-serif; color: #000; background: #fff }
h1 { margin: 0 0 1mm; font-size: 15pt; border-bottom: 0.6mm solid #000 }
h2 { margin: 1.8mm 0 0.6mm; font-size: 11.5pt }
p { margin: 2mm 0 }
ol { margin: 0; padding-left: 5mm }
table { width: 100%; border-collapse: collapse }
th, td { padding: 0.4mm 1.2mm; border: 0.2mm solid #000; text-align: left; vertical-align: top }
tr:has(th:empty) { display: none }
td:first-child { white-space: nowrap }
code { font: 8.4pt "DejaVu Sans Mono", monospace }
"""


def document() -> str:
    """The whole page, without anything from elsewhere."""
    body = "\n".join(_blocks(SOURCE.read_text(encoding="utf-8")))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>edge_node field card</title>
<style>
{STYLE}</style>
</head>
<body>
{body}
</body>
</html>
"""


def _blocks(text: str) -> Iterator[str]:
    """Of Markdown what the card has: headings, one numbered list, tables and lines of text; what tells how to print it is left out."""
    for kind, group in groupby(text.splitlines(), key=_kind):
        lines = list(group)
        if kind == "table":
            yield from _table([line for line in lines if not line.startswith("|---")])
        elif kind == "list":
            yield "<ol>" + "".join(f"<li>{_words(line.partition('. ')[2])}</li>" for line in lines) + "</ol>"
        elif kind == "heading":
            yield from (_heading(line) for line in lines)
        elif kind == "text":
            yield from (f"<p>{_words(line)}</p>" for line in lines if "field-card.html" not in line)


def _kind(line: str) -> str:
    if not line.strip():
        return "nothing"
    if re.match(r"\d+\. ", line):
        return "list"
    return {"|": "table", "#": "heading"}.get(line[0], "text")


def _heading(line: str) -> str:
    marks, _, words = line.partition(" ")
    return f"<h{len(marks)}>{_words(words)}</h{len(marks)}>"


def _table(lines: list[str]) -> Iterator[str]:
    rows = [[_words(cell.strip()) for cell in line.strip("|").split("|")] for line in lines]
    yield "<table>"
    yield "<tr>" + "".join(f"<th>{cell}</th>" for cell in rows[0]) + "</tr>"
    yield from ("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows[1:])
    yield "</table>"


def _words(text: str) -> str:
    bold = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text, quote=False))
    return re.sub(r"\[(.+?)\]\(.+?\)", r"\1", re.sub(r"`(.+?)`", r"<code>\1</code>", bold))


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
