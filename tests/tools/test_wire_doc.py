from __future__ import annotations

import json
import shutil
import subprocess

import msgpack
import pytest

from edge_node.publish import wire
from tools.wire_doc import DOCS, EXAMPLE_TOPIC, annotated, document, example


def test_the_document_is_that_of_the_code() -> None:
    assert (DOCS / "wire-format.md").read_text(encoding="utf-8") == document(), "run python -m tools.wire_doc"


def test_the_annotated_items_are_the_whole_example() -> None:
    assert b"".join(part for part, _, _ in annotated(example())) == example()


def test_plain_msgpack_reads_the_example_of_the_document() -> None:
    text = (DOCS / "wire-format.md").read_text(encoding="utf-8").split("## An example")[1]
    payload = bytes.fromhex(text.split("```")[1])
    assert payload == example()
    assert msgpack.unpackb(payload)[:4] == [1, 1, 0xC0FFEE01, 42]


def test_the_decoder_in_javascript_reads_the_example() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node, to run the decoder in JavaScript")
    decoder = DOCS / "examples" / "decode.mjs"
    assert len(decoder.read_text(encoding="utf-8").splitlines()) <= 20
    said = json.loads(subprocess.run([node, str(decoder), example().hex()], capture_output=True, check=True, text=True, timeout=30).stdout)
    track = wire.decode(EXAMPLE_TOPIC.encode(), example())["tracks"][0]
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
