"""Fusion beside Stone Soup on the same detections, honest covariances, kept identities, ghosts told, and a hub under load."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context

from threadpoolctl import threadpool_limits

from tools.bench import fusion_compare, fusion_hub, fusion_load
from tools.bench.figure import Figure

TIMED = fusion_load, fusion_hub, fusion_compare
SIDE_BY_SIDE = "two_nodes", "fusion_identity", "fusion_spoofs", "fusion_nees"
"""The longest first."""


def figures() -> Iterator[Figure]:
    """All of them; first what is timed, alone on its machine, then what only asks how true it is, on all cores."""
    for part in TIMED:
        yield from part.figures()
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=threadpool_limits, initargs=(1,)) as pool:
        for made in pool.map(_figures, SIDE_BY_SIDE):
            yield from made


def _figures(part: str) -> list[Figure]:
    return list(import_module(f"tools.bench.{part}").figures())
