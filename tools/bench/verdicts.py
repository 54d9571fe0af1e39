"""Faults done to one running node with virtual devices of all kinds: how soon each is said by name, how soon all is well again.

EDGE_NODE_VERDICTS names those to be done, separated by commas.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

from tools.bench.figure import Figure
from tools.verdicts.faults import faults
from tools.verdicts.post import ALL_KINDS, LIGHT, Post, post
from tools.verdicts.striking import Fault, Verdict, judge

CHOSEN = os.environ.get("EDGE_NODE_VERDICTS", "")


def figures() -> Iterator[Figure]:
    """One fault after the other."""
    others: list[str] = []
    for verdict in verdicts():
        print(f"{verdict.name}: {verdict.finding}: {verdict.sentence}", file=sys.stderr)
        yield Figure(f"verdicts.{verdict.name}.said_s", verdict.said_s, "s", against=f"{verdict.finding}: {verdict.sentence}")
        yield Figure(f"verdicts.{verdict.name}.well_s", verdict.well_s, "s")
        others += [f"{verdict.name}: {', '.join(verdict.others)}"] * bool(verdict.others)
    yield Figure("verdicts.others_struck", len(others), "faults", against="; ".join(others))


def verdicts() -> Iterator[Verdict]:
    """Of those that this machine lets be done: all at one node, and the step of its clock at another."""
    with post(ALL_KINDS) as here:
        for note in here.devices.notes:
            print(note, file=sys.stderr)
        yield from _of(here, lambda _: True)
    with post(LIGHT, steps=True) as here:
        yield from _of(here, lambda fault: fault.about == ("time",))


def _of(here: Post, meant: Callable[[Fault], bool]) -> Iterator[Verdict]:
    chosen = frozenset(filter(None, CHOSEN.split(",")))
    for fault in filter(meant, faults(here)):
        if not chosen or fault.name in chosen:
            yield judge(here, fault)
