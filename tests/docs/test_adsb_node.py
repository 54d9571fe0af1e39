"""The example for ADS-B, installed, in an unchanged node: from bytes to tracks, through all that befalls a server or a file."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_node.messages import Track
from edge_node.node import tracks_file
from tests.docs.adsb import basestation, installed, line, web
from tests.running import RunningNode, running_node, wait_for

IMPATIENT = "[supervision]\nabsent_retry_s = 0.3\nbackoff_first_s = 0.2\nbackoff_most_s = 0.3\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(installed(tmp_path / "site")))


def track_of(node: RunningNode, callsign: str) -> Track | None:
    """The confirmed track of this callsign."""
    now = tracks_file.read(node.run_dir)
    found = (one for one in now.tracks if one.target and any(name.value == callsign for name in one.target.ids)) if now else ()
    return next((one for one in found if one.state == "confirmed"), None)


def fly(client: socket.socket) -> None:
    """An aircraft's line between others that are damaged, without end or cut."""
    damaged = "MSG,3,1\r\n" + "z" * 2_000 + "\r\n" + line(place="nan,nan")
    client.sendall((line(callsign="DLH4AB") + damaged).encode()[:-30] + b"\r\n")
    time.sleep(0.1)


@pytest.mark.usefixtures("package")
def test_an_aircraft_of_a_basestation_server_becomes_a_track_and_a_server_that_restarts_is_found_again(tmp_path: Path) -> None:
    done = threading.Event()

    def serve(client: socket.socket) -> None:
        while not done.is_set():
            fly(client)

    with basestation(serve) as port:
        sensor = f'[[sensor]]\nname = "adsb"\ndriver = "adsb"\nbasestation = "127.0.0.1:{port}"\n'
        with running_node(tmp_path, IMPATIENT + sensor) as node:
            track = wait_for(lambda: track_of(node, "DLH4AB"), 40, "the aircraft is a track")
            assert track.target is not None
            assert (track.target.label, track.target.cooperative, track.identity) == ("aeroplane", True, None)
            assert track.kinematics is not None
            assert (track.kinematics.altitude_wgs84_m, track.target.altitude_baro_m) == (None, pytest.approx(1211.6, abs=0.1))
            node.wait_for("adsb", lambda part: "damaged" in part.sentence, 10, "what is damaged is counted")
            done.set()
            node.wait_for("adsb", lambda part: "hung up" in part.sentence or "no BaseStation" in part.sentence, 20, "the loss is named")
            done.clear()
            node.wait_for("adsb", lambda part: part.state == "running" and part.restarts > 0, 20, "the server is found again")
        done.set()


@contextmanager
def written(path: Path, text: list[bytes]) -> Iterator[None]:
    """A file that is replaced ten times a second by what `text` says."""
    ended = threading.Event()

    def write() -> None:
        while not ended.wait(0.1):
            fresh = path.with_suffix(".new")
            fresh.write_bytes(text[0] or document())
            fresh.replace(path)

    thread = threading.Thread(target=write)
    path.write_bytes(document())
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def document(callsign: str = "HELI1") -> bytes:
    row = {"hex": "3c6445", "flight": callsign, "lat": 48.35, "lon": 11.78, "category": "A7", "alt_geom": 2000, "alt_baro": 1900}
    return json.dumps({"now": time.time(), "aircraft": [row | {"seen_pos": 0.0}]}).encode()


@pytest.mark.usefixtures("package")
def test_a_helicopter_of_aircraft_json_becomes_a_track_and_a_file_that_is_cut_or_stands_still_is_named(tmp_path: Path) -> None:
    text = [b""]
    sensors = '[[sensor]]\nname = "file"\ndriver = "adsb"\nfile = "aircraft.json"\nsilent_after_s = 2\n'
    sensors += '[[sensor]]\nname = "wrong"\ndriver = "adsb"\n'
    with (
        web(lambda: b"HTTP/1.0 200 OK\r\n\r\n" + document("HELI2").replace(b"3c6445", b"3c6446")) as url,
        written(tmp_path / "aircraft.json", text),
    ):
        sensors += f'[[sensor]]\nname = "web"\ndriver = "adsb"\nurl = "{url}"\n'
        with running_node(tmp_path, IMPATIENT + sensors) as node:
            for callsign in ("HELI1", "HELI2"):
                track = wait_for(lambda callsign=callsign: track_of(node, callsign), 40, f"{callsign} is a track")  # type: ignore[misc]
                assert track.target is not None
                assert track.target.label == "helicopter"
                assert track.kinematics is not None
                assert track.kinematics.altitude_wgs84_m == pytest.approx(609.6, abs=1.0)
            node.wait_for("wrong", lambda part: "exactly one of basestation, file and url" in part.sentence, 20, "wrong options are named")
            text[0] = b'{"now": 1, "aircraft": [{'
            node.wait_for("file", lambda part: "is no aircraft.json" in part.sentence, 20, "a file that is cut is named")
            text[0] = b""
            node.wait_for("file", lambda part: part.state == "running" and "1 aircraft" in part.sentence, 30, "it heals")
            text[0] = json.dumps({"now": 1.0, "aircraft": []}).encode()
            node.wait_for("file", lambda part: "is not written anew for 2 s" in part.sentence, 30, "a file that stands still is named")
