"""A spool that is too small for an outage: its history gets thinner all over, and C2 can count what is gone."""

from __future__ import annotations

from contextlib import closing
from itertools import pairwise
from pathlib import Path

from edge_node.publish.spool_file import Row, SpoolFile

ROWS, GROUP, EPOCH_ROWS, LANES = 60_000, 500, 6_000, 3


def _row(row_id: int) -> Row:
    epoch, seq = divmod(row_id - 1, EPOCH_ROWS)
    return row_id, epoch + 1, seq + 1, row_id, row_id % LANES, bytes(100)


def _left(folder: Path) -> tuple[list[Row], int]:
    """What is left of the rows of several runs, and how many were evicted."""
    with closing(SpoolFile(folder / "spool.db", 1 << 20)) as file:
        for first in range(1, ROWS + 1, GROUP):
            rows = [_row(row_id) for row_id in range(first, first + GROUP)]
            file.insert("history", [("history", row) for row in rows], "boot", durable=False)
        return file.rows("history", 0, ROWS), file.evicted["history"]


def test_history_is_thinned_evenly_over_tracks_and_time(tmp_path: Path) -> None:
    left, evicted = _left(tmp_path)
    assert len(left) + evicted == ROWS
    assert len(left) < ROWS / 5
    for lane in range(LANES):
        times = [row[3] for row in left if row[4] == lane]
        assert len(times) > 0.9 * len(left) / LANES
        mean = ROWS / len(times)
        assert max(later - earlier for earlier, later in pairwise(times)) < 4 * mean


def test_the_last_row_of_each_epoch_stays_so_that_c2_sees_what_is_missing_before_it(tmp_path: Path) -> None:
    left, _ = _left(tmp_path)
    last = {epoch: seq for _, epoch, seq, *_ in left}
    assert last == dict.fromkeys(range(1, ROWS // EPOCH_ROWS + 1), EPOCH_ROWS)
