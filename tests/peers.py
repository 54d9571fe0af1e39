"""Programs of others that come as source alone, so that a machine without a compiler has none: who reads what we write."""

from __future__ import annotations

import importlib
import os
from typing import Any

import pytest


def needed(module: str) -> Any:
    """The module; where it is not installed the tests of the module that asks skip, or fail where they must not."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        reason = f"needs {module}: requirements-peers.lock, which tools/setup.sh installs where gcc and python3-dev are"
        if os.environ.get("EDGE_NODE_REQUIRE_PEERS"):
            raise RuntimeError(reason) from None
        pytest.skip(reason, allow_module_level=True)
