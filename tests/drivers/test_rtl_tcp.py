"""The rtl_tcp driver with its real reader process, on servers that behave and that do not."""

from __future__ import annotations

import os
import signal
import socket
import time
from itertools import count as count_up
from itertools import pairwise
from threading import Thread
from typing import Any

import numpy as np
import pytest

from drivers.frequency_plan import Row
from drivers.rtl_tcp import RtlTcp
from drivers.source import SourceAbsent, SourceLost, SourceMisconfigured, SourceStalled
from tests.drivers.radios import assert_counted, is_whole, numbers_of, samples_of, until
from tests.drivers.test_camera import is_running
from tests.running import wait_for
from tools.simulate.rtl_tcp_server import FREQUENCY, GAIN, GAIN_MODE, PIECE_SAMPLES, PPM, RATE, RtlTcpServer, counted, looped

RATE_HZ = 250e3


def driver(server: RtlTcpServer, **options: Any) -> RtlTcp:
    """A driver for this server."""
    return RtlTcp(port=server.port, **({"center_hz": 868e6, "rate_hz": RATE_HZ, "gain_db": 30.0} | options))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.mark.parametrize("split", [False, True])
def test_samples_come_whole_counted_and_stamped_whatever_the_greeting_is_cut_into(split: bool) -> None:
    with RtlTcpServer(counted, split=split) as server, driver(server, ppm=-3) as radio:
        found = list(samples_of(radio, 8))
        words = radio.words()
    assert all(is_whole(block) for block in found)
    assert_counted(found)
    assert [block.tuned_anew for block in found] == [True] + [False] * 7
    assert {(block.center_hz, block.sample_rate_hz, block.gain_db, block.lost) for block in found} == {(868e6, RATE_HZ, 29.7, 0)}
    steps_ns = [after.t_mono_ns - before.t_mono_ns for before, after in pairwise(found)]
    assert sum(steps_ns) / len(steps_ns) == pytest.approx(len(found[0].samples) / RATE_HZ * 1e9, rel=0.2)
    assert words.startswith(f"rtl_tcp at 127.0.0.1:{server.port}, R820T at 868 MHz, 0.25 MS/s, 29.7 dB")
    assert {(GAIN_MODE, 1), (PPM, 2**32 - 3), (RATE, 250_000), (FREQUENCY, 868_000_000), (GAIN, 297)} <= set(server.commands)


def test_a_server_that_is_not_there_says_nothing_or_is_none_is_waited_for() -> None:
    with pytest.raises(SourceAbsent, match="cannot be reached: Connection refused"):
        RtlTcp(port=free_port(), center_hz=868e6).open()
    for said, words in ((b'{"json": 1}', "is none: it says b'"), (b"", "hung up")):
        with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(SourceAbsent, match=words):
            _answering(listener, said).open()


def _answering(listener: socket.socket, data: bytes) -> RtlTcp:
    """A driver for something that says this to whoever comes, and hangs up."""

    def answer() -> None:
        client, _ = listener.accept()
        with client:
            client.sendall(data)

    Thread(target=answer, daemon=True).start()
    return RtlTcp(port=listener.getsockname()[1], center_hz=868e6)


def test_a_second_client_is_told_why_it_waits() -> None:
    with RtlTcpServer(counted) as server, driver(server) as first:
        next(samples_of(first))
        with pytest.raises(SourceAbsent, match="says nothing: another client may hold it"):
            driver(server).open()


def test_a_server_that_dies_is_lost_and_one_that_is_started_again_is_heard_again() -> None:
    with RtlTcpServer(counted) as server:
        radio = driver(server)
        with radio:
            blocks = samples_of(radio)
            next(blocks)
            server.die()
            with pytest.raises(SourceLost, match="hung up"):
                list(blocks)
    with pytest.raises(SourceAbsent):
        radio.open()
    with RtlTcpServer(counted, port=server.port), radio:
        assert is_whole(next(samples_of(radio)))


def test_a_server_that_hangs_up_is_lost() -> None:
    with RtlTcpServer(counted) as server, driver(server) as radio:
        blocks = samples_of(radio)
        next(blocks)
        server.hang_up()
        with pytest.raises(SourceLost, match="hung up"):
            list(blocks)


def test_a_server_that_stalls_is_named_and_its_reader_ended() -> None:
    with RtlTcpServer(counted) as server, driver(server, silent_after_s=0.5) as radio:
        blocks = samples_of(radio)
        next(blocks)
        pid = radio.reader_pid
        server.stall()
        with pytest.raises(SourceStalled, match=r"gave no sample for 0\.5 s"):
            list(blocks)
        radio.close()
        assert pid is not None
        assert not is_running(pid)
        server.stall(stalled=False)
        radio.open()
        assert is_whole(next(samples_of(radio)))


