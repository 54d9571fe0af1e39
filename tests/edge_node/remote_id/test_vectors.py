"""Against what a reference library says of the same bytes, field by field; tests.edge_node.remote_id.reference lists the differences."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge_node.remote_id.astm_f3411 import MESSAGE_BYTES, decode_message, decode_pack
from edge_node.remote_id.astm_messages import BasicId, Location, System
from edge_node.remote_id.carriers import payloads
from edge_node.remote_id.detector import RemoteIdDetector
from tests.edge_node.remote_id.frames import heard
from tests.edge_node.remote_id.reference import NAMES, disagreements, unlike, vectors

CODED = {"status", "operator_location", "flags"}


def test_every_message_agrees(shared_data: Path) -> None:
    compared = 0
    for vector in vectors(shared_data, "message"):
        message = decode_message(bytes.fromhex(vector["hex"]))
        if vector["decoded"] is None:
            assert message is None, vector["note"]
        else:
            assert isinstance(message, NAMES[vector["type"]])
            assert message.protocol == vector["proto"]
            assert disagreements(message, vector["decoded"]) == {}, vector["id"]
        compared += 1
    assert compared == 3662


def test_every_good_pack_agrees(shared_data: Path) -> None:
    good = [vector for vector in vectors(shared_data, "pack") if vector["ok"]]
    assert len(good) > 300
    for vector in good:
        pack = decode_pack(bytes.fromhex(vector["hex"]))
        assert (pack.faults, pack.bad) == ((), 0), vector["id"]
        assert unlike(pack.messages, vector["decoded"], basic_ids=not vector["basic_collapsed"]) == []


def test_of_every_refused_pack_the_good_messages_are_kept(shared_data: Path) -> None:
    for vector in (vector for vector in vectors(shared_data, "pack") if not vector["ok"]):
        payload = bytes.fromhex(vector["hex"])
        pack = decode_pack(payload)
        declared = [decode_message(payload, 3 + MESSAGE_BYTES * number) for number in range(payload[2])]
        lost = {message for message in declared if message} - set(pack.messages)
        assert all("pack_duplicate" in pack.faults and any(type(kept) is type(one) for kept in pack.messages) for one in lost)
        basic_ids = sum(isinstance(message, BasicId) for message in pack.messages)
        assert pack.faults or pack.declared == 0 or basic_ids > 2, vector["note"]


@pytest.mark.parametrize(
    ("note", "good", "bad", "faults"),
    [
        ("single message size 24", 6, 0, ("pack_message_size",)),
        ("count 0", 0, 0, ()),
        ("count 10", 6, 4, ("pack_overfull", "pack_short")),
        ("count 255", 6, 249, ("pack_overfull", "pack_short")),
        ("nested pack", 5, 1, ("pack_bad_message",)),
        ("reserved message type 6 inside pack", 5, 1, ("pack_bad_message",)),
    ],
)
def test_every_kind_of_damage_is_named(shared_data: Path, note: str, good: int, bad: int, faults: tuple[str, ...]) -> None:
    (vector,) = (vector for vector in vectors(shared_data, "pack") if vector["note"] == note)
    pack = decode_pack(bytes.fromhex(vector["hex"]))
    assert (len(pack.messages), pack.bad, pack.faults) == (good, bad, faults)


def test_every_beacon_agrees(shared_data: Path) -> None:
    beacons = list(vectors(shared_data, "wifi_beacon"))
    assert len(beacons) == 120
    for vector in beacons:
        (load,) = payloads(heard(bytes.fromhex(vector["hex"])))
        assert (load.transport, load.transmitter.replace(":", ""), load.counter) == ("wifi_beacon", vector["mac"], vector["counter"])
        assert unlike(decode_pack(load.data).messages, vector["decoded"], basic_ids=not vector.get("basic_collapsed")) == []


def test_a_detection_says_what_its_messages_say(shared_data: Path) -> None:
    for vector in vectors(shared_data, "wifi_beacon"):
        frame = heard(bytes.fromhex(vector["hex"]))
        (detection,) = RemoteIdDetector().step(frame)
        said = msgspec.structs.asdict(detection)
        for message in decode_pack(payloads(frame)[0].data).messages:
            if isinstance(message, Location | System):
                told = {name: value for name, value in msgspec.structs.asdict(message).items() if name in said.keys() - CODED}
                assert {name: said[name] for name in told} == told
        assert len(detection.ids) == len(vector["decoded"]["BasicID"])


@pytest.mark.parametrize("kind", ["wifi_nan_sync", "wifi_fr"])
def test_beacons_of_other_kinds_hold_none(shared_data: Path, kind: str) -> None:
    detector = RemoteIdDetector()
    assert not any(detector.step(heard(bytes.fromhex(vector["hex"]))) for vector in vectors(shared_data, kind))
