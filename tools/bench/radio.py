"""Radio: how fast bytes become spectra, how faint links are found and named, what is called a drone's falsely, what a worker costs."""

from __future__ import annotations

from collections.abc import Iterator

from tools.bench import radio_links, radio_spectra, radio_worker
from tools.bench.figure import Figure


def figures() -> Iterator[Figure]:
    """All rows; those of recordings, peers and pyfftw only where they are."""
    yield from radio_spectra.figures()
    yield from radio_links.figures()
    yield from radio_worker.figures()
