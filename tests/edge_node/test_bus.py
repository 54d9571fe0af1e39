"""The bus over real ZeroMQ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq
from msgspec.structs import replace

from edge_node.bus import LARGEST_BYTES, QUEUE, BusReceiver, BusSender, address
from edge_node.messages import BusMessage, Coverage, PositionFix, RemoteIdDetection, SensorReport, UasId
from tests.running import wait_for

SAID: list[BusMessage] = [
    RemoteIdDetection(
        t_mono_ns=1,
        sensor="wifi",
        transport="wifi_beacon",
        transmitter="90:3a:e6:00:00:01",
        ids=(UasId(type="serial_number", value="1588E04TEST"),),
        latitude_deg=50.85,
    ),
    PositionFix(t_mono_ns=2, sensor="gnss", has_fix=False),
    SensorReport(t_mono_ns=3, sensor="wifi", blocks=1, detections=1, lost=0, unsent=0),
    Coverage(t_mono_ns=4, sensor="ears", sense="sound", reach_m=40.0, probability=0.85, latency_s=4.0, notes=("wind",)),
]


@pytest.fixture
def context() -> Iterator[zmq.Context[zmq.Socket[bytes]]]:
    with zmq.Context() as context:
        yield context


def test_messages_arrive_as_they_were(context: zmq.Context[zmq.Socket[bytes]], tmp_path: Path) -> None:
    receiver, sender = BusReceiver(context, tmp_path), BusSender(context, tmp_path)
    sender.send(SAID)
    assert wait_for(receiver.receive, 5, "the batch arrives") == SAID
    assert receiver.receive() is None
    sender.close()
    receiver.close()


def test_what_is_larger_than_the_hub_takes_goes_in_parts(context: zmq.Context[zmq.Socket[bytes]], tmp_path: Path) -> None:
    receiver, sender = BusReceiver(context, tmp_path), BusSender(context, tmp_path)
    said: list[BusMessage] = [replace(SAID[1], sensor=f"{number:05}" + "x" * 400) for number in range(5_000)]
    sender.send([*said, replace(SAID[1], sensor="x" * LARGEST_BYTES)])
    found: list[BusMessage] = []
    while len(found) < len(said):
        found += wait_for(receiver.receive, 5, "the parts arrive")
    assert (found, sender.unsent) == (said, 1)
    sender.close()
    receiver.close()


def test_a_hub_that_starts_late_gets_what_was_queued_and_the_rest_is_counted(
    context: zmq.Context[zmq.Socket[bytes]], tmp_path: Path
) -> None:
    sender = BusSender(context, tmp_path)
    for _ in range(QUEUE + 5):
        sender.send(SAID)
    assert sender.unsent == 5 * len(SAID)
    receiver = BusReceiver(context, tmp_path)
    assert wait_for(receiver.receive, 5, "the queue arrives") == SAID
    sender.close(linger_ms=0)
    receiver.close()


def test_what_is_no_message_is_counted_and_harms_nothing(context: zmq.Context[zmq.Socket[bytes]], tmp_path: Path) -> None:
    receiver, sender = BusReceiver(context, tmp_path), BusSender(context, tmp_path)
    stranger = context.socket(zmq.PUSH)
    stranger.connect(address(tmp_path))
    stranger.send(b"\xff not msgpack")
    assert wait_for(lambda: receiver.receive() == [], 5, "it is taken and dropped")
    assert receiver.malformed == 1
    sender.send(SAID)
    assert wait_for(receiver.receive, 5, "the next batch arrives") == SAID
    stranger.close(linger=0)
    sender.close()
    receiver.close()
