"""The newest log lines of all processes in the run folder."""

from __future__ import annotations

import logging
from pathlib import Path

from edge_node.node.log_file import LONGEST_LINE, MOST_BYTES, LogFile, tail


def record(words: str, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("edge_node.hub", level, "", 0, words, None, None)


def test_lines_are_in_order_and_bounded_whatever_is_said(tmp_path: Path) -> None:
    one, other = LogFile(tmp_path), LogFile(tmp_path)
    for k in range(2_000):
        (one, other)[k % 2].emit(record(f"line {k} \n\x1b[31m{'x' * 1_000}"))
    lines = tail(tmp_path, 30)
    assert [int(line.split()[4]) for line in lines] == list(range(1_970, 2_000))
    assert all(len(line) <= LONGEST_LINE and line.isprintable() for line in lines)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2 * MOST_BYTES + 2 * LONGEST_LINE


def test_a_folder_that_is_gone_ends_nothing(tmp_path: Path) -> None:
    LogFile(tmp_path / "gone").emit(record("said all the same"))
    assert tail(tmp_path / "gone", 5) == []
