from __future__ import annotations

import json
import shutil
import subprocess

import msgpack
import pytest
from msgspec import Struct

from edge_node.publish import reliable_schema, schema, wire
from edge_node.publish.reliable_wire import decode_event, read_down, read_up
from tools import wire_example
from tools.wire_doc import DOCS, document

EXAMPLES: list[tuple[bytes, type[Struct]]] = [
    (wire_example.live(), schema.Batch),
    (wire_example.rows(), reliable_schema.Rows),
    (wire_example.ack(), reliable_schema.Ack),
]


def test_the_document_is_that_of_the_code() -> None:
    assert (DOCS / "wire-format.md").read_text(encoding="utf-8") == document(), "run python -m tools.wire_doc"


@pytest.mark.parametrize(("payload", "kind"), EXAMPLES, ids=lambda one: getattr(one, "__name__", ""))
def test_the_annotated_items_are_the_whole_example(payload: bytes, kind: type[Struct]) -> None:
    assert b"".join(part for part, _, _ in wire_example.annotated(payload, kind)) == payload


def test_every_message_and_event_is_described() -> None:
    text = document()
    assert [
        kind.__name__ for kind in (*reliable_schema.UP.values(), *reliable_schema.DOWN.values()) if f"#### {kind.__name__}\n" not in text
    ] == []
    assert [name for name in reliable_schema.EVENT_KINDS if name and f"| `{name}` |" not in text] == []


def test_plain_msgpack_reads_the_examples_of_the_document() -> None:
    text = (DOCS / "wire-format.md").read_text(encoding="utf-8")
    live = bytes.fromhex(text.split("## An example\n")[1].split("```")[1])
    reliable = text.split("## An example of the reliable plane\n")[1].split("```")
    rows, ack = bytes.fromhex(reliable[1]), bytes.fromhex(reliable[5])
    assert (live, rows, ack) == tuple(payload for payload, _ in EXAMPLES)
    assert msgpack.unpackb(live)[:4] == [1, 8, 0xC0FFEE01, 42]
    epoch, seq = msgpack.unpackb(rows)[3], msgpack.unpackb(rows)[9][-1][0]
    assert msgpack.unpackb(ack) == [1, 8, 2, epoch, seq]


def test_both_ends_read_the_example_of_the_reliable_plane() -> None:
    rows, ack = read_up(wire_example.rows()), read_down(wire_example.ack())
    assert isinstance(rows, reliable_schema.Rows)
    assert isinstance(ack, reliable_schema.Ack)
    assert (ack.epoch, ack.seq) == (rows.epoch, rows.rows[-1].seq)
    event = decode_event(rows.rows[0].payload)
    assert (event["event"], event["track"]["state"], len(event["trail"])) == ("lost", "lost", 2)
    assert [spot["azimuth_deg"] for spot in event["trail"]] == [198.0, 213.4]


def test_the_decoder_in_javascript_reads_the_example() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node, to run the decoder in JavaScript")
    decoder, payload = DOCS / "examples" / "decode.mjs", wire_example.live()
    assert len(decoder.read_text(encoding="utf-8").splitlines()) <= 20
    said = json.loads(subprocess.run([node, str(decoder), payload.hex()], capture_output=True, check=True, text=True, timeout=30).stdout)
    track = wire.decode(wire_example.TOPIC.encode(), payload)["tracks"][0]
    assert said["number"] == track["number"]
    assert said["state"] == track["state"]
    assert said["id"] == track["identity"]["ids"][0]["value"]
    assert said["latitude_deg"] == track["kinematics"]["latitude_deg"]
    assert said["longitude_deg"] == track["kinematics"]["longitude_deg"]
    assert said["altitude_m"] == track["kinematics"]["altitude_wgs84_m"]
    assert said["rssi_dbm"] == track["rssi_dbm"]
    assert said["azimuth_deg"] is None
    assert (
        (said["cooperation"], said["suspicion_percent"])
        == (track["cooperation"], track["suspicion_percent"])
        == ("in_restricted_zone", None)
    )
