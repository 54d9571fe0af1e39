"""A recording of the black box, for the commands that read one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.edge_node.node.kept_scene import kept_folder


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its folder; nobody changes it."""
    return kept_folder(tmp_path_factory.getbasetemp())
