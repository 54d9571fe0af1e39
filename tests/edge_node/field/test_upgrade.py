"""What is found of the last upgrade."""

from __future__ import annotations

from pathlib import Path

from edge_node.field.upgrade import findings


def test_without_the_package_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert findings(tmp_path / "nowhere") == ()
    assert findings(tmp_path) == ()


def test_an_upgrade_that_was_taken_back_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "rolled-back").write_text("rolled back from 2 to 1 at 2026-11-28T14:56:01Z: its service failed\n")
    (tmp_path / "gate.json").write_text("{}")
    (found,) = findings(tmp_path)
    assert (found.about, found.name, found.grade) == ("software", "rolled_back", "warn")
    assert found.words == "rolled back from 2 to 1 at 2026-11-28T14:56:01Z: its service failed"
    assert "journalctl" in found.touch


def test_an_upgrade_that_is_watched_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "gate.json").write_text("{}")
    assert [(found.name, found.grade) for found in findings(tmp_path)] == [("upgrade_watched", "ok")]
