"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

DATA = Path(os.environ.get("EDGE_NODE_DATA", Path(__file__).parents[2] / "shared" / "data"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes a minute goes first, whatever the order of the others."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


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
def tmp_path() -> Iterator[Path]:
    """An empty folder whose name is short: sockets in it have at most 107 characters, whoever the user and however long the test's name."""
    with TemporaryDirectory(prefix="en-", ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()


@pytest.fixture
def as_root() -> None:
    """Skips where the test is not run as root."""
    if os.geteuid() != 0:
        pytest.skip("needs root: it makes a network device")
