"""What crosses from a worker to the supervisor is bounded, whatever a device says."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.field.sensor_health import Memory
from edge_node.messages import Coverage, Finding
from edge_node.node.aside import Aside
from edge_node.node.remembered import EVERY_NS, Remembered
from edge_node.node.told_health import MOST_BYTES, MOST_TOLD, packed, packed_coverage, unpacked, unpacked_coverage
from tests.running import wait_for


def finding(words: str, name: str = "deaf") -> Finding:
    return Finding(about="ears", name=name, grade="warn", words=words, touch="look")


@given(st.lists(st.text(max_size=400), max_size=40))
def test_findings_fit_into_one_datagram_and_come_back(words: list[str]) -> None:
    text = packed([finding(one, f"n{number}") for number, one in enumerate(words)])
    assert len(text.encode()) <= MOST_BYTES
    assert "\n" not in text
    back = unpacked(text)
    assert back is not None
    assert len(back) <= MOST_TOLD
    assert all(one.words.isprintable() for one in back if one.words)


@given(st.text())
def test_what_is_none_of_it_is_refused(text: str) -> None:
    assert unpacked(text) is None or text.strip().startswith("[")
    assert unpacked_coverage(text) is None


def test_coverage_comes_back_with_few_notes() -> None:
    said = Coverage(t_mono_ns=5, sensor="ears", sense="sound", reach_m=80.0, probability=0.8, latency_s=3.0, notes=("x" * 999,) * 9)
    back = unpacked_coverage(packed_coverage(said))
    assert back is not None
    assert (back.reach_m, len(back.notes)) == (80.0, 4)


def test_what_was_learnt_is_kept_when_due_and_at_the_end_and_read_again(tmp_path: Path) -> None:
    with Remembered(tmp_path, "ears", 0) as kept:
        kept.memory.silence.longest_s = 7.0
        kept.keep(EVERY_NS - 1)
        assert not (tmp_path / "noise").exists()
        kept.keep(EVERY_NS)
        wait_for((tmp_path / "noise" / "ears.json").exists, 5, "it is kept")
        kept.memory.silence.longest_s = 9.0
    assert Remembered(tmp_path, "ears", 0).memory.silence.longest_s == 9.0


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b'{"levels": 3}'])
def test_a_broken_memory_is_learnt_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "noise").mkdir()
    (tmp_path / "noise" / "ears.json").write_bytes(content)
    assert Remembered(tmp_path, "ears", 0).memory == Memory()


def test_a_job_that_hangs_holds_up_nobody_and_is_known() -> None:
    aside: Aside[int] = Aside("hangs")
    goes_on = Event()
    assert aside.do(lambda: goes_on.wait() and 1)
    before = time.monotonic()
    assert not aside.do(lambda: 2)
    wait_for(lambda: aside.busy_s > 0.05, 5, "it knows how long it takes")
    assert time.monotonic() - before < 4
    goes_on.set()
    wait_for(lambda: aside.busy_s == 0, 5, "it is done")
    assert aside.last == 1

    def fails() -> int:
        raise OSError("the disk is gone")

    wait_for(lambda: aside.do(fails), 5, "it takes another")
    wait_for(lambda: aside.do(lambda: 3), 5, "one that failed is over")
    wait_for(lambda: aside.last == 3, 5, "it goes on")
    aside.close(5.0)
