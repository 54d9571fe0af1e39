"""The page that is photographed before one leaves the site: 80 columns, one screen, the verdict in letters that a phone can read."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from edge_node.field.doctor.report import Report
from edge_node.messages import Finding

WIDTH, MOST_ROWS = 80, 48
INDENT = " " * 21
LETTERS = {
    "O": (" ### ", "#   #", "#   #", "#   #", " ### "),
    "K": ("#   #", "#  # ", "###  ", "#  # ", "#   #"),
    "W": ("#   #", "#   #", "# # #", "## ##", "#   #"),
    "A": (" ### ", "#   #", "#####", "#   #", "#   #"),
    "R": ("#### ", "#   #", "#### ", "#  # ", "#   #"),
    "N": ("#   #", "##  #", "# # #", "#  ##", "#   #"),
    "F": ("#####", "#    ", "###  ", "#    ", "#    "),
    "I": ("#####", "  #  ", "  #  ", "  #  ", "#####"),
    "L": ("#    ", "#    ", "#    ", "#    ", "#####"),
}
ADVICE = {
    "ok": "All is well: you may leave.",
    "warn": "It works, but not as it should.",
    "fail": "Do not leave yet: something does not work.",
}


def page(report: Report) -> str:
    """The whole page; what does not fit on a screen is counted and left to --json."""
    head, lines = list(_head(report)), [line for group in _groups(report.findings) for line in _lines(group)]
    room = MOST_ROWS - len(head) - 1
    if len(lines) > room:
        lines = [*lines[: room - 1], f"... and {len(lines) - room + 1} more lines: edge-node doctor --json has all"]
    return "\n".join((*head, *lines)) + "\n"


def _head(report: Report) -> Iterator[str]:
    how = "while it runs" if report.running else "with its node stopped"
    big = [" ".join(LETTERS[letter][row] for letter in report.verdict.upper()) for row in range(5)]
    beside = (
        f"edge_node {report.version}",
        report.model or "",
        f"place {report.place or 'unknown'}",
        f"key   {report.fingerprint or 'none'}",
        ADVICE[report.verdict],
    )
    yield f"{report.node:<32} doctor, {how}"[:WIDTH]
    yield f"{report.t_utc:<32} configuration {report.configuration}"[:WIDTH]
    yield ""
    yield from (f"{letters:<26}{words}"[:WIDTH].rstrip() for letters, words in zip(big, beside, strict=True))
    yield "-" * WIDTH


def _groups(findings: tuple[Finding, ...]) -> Iterator[list[Finding]]:
    """What is shown of each group: what is wrong, or the last that is well, which says most."""
    for about in dict.fromkeys(one.about for one in findings):
        group = [one for one in findings if one.about == about]
        yield [one for one in group if one.grade != "ok"] or group[-1:]


def _lines(group: list[Finding]) -> Iterator[str]:
    for one in group:
        first, *more = wrap(one.words, WIDTH - len(INDENT), max_lines=2, placeholder=" ...") or [""]
        yield f"{one.grade.upper():<5}{one.about[:15]:<16}{first}"
        yield from (f"{INDENT}{line}" for line in more)
        if one.touch and one.grade != "ok":
            first, *more = wrap(one.touch, WIDTH - len(INDENT) - 3, max_lines=2, placeholder=" ...")
            yield f"{INDENT}-> {first}"
            yield from (f"{INDENT}   {line}" for line in more)
