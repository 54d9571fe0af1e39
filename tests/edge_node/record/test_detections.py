from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from edge_node.messages import BusMessage, RemoteIdDetection, SensorReport
from edge_node.record import detections
from edge_node.record.detections import MOST_FILES, DetectionRecorder
from tests.small_disk import fill, small_disk

HEARD = RemoteIdDetection(t_mono_ns=5, sensor="wifi", transport="wifi_beacon", transmitter="02:00:00:00:00:01")
REPORT = SensorReport(t_mono_ns=6, sensor="wifi", blocks=1, detections=1, lost=0, unsent=0)


def test_all_that_is_taken_is_read_back_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    recorder = DetectionRecorder(tmp_path / "recordings")
    recorder.take(HEARD)
    path = recorder.begin("one", 1000)
    for message in (HEARD, REPORT):
        recorder.take(message)
    assert recorder.running
    recorder.end()
    recorder.take(HEARD)
    lines = path.read_bytes().splitlines()
    assert [msgspec.json.decode(line, type=BusMessage) for line in lines] == [HEARD, REPORT]
    assert (recorder.written, recorder.bytes) == (2, path.stat().st_size)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert not recorder.running


def test_it_ends_with_its_time_or_its_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detections, "MOST_BYTES", 2000)
    recorder = DetectionRecorder(tmp_path)
    assert not recorder.is_over(10**18)
    path = recorder.begin("one", 1000)
    assert (recorder.is_over(999), recorder.is_over(1000)) == (False, True)
    while not recorder.is_over(0):
        recorder.take(HEARD)
    written = recorder.written
    recorder.take(HEARD)
    recorder.end()
    assert recorder.written == written
    assert 2000 <= path.stat().st_size < 2000 + len(msgspec.json.encode(HEARD)) + 2


def test_only_the_newest_files_are_kept(tmp_path: Path) -> None:
    recorder = DetectionRecorder(tmp_path)
    for number in range(MOST_FILES + 5):
        path = recorder.begin(f"{number}", 1000)
        recorder.end()
        os.utime(path, ns=(number, number))
    assert sorted(int(path.stem) for path in tmp_path.iterdir()) == list(range(5, MOST_FILES + 5))


def take_many(recorder: DetectionRecorder) -> None:
    for _ in range(1000):
        recorder.take(HEARD)


def test_a_disk_that_takes_no_more_raises_and_the_recorder_can_begin_anew(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        recorder = DetectionRecorder(disk / "recordings")
        recorder.begin("one", 10**18)
        ballast = fill(disk)
        with pytest.raises(OSError, match="No space left"):
            take_many(recorder)
        with pytest.raises(OSError, match="No space left"):
            recorder.end()
        assert not recorder.running
        ballast.unlink()
        path = recorder.begin("two", 10**18)
        recorder.take(HEARD)
        recorder.end()
        assert msgspec.json.decode(path.read_bytes(), type=BusMessage) == HEARD
