"""Coroutines of tests, run beside whatever else the process does."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def in_a_loop(scene: Coroutine[Any, Any, T]) -> T:
    """What it gives, by a loop in a thread of its own: the browser of other tests keeps one running in this thread."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, scene).result()
