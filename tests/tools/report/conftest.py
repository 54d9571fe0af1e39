"""A browser for the tests of the page."""

from __future__ import annotations

from tests.tools.c2.web.conftest import chrome

__all__ = ["chrome"]
