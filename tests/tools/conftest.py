"""One browser for all tests of pages: two in one process is more than its driver allows."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tools.c2.web.browser import browser, chromium


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """Skips where there is no Chromium, and fails where there must be one."""
    if chromium() is None:
        reason = "needs Chromium: apt-get install chromium"
        if os.environ.get("EDGE_NODE_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    with browser() as opened:
        yield opened
