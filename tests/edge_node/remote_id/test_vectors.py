"""Against what a reference library says of the same bytes, field by field; tests.edge_node.remote_id.reference lists the differences."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from drivers.blocks import RadioFrame
from edge_node.remote_id.astm_f3411 import MESSAGE_BYTES, decode_message, decode_pack
from edge_node.remote_id.astm_messages import UTC_EPOCH_S, AuthPage, BasicId, Location, System
from edge_node.remote_id.authentication import Authentication, PageTable
from edge_node.remote_id.carriers import payloads
from edge_node.remote_id.detector import RemoteIdDetector
from tests.edge_node.remote_id.frames import TRANSMITTER, heard
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


def test_every_nan_frame_agrees(shared_data: Path) -> None:
    frames = list(vectors(shared_data, "wifi_nan"))
    assert len(frames) == 120
    for vector in frames:
        (load,) = payloads(heard(bytes.fromhex(vector["hex"])))
        assert (load.transport, load.transmitter.replace(":", ""), load.counter) == ("wifi_nan", vector["mac"], vector["counter"])
        assert not load.cut
        assert unlike(decode_pack(load.data).messages, vector["decoded"], basic_ids=not vector.get("basic_collapsed")) == []


def test_every_advertisement_agrees(shared_data: Path) -> None:
    advertisements = list(vectors(shared_data, "ble_advdata"))
    assert len(advertisements) == 150
    for vector in advertisements:
        data = bytes.fromhex(vector["hex"])
        extended = len(data) > 31
        (load,) = payloads(RadioFrame(1, 0, 0, "ble_report", b"\x55\x44\x33\x22\x11\x02" + data, extended=extended))
        assert (load.transport, load.transmitter) == ("ble_extended" if extended else "ble_legacy", TRANSMITTER)
        assert (load.counter, load.cut) == (vector["counter"], False)
        assert unlike(decode_pack(load.data).messages, vector["decoded"], basic_ids=not vector.get("basic_collapsed")) == []


def test_every_set_of_authentication_pages_agrees(shared_data: Path) -> None:
    sets = list(vectors(shared_data, "auth_set"))
    assert len(sets) == 48
    for vector in sets:
        pages = [page for data in vector["hex"] if isinstance(page := decode_message(bytes.fromhex(data)), AuthPage)]
        theirs = vector["decoded"]
        whole = Authentication(
            theirs["AuthType"],
            theirs["LastPageIndex"],
            theirs["Timestamp"] + UTC_EPOCH_S,
            bytes.fromhex(theirs["authdata_hex"]),
            bytes.fromhex(theirs["additional_hex"]),
        )
        table = PageTable()
        assert [table.add("x", [page], 0) for page in pages] == [*[None] * (len(pages) - 1), whole]


def test_every_french_beacon_agrees(shared_data: Path) -> None:
    """What goes into the reference's encoder is told within the wire's own 1e-5 degree; it rounds towards nought."""
    beacons = list(vectors(shared_data, "wifi_fr"))
    assert len(beacons) == 80
    for vector in beacons:
        theirs = vector["decoded"]
        (said,) = RemoteIdDetector().step(heard(bytes.fromhex(vector["hex"])))
        assert (said.transport, said.flags, said.damaged) == ("french_beacon", (), False)
        assert [claimed.value for claimed in said.ids] == [theirs[name] for name in ("id_fr", "id_ansi") if name in theirs]
        whole = (theirs.get(name) for name in ("alt_m", "height_m", "speed_mps", "course_deg"))
        assert (said.altitude_msl_m, said.height_m, said.speed_mps, said.direction_deg) == tuple(whole)
        ours = (said.latitude_deg, said.longitude_deg, said.take_off_latitude_deg, said.take_off_longitude_deg)
        assert ours == pytest.approx([theirs[name] for name in ("lat", "lon", "takeoff_lat", "takeoff_lon")], abs=1.6e-5)


def test_a_nan_sync_beacon_holds_none(shared_data: Path) -> None:
    beacons = list(vectors(shared_data, "wifi_nan_sync"))
    assert len(beacons) == 4
    assert not any(RemoteIdDetector().step(heard(bytes.fromhex(vector["hex"]))) for vector in beacons)
