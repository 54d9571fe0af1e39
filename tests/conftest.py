"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("EDGE_NODE_DATA", Path(__file__).parents[2] / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings; a test that asks for it skips where it is absent, and fails where it must not be."""
    if DATA.is_dir():
        return DATA
    reason = f"needs the shared recordings, which are not at {DATA}; EDGE_NODE_DATA names their folder"
    if os.environ.get("EDGE_NODE_REQUIRE_DATA"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def as_root() -> None:
    """Skips where the test is not run as root."""
    if os.geteuid() != 0:
        pytest.skip("needs root: it makes a network device")
