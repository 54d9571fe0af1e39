"""The files: signed or refused, read again when they change, and in a running node up to C2."""

from __future__ import annotations

import os
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from nacl.signing import SigningKey

from edge_node.config import RemoteIdTable
from edge_node.messages import Track
from edge_node.node.authorisation_files import AuthorisationFiles, NotUsed, read_list
from tests.edge_node.publish.scene import full_track
from tests.running import running_node, wait_for
from tools.simulate import remote_id
from tools.simulate.world import World
from tools.stage import Stage, stage

KEY = SigningKey(bytes(range(32)))
PUBLIC = b64encode(bytes(KEY.verify_key)).decode()
LIST = """
[area.harbour]
circle = { latitude_deg = 56.95, longitude_deg = 24.1, radius_m = 50000 }

[[aircraft]]
serials = ["1588E040445AC0000001"]
until = 2099-01-01T00:00:00Z
areas = ["harbour"]
note = "the port's own"
"""


def write(path: Path, text: str, key: SigningKey | None = KEY) -> Path:
    """A list and its signature, each replaced in one step, the signature first."""
    if key:
        _replace(path.with_name(f"{path.name}.sig"), b64encode(key.sign(text.encode()).signature) + b"\n")
    _replace(path, text.encode())
    return path


def _replace(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(".fresh")
    fresh.write_bytes(data)
    fresh.replace(path)


def zone(name: str, latitude: float, longitude: float) -> bytes:
    projection = {"type": "Circle", "center": [longitude, latitude], "radius": 20_000}
    part = {"uomDimensions": "M", "horizontalProjection": projection}
    return msgspec.json.encode({"features": [{"identifier": name, "restriction": "PROHIBITED", "geometry": [part]}]})


def known() -> Track:
    return replace(full_track(1, Random(1)), cooperation=None)


@pytest.mark.parametrize("key", [PUBLIC, bytes(KEY.verify_key).hex()])
def test_a_signed_list_is_used(tmp_path: Path, key: str) -> None:
    (entry,) = read_list(write(tmp_path / "known.toml", LIST), key)
    assert entry.aircraft.serials == ("1588E040445AC0000001",)


def test_openssl_signs_a_list_as_the_document_says(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl, to sign as an operator would")
    page = (Path(__file__).parents[3] / "docs" / "authorisation.md").read_text(encoding="utf-8")
    commands = page.split("```sh\n")[1].split("```")[0]
    write(tmp_path / "known_aircraft.toml", LIST, key=None)
    told = subprocess.run(["sh", "-ec", commands], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True).stdout
    assert read_list(tmp_path / "known_aircraft.toml", told.split()[-1])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_text(LIST + "\n"), "known.toml was changed after it was signed"),
        (lambda path: write(path, LIST, SigningKey.generate()), "is not signed by remote_id.known_aircraft_key"),
        (lambda path: path.with_name("known.toml.sig").unlink(), "there is no file"),
        (lambda path: path.with_name("known.toml.sig").write_text("no base64!"), "known.toml.sig is not base64"),
        (lambda path: path.with_name("known.toml.sig").write_bytes(b"\xff\xfe"), "known.toml.sig is not base64"),
        (lambda path: path.with_name("known.toml.sig").write_text(""), "is not signed"),
        (lambda path: path.unlink(), "there is no file"),
        (lambda path: path.write_bytes(bytes(4_000_001)), "has more than 4 MB"),
        (lambda path: write(path, "[[aircraft"), "known.toml: "),
        (lambda path: write(path, LIST + "serial = 3"), "line 10: unknown key 'serial' in aircraft: did you mean 'serials'?"),
        (lambda path: write(path, LIST.replace("2099-01-01T00:00:00Z", "2099-01-01")), "must be a time with its offset"),
        (lambda path: write(path, LIST.replace('"harbour"', '"moon"')), "there is no [area.moon]"),
        (lambda path: write(path, LIST.replace("radius_m = 50000", "radius_m = 0")), "line 3: area.harbour.circle"),
        (lambda path: write(path, "[aircraft]"), "written as [[aircraft]]"),
        (lambda path: write(path, "[areas.a]"), "unknown table 'areas': did you mean 'area'?"),
    ],
)
def test_a_list_that_cannot_be_believed_or_read_is_not_used(tmp_path: Path, spoil: Callable[[Path], Any], words: str) -> None:
    path = write(tmp_path / "known.toml", LIST)
    spoil(path)
    with pytest.raises(NotUsed) as caught:
        read_list(path, PUBLIC)
    assert words in str(caught.value)


