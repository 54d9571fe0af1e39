"""What is found of the last upgrade."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_node.field.upgrade import HOME, findings


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / HOME
    made.mkdir(parents=True)
    return made


def test_without_the_package_or_an_upgrade_there_is_nothing_to_say(tmp_path: Path, home: Path) -> None:
    assert home.is_dir()
    assert findings(tmp_path / "nowhere") == ()
    assert findings(tmp_path) == ()


def test_an_upgrade_that_was_taken_back_is_told_with_its_reason(tmp_path: Path, home: Path) -> None:
    (home / "rolled-back").write_text("rolled back from 2 to 1 at 2026-11-28T14:56:01Z: its service failed\n")
    (home / "gate.json").write_text("{}")
    (found,) = findings(tmp_path)
    assert (found.about, found.name, found.grade) == ("node", "rolled_back", "warn")
    assert found.words == "rolled back from 2 to 1 at 2026-11-28T14:56:01Z: its service failed"
    assert "journalctl" in found.touch


def test_an_upgrade_that_is_watched_is_no_fault(tmp_path: Path, home: Path) -> None:
    (home / "gate.json").write_text("{}")
    assert [(found.name, found.grade) for found in findings(tmp_path)] == [("upgrade_watched", "ok")]