def test_a_reader_that_is_killed_is_lost_and_hung_ones_are_ended() -> None:
    with RtlTcpServer(counted) as server, driver(server, silent_after_s=0.5) as radio:
        for number, kind in ((signal.SIGKILL, SourceLost), (signal.SIGSTOP, SourceStalled)):
            blocks = samples_of(radio)
            next(blocks)
            assert radio.reader_pid is not None
            os.kill(radio.reader_pid, number)
            with pytest.raises(kind):
                list(blocks)
            radio.close()
            radio.open()


def test_what_is_lost_while_it_stalls_for_a_while_is_counted() -> None:
    with RtlTcpServer(counted) as server, driver(server) as radio:
        before = list(samples_of(radio, 5))
        server.stall()
        wait_for(lambda: server.dropped >= RATE_HZ * 0.4, 10, "the server drops")
        server.stall(stalled=False)
        found = until(radio, lambda block: block.lost > 0)
        assert_counted([*before, *found])
        assert "1 gap (" in radio.words()
    assert sum(block.lost for block in found) == pytest.approx(server.dropped, abs=RATE_HZ * 0.06)


def test_one_percent_dropped_without_a_word_is_counted() -> None:
    with RtlTcpServer(counted, drop=0.01) as server, driver(server) as radio:
        found = until(radio, lambda _: radio._lost > 0)
        words = radio.words()
    lost = sum(block.lost for block in found)
    assert_counted(found)
    assert -0.02 * RATE_HZ <= server.dropped - lost <= 0.15 * RATE_HZ
    assert f"({lost} samples lost)" in words


def test_a_slow_consumer_loses_whole_pieces_and_knows_how_many() -> None:
    with RtlTcpServer(counted) as server, driver(server) as radio:
        blocks = samples_of(radio)
        found = [next(blocks)]
        time.sleep(3.0)
        found += until(radio, lambda block: block.lost > 0)
    assert_counted(found)
    numbers = [numbers_of(block) for block in found]
    for (before, after), block in zip(pairwise(numbers), found[1:], strict=True):
        assert (after[0] - before[-1] - 1 - block.lost) % 65_536 == 0
    assert all(is_whole(block) for block in found)


def test_a_plan_moves_about_and_drops_what_came_meanwhile() -> None:
    def air(center_hz: int, _rate_hz: int, _first: int, count: int) -> bytes:
        return bytes([max(center_hz // 1_000_000 - 800, 0), 0]) * count  # it begins at 100 MHz, before it is told where to listen

    plan = [Row(868e6, dwell_s=0.3), Row(915e6, RATE_HZ * 4, 0.3, 0.0)]
    with RtlTcpServer(air) as server, driver(server, center_hz=None, plan=plan) as radio:
        turns = count_up()
        found = until(radio, lambda block: block.tuned_anew and next(turns) == 4)
    assert_counted(found)
    for block in found:
        assert block.center_hz is not None
        level = round(float(block.samples[0].real) * 128 + 127.4)
        assert level == block.center_hz / 1e6 - 800
        assert np.ptp(block.samples.real) == 0
        assert (block.sample_rate_hz, block.gain_db) == ((RATE_HZ, 29.7) if block.center_hz == 868e6 else (RATE_HZ * 4, 0.0))


def test_a_find_keeps_it_where_it_is() -> None:
    plan = [Row(868e6, dwell_s=0.1), Row(915e6, dwell_s=0.1)]
    with RtlTcpServer(counted) as server, driver(server, center_hz=None, plan=plan, park_s=1.0) as radio:
        first = next(samples_of(radio))
        radio.found()
        found = until(radio, lambda block: block.center_hz == 915e6)
    stayed_s = (found[-2].t_mono_ns - first.t_mono_ns) / 1e9
    assert stayed_s > 0.7


def test_a_loud_neighbour_is_told() -> None:
    with RtlTcpServer(looped(b"\xff\x00" * PIECE_SAMPLES)) as server, driver(server) as radio:
        assert next(samples_of(radio)).clipped == 1.0
        assert "of the samples are clipped: less gain_db" in radio.words()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"center_hz": 2.4e9}, "rtl_sdr cannot be tuned to 2400 MHz, only to 24 to 1766 MHz"),
        ({"rate_hz": 5e6}, "rtl_sdr does not sample 5 MS/s, only 0.225001 to 0.3, 0.900001 to 2.56 MS/s"),
        ({"gain_db": 60.0}, "rtl_sdr has no gain of 60 dB; it has 0 to 49.6 dB"),
        ({"center_hz": None}, "say where to listen: either center_hz, or a plan of several"),
        ({"plan": [Row(868e6)]}, "say where to listen: either center_hz, or a plan of several"),
        ({"sdr": "hackrf_two"}, "there is no receiver 'hackrf_two': did you mean 'hackrf_one'?"),
        ({"host": ""}, "there can be no rtl_tcp at :1234"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_opened(options: dict[str, Any], words: str) -> None:
    with pytest.raises(SourceMisconfigured) as error:
        RtlTcp(**({"center_hz": 868e6} | options))
    assert words in str(error.value)
