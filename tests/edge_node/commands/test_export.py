"""A recording written for others: valid, of these files, and with nothing in it that its reader may not know."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft7Validator

from edge_node import cli
from edge_node.commands.export import FORMS, export
from edge_node.geometry import LocalFrame, distance_m
from edge_node.incident.redaction import ROLES
from edge_node.messages import RemoteIdDetection
from edge_node.node.incidents import LIVE, MOST_PERSONS, Account, account_of
from edge_node.node.replaying import Replay
from edge_node.record.folder import RecordedFolder
from edge_node.record.sealed import make_pair
from tests.edge_node.node.kept_scene import ADDRESS, NAME, OPERATOR, OPERATOR_PLACE_M, SELF_ID, SERIAL, WORDS, KeptScene

PSEUDONYM = re.compile(r"id-[0-9a-f]{10}")
NODE = LocalFrame(50.85, 4.35, 71.0)


def told(folder: Path, *options: str) -> argparse.Namespace:
    return cli.parser().parse_args(["export", str(folder), *options])


def exported(folder: Path, out: Path, *options: str) -> str:
    assert export(told(folder, *options, "-o", str(out))) == os.EX_OK
    return out.read_text()


def heard_at(latitude_deg: float) -> RemoteIdDetection:
    return RemoteIdDetection(
        sensor="wifi",
        t_mono_ns=1,
        transport="wifi_beacon",
        transmitter=ADDRESS,
        operator_latitude_deg=latitude_deg,
        operator_longitude_deg=4.0,
    )


def tells_place_of_operator(text: str) -> bool:
    """Whether any two numbers after each other are that place, within 20 m."""
    latitude_deg, longitude_deg, _ = NODE.to_geodetic(*OPERATOR_PLACE_M, 0.0)
    numbers = [float(one) for one in re.findall(r"-?\d{1,3}\.\d{3,}", text)]
    pairs = {pair for one, other in pairwise(numbers) for pair in ((one, other), (other, one)) if abs(pair[0]) <= 90}
    return any(distance_m(*pair, latitude_deg, longitude_deg) < 20.0 for pair in pairs)


@pytest.mark.parametrize("form", FORMS)
def test_the_public_is_told_of_nobody(kept: Path, tmp_path: Path, form: str) -> None:
    text = exported(kept, tmp_path / "out", "--as", form)
    for personal in (SERIAL, SERIAL[:12], OPERATOR, SELF_ID, ADDRESS, WORDS, "J. Doe", "10.0.0.7"):
        assert personal not in text
    assert not tells_place_of_operator(text)
    assert "data:image" not in text


@pytest.mark.parametrize("form", FORMS)
def test_the_public_is_told_where_the_node_is_to_a_kilometre(kept: Path, tmp_path: Path, form: str) -> None:
    text = exported(kept, tmp_path / "out", "--as", form)
    numbers = [float(one) for one in re.findall(r"-?\d{1,3}\.\d+", text)]
    assert not [pair for pair in pairwise(numbers) if abs(pair[0]) <= 90 and distance_m(*pair, NODE.latitude_deg, NODE.longitude_deg) < 1]
    assert "Left out" in text or form != "html"


def changed(kept: Path, to: Path, **fields: Any) -> Path:
    """A copy of the recording whose head says something else."""
    shutil.copytree(kept, to)
    head = json.loads((to / "head.json").read_text())
    (to / "head.json").write_text(json.dumps(head | fields))
    return to


def test_names_that_somebody_gave_to_folder_and_files_are_not_public(kept: Path, tmp_path: Path) -> None:
    folder = changed(kept, tmp_path / "Neighbour Doe", finished=False, cut=f"{tmp_path}/Neighbour Doe/wifi.pcapng is cut")
    (folder / "Doe's house.jpg").write_bytes(b"jpg")
    public, all_ = exported(folder, tmp_path / "p"), exported(folder, tmp_path / "i", "--role", "investigator")
    assert "Doe" not in public
    assert "<p class=id>kept</p>" in public
    assert "The recording is cut: it ends before it was finished." in public
    assert "<p class=id>Neighbour Doe</p>" in all_
    assert "house.jpg" in all_


def test_a_part_hides_what_is_near_persons_of_the_whole(kept: Path, tmp_path: Path) -> None:
    replay = Replay(RecordedFolder(kept), (), 3.0)
    persons = account_of(RecordedFolder(kept), replay).persons
    assert (
        persons
        == account_of(RecordedFolder(kept), replay, again=True).persons
        >= {
            place
            for one in RecordedFolder(kept).told()
            if isinstance(one.message, RemoteIdDetection) and one.message.operator_latitude_deg is not None
            for place in [(round(one.message.operator_latitude_deg, 4), round(one.message.operator_longitude_deg or 0.0, 4))]
        }
    )


def test_a_flood_of_operators_uncovers_nobody() -> None:
    account, said = Account(LIVE), heard_at(50.0)
    for number in range(MOST_PERSONS + 1):
        account.hear(msgspec.structs.replace(said, operator_latitude_deg=-60 + number / 1000))
    assert len(account.persons) == MOST_PERSONS
    assert account.everybody() is None


def test_an_export_leaves_the_recording_alone(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(kept, tmp_path / "r")
    before = {path: path.read_bytes() for path in (tmp_path / "r").iterdir()}
    for name in ("spine.mcap", "new.html", "deeper/new.html"):
        assert export(told(tmp_path / "r", "-o", str(tmp_path / "r" / name))) == os.EX_DATAERR
    assert {path: path.read_bytes() for path in (tmp_path / "r").iterdir()} == before
    assert "would be part of the recording: name a file outside of" in capsys.readouterr().err


def personal(folder: Path) -> set[str]:
    """All that anybody in the recording was called."""
    said = [one.message for one in RecordedFolder(folder).told() if isinstance(one.message, RemoteIdDetection)]
    ids = {one.value for message in said for one in message.ids}
    words = {word for one in said for word in (one.transmitter, one.ssid, one.operator_id, one.self_id) if word}
    return ids | words


@pytest.mark.parametrize("form", FORMS)
def test_nothing_that_anybody_was_called_is_public(kept: Path, tmp_path: Path, form: str) -> None:
    text = exported(kept, tmp_path / "out", "--as", form)
    called = personal(kept)
    assert len(called) > 10
    assert [word for word in called if word in text] == []


@pytest.mark.parametrize("form", FORMS)
def test_who_watches_tracks_is_told_serials_and_of_no_operator(kept: Path, tmp_path: Path, form: str) -> None:
    text = exported(kept, tmp_path / "out", "--as", form, "--role", "operator")
    assert SERIAL in text
    assert OPERATOR not in text
    assert not tells_place_of_operator(text)
    assert not PSEUDONYM.search(text)


def test_an_investigator_is_told_all(kept: Path, tmp_path: Path) -> None:
    text = exported(kept, tmp_path / "out", "--role", "investigator")
    for personal in (SERIAL, OPERATOR, SELF_ID, ADDRESS, WORDS, "10.0.0.7"):
        assert personal in text
    assert tells_place_of_operator(text)
    assert text.count("data:image/png") == 2 + 8, "a spectrogram, a waterfall, and pictures"


def test_sound_and_pictures_are_for_investigators(kept: Path, tmp_path: Path) -> None:
    text = exported(kept, tmp_path / "out", "--role", "operator")
    assert text.count("data:image/png") == 1
    assert "links: 1.10 MHz about 866.163 MHz" in text
    assert "microphones: channel" not in text
    assert 'class="pictures"' not in text


def test_pseudonyms_hold_for_one_file(kept: Path, tmp_path: Path) -> None:
    one, other = (set(PSEUDONYM.findall(exported(kept, tmp_path / name))) for name in ("one", "other"))
    assert len(one) == len(other) > 4
    assert not one & other
    text = (tmp_path / "one").read_text()
    assert all(text.count(name) >= 2 for name in re.findall(r"serial number (id-[0-9a-f]{10})", text)), "a lane has the same"


@pytest.mark.parametrize("role", ROLES)
def test_courageous_files_are_valid(kept: Path, tmp_path: Path, shared_data: Path, role: str) -> None:
    schema = json.loads((shared_data / "courageous" / "courageous.schema.json").read_text())
    said = json.loads(exported(kept, tmp_path / "out", "--as", "courageous", "--role", role))
    Draft7Validator(schema).validate(said)
    assert (len(said["tracks"]), len(said["detection"])) == {"public": (0, 5), "operator": (4, 1), "investigator": (4, 5)}[role], (
        "in a scene of seconds all is near where it begins and ends"
    )
    assert ("operator" in json.dumps(said["detection"])) == (role == "investigator")


def test_maps_have_a_way_for_each_track(kept: Path, tmp_path: Path) -> None:
    said = json.loads(exported(kept, tmp_path / "out", "--as", "geojson", "--role", "investigator"))
    kinds = [one["properties"]["kind"] for one in said["features"]]
    assert kinds.count("node") == 1
    assert kinds.count("track") >= 4
    assert kinds.count("operator") == 4


def test_tracks_found_anew_are_said_to_be(kept: Path, tmp_path: Path) -> None:
    live, again = exported(kept, tmp_path / "live"), exported(kept, tmp_path / "again", "--again")
    assert "Tracks are as the node told them while it happened." in live
    assert "finds them in the recording" in again
    assert live.count("confirmed<br>") == again.count("confirmed<br>") == 5


def test_the_page_says_of_which_files_it_is(kept: Path, tmp_path: Path) -> None:
    text = exported(kept, tmp_path / "out", "--role", "operator")
    for path in kept.iterdir():
        assert f"<td>{path.name}</td><td>{path.stat().st_size}</td>" in text
        assert hashlib.sha256(path.read_bytes()).hexdigest() in text


def test_the_public_has_one_hash_of_all_files(kept: Path, tmp_path: Path) -> None:
    text = exported(kept, tmp_path / "out")
    each = subprocess.run(["sha256sum", *sorted(one.name for one in kept.iterdir())], cwd=kept, capture_output=True, check=True).stdout
    said = subprocess.run(["sha256sum"], input=each, capture_output=True, check=True)
    assert re.findall(r"[0-9a-f]{64}", text) == [said.stdout.decode().split()[0]]
    assert "wifi.pcapng" not in text


def test_an_encrypted_recording_is_exported_with_its_key(kept: Path, tmp_path: Path) -> None:
    secret, public = make_pair()
    told_live = [(one.t_mono_ns, one.message) for one in RecordedFolder(kept).told()]
    folder = KeptScene(kept.parent / "signals").keep(tmp_path / "sealed", told_live, key=public)
    (tmp_path / "key").write_text(secret)
    text = exported(folder, tmp_path / "out", "--key", str(tmp_path / "key"), "--role", "investigator")
    assert SERIAL in text
    assert text.count("data:image/png") == 2 + 8
    assert "<td>microphones.wav.enc</td>" in text


def test_the_page_runs_nothing_and_asks_for_nothing(kept: Path, tmp_path: Path) -> None:
    text = exported(kept, tmp_path / "out", "--role", "investigator")
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in text
    for outside in ("<script", "<link", "<iframe", "@import", 'href="http', 'src="http'):
        assert outside not in text
    assert {one.split(":")[0] for one in re.findall(r"(?:href|src)=\"([^\"]{4,10})", text)} == {"data"}


def test_the_file_is_its_owners_alone(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exported(kept, tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o600
    assert capsys.readouterr().err.startswith(f"{tmp_path / 'out'}: for the role public. Left out: ")


def test_what_is_no_recording_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / NAME).mkdir()
    assert export(told(tmp_path / NAME, "-o", str(tmp_path / "out"))) == os.EX_DATAERR
    assert capsys.readouterr().err == f"edge-node: {tmp_path / NAME / 'head.json'} cannot be read: No such file or directory\n"
    assert not (tmp_path / "out").exists()


def test_the_command_line_knows_every_form_and_role() -> None:
    actions = {action.dest: action for action in cli.parser()._subparsers._group_actions[0].choices["export"]._actions}
    assert tuple(actions["form"].choices or ()) == FORMS
    assert tuple(actions["role"].choices or ()) == ROLES
    assert actions["role"].default == "public"