def test_an_unsigned_list_is_used_only_where_that_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "known.toml", LIST, key=None)
    assert AuthorisationFiles(RemoteIdTable(path, "unsigned")).words == "1 entries of known aircraft, unsigned"
    files = AuthorisationFiles(RemoteIdTable(path, PUBLIC))
    assert "the list of known aircraft is not used: there is no file" in files.problem
    assert files.told(known(), 0).cooperation == "unknown"


def test_without_list_or_zones_nothing_is_said_of_a_track() -> None:
    files = AuthorisationFiles(RemoteIdTable())
    files.look()
    assert files.told(known(), 0) == known()
    assert (files.problem, files.words) == ("", "")


def test_a_bad_zone_file_is_named_and_the_other_is_used(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_bytes(zone("Port", 56.95, 24.1))
    (tmp_path / "bad.json").write_text("[")
    files = AuthorisationFiles(RemoteIdTable(zones=(tmp_path / "bad.json", tmp_path / "good.json", tmp_path / "absent.json")))
    assert "zones bad.json are not used: no JSON" in files.problem
    assert "zones absent.json are not used: there is no file" in files.problem
    assert files.words == "1 restricted zones"
    assert files.told(known(), 0).cooperation == "in_restricted_zone"


def test_what_was_made_of_a_track_stands_until_the_next_look(tmp_path: Path) -> None:
    files = AuthorisationFiles(RemoteIdTable(write(tmp_path / "known.toml", LIST), PUBLIC))
    track = known()
    told = files.told(track, 0)
    assert told.cooperation == "authorised"
    assert files.told(track, 0) is told
    files.look()
    assert files.told(track, None).cooperation == "unknown"


def test_files_are_read_again_when_they_change(tmp_path: Path) -> None:
    path = write(tmp_path / "known.toml", LIST)
    files = AuthorisationFiles(RemoteIdTable(path, PUBLIC, (tmp_path / "zones.json",)))

    def becomes(cooperation: str, problem: str) -> None:
        def look() -> bool:
            files.look()
            return files.told(known(), 0).cooperation == cooperation and problem in files.problem

        wait_for(look, 10, f"{cooperation}; {problem}")

    becomes("authorised", "there is no file")
    path.write_text(LIST.replace("1588E", "9999E"))
    becomes("unknown", "was changed after it was signed")
    (tmp_path / "zones.json").write_bytes(zone("Port", 56.95, 24.1))
    becomes("in_restricted_zone", "was changed after it was signed")
    assert "Port" in (files.told(known(), 0).cooperation_reason or "")
    write(path, LIST)
    becomes("authorised", "")
    files.close()


@contextmanager
def _air(pipe: Path) -> Iterator[None]:
    """The demo's scene, flown into a pipe as it happens."""
    os.mkfifo(pipe)
    stop = Event()
    flight = Thread(target=lambda: remote_id.play(World.load(SCENE, 1), pipe, 90, stop))
    flight.start()
    try:
        yield
    finally:
        stop.set()
        flight.join()


SCENE = Path(remote_id.__file__).parent / "scenes" / "demo.toml"
SERIAL = "TST0CHVER00000001"
FLIGHT_LIST = (
    f'[area.site]\ncircle = {{ latitude_deg = 50.85, longitude_deg = 4.35, radius_m = 9000 }}\n[[aircraft]]\nserials = ["{SERIAL}"]\n'
)
SENSOR = '\n[[sensor]]\nname = "wifi"\ndriver = "recording"\npath = "air"\npace = "live"\n'


def _tracks(here: Stage) -> dict[str, dict[str, Any]]:
    """The newest record of each serial that C2 has been told."""
    told = [track for event in here.c2.events(0.1) if event["kind"] == "tracks" for track in event["tracks"]]
    return {track["identity"]["ids"][0]["value"]: track for track in told if track["identity"] and track["identity"]["ids"]}


def test_in_a_running_node_facts_and_reasons_reach_c2_and_the_operator_does_not(tmp_path: Path) -> None:
    with stage() as here, _air(here.folder / "air"):
        listed = write(here.folder / "known.toml", FLIGHT_LIST)
        files = f'\n[remote_id]\nknown_aircraft = "known.toml"\nknown_aircraft_key = "{PUBLIC}"\nzones = ["zones.json"]\n'
        (here.folder / "zones.json").write_bytes(zone("Palace", 50.85, 4.35))

        def becomes(cooperation: str, words: str, other: str) -> None:
            def look() -> bool:
                tracks = _tracks(here)
                one, rest = tracks.pop(SERIAL, None), {track["cooperation"] for track in tracks.values()}
                reason = (one or {}).get("cooperation_reason") or ""
                return bool(one and one["cooperation"] == cooperation and words in reason and rest == {other})

            wait_for(look, 20, f"{SERIAL} is {cooperation}")

        with here.node(files + "operator_to_c2 = false\n" + SENSOR):
            becomes("in_restricted_zone", "in zone Palace (prohibited); serial TST0CHVER00000001 is listed", "in_restricted_zone")
            write(listed, FLIGHT_LIST + 'areas = ["site"]\n')
            becomes("authorised", "inside area site", "in_restricted_zone")
            claims = [track["identity"] for track in wait_for(lambda: _tracks(here), 10, "tracks").values()]
            assert {value for claim in claims for name, value in claim.items() if name.startswith("operator_")} == {None}
            listed.write_text(FLIGHT_LIST)
            becomes("in_restricted_zone", "no list of known aircraft is in use", "in_restricted_zone")
            amber = wait_for(lambda: (now := here.status()) and "was changed after it was signed" in now.sentence and now, 10, "it is said")
            assert amber.verdict != "green"
            write(listed, FLIGHT_LIST)
            wait_for(lambda: (now := here.status()) and "signed" not in now.sentence, 10, "well again")
        with here.node(SENSOR):

            def plain() -> bool:
                track = _tracks(here).get(SERIAL)
                return bool(track and track["cooperation"] is None and track["identity"]["operator_id"] == "BELtest00000010a")

            wait_for(plain, 20, "without [remote_id] nothing is judged and the operator is told")


def test_a_reload_that_names_other_files_restarts_the_hub_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "air")
    holder = os.open(tmp_path / "air", os.O_RDWR)
    with running_node(tmp_path, SENSOR) as node:
        node.wait_running("hub", "wifi")
        hub, wifi = (node.wait_for(name, lambda part: part.pid is not None, 10, "has a process").pid for name in ("hub", "wifi"))
        node.reload(f'[remote_id]\nzones = ["zones.json"]\n{SENSOR}')
        node.wait_for("hub", lambda part: part.state == "running" and part.pid != hub, 15, "the hub starts again")
        assert "zones zones.json are not used" in node.wait_found("configuration", "authorisation", 10).words
        assert node.part("wifi").pid == wifi
        (tmp_path / "zones.json").write_bytes(zone("Port", 56.95, 24.1))
        node.wait_for("hub", lambda part: "1 restricted zones" in part.sentence, 10, "the zones are read")
        node.wait_well("configuration")
    os.close(holder)
