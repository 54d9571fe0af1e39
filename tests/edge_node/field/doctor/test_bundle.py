"""The bundle for who helps from afar: what is in it, and what must never be."""

from __future__ import annotations

import stat
from pathlib import Path
from zipfile import ZipFile

import pytest
import zmq
from msgspec.structs import replace

from edge_node.field.doctor import bundle
from edge_node.field.doctor.grades import finding
from edge_node.field.doctor.redaction import Redactor
from edge_node.publish.enrol_token import Token, encode
from edge_node.publish.keys import FILE, load_or_make
from tests.edge_node.field.doctor.test_page import report, write_status

TOKEN = encode(Token(bytes(range(16)), "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", 2_000_000_000, "tcp://c2:5573", "tcp://c2:5571"))
SECRETS = {
    "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7": 'server_key = "{}"',
    "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=": 'known_aircraft_key = "{}"',
    TOKEN: "edge-node enrol {}",
    "hunter2": "rtsp://user:{}@camera/path",
    "s3cret": 'password = "{}"',
    "tok-en-99": '"api_key": "{}", "x": 1',
    "48.137154": "latitude_deg = {}",
    "11.576124": '"longitude_deg":{},"hub":1',
    "519.25": "node.altitude_wgs84_m={}",
    "48.350000 11.780000": "reported an aeroplane at {}, 95 %",
    "48.13715 N, 11.57612 E": '"place":"{}"',
    "4807.038,N,01131.000,E": "$GNGGA,123519,{},1,08",
    "FIN87astrdge12k8": '"operator_id":"x","words":"operator {} flies"',
    "John Smith": 'owner = "{}"',
    "00:c0:ca:98:ab:cd": "wlan1 has {}",
}


@pytest.mark.parametrize("secret", SECRETS, ids=range(len(SECRETS)))
def test_what_is_private_is_blanked(secret: str) -> None:
    text = f"before {SECRETS[secret].format(secret)} after"
    redactor = Redactor()
    blanked = redactor.text(text)
    assert secret not in blanked
    assert blanked.startswith("before ")
    assert redactor.counts


def test_keys_in_any_sentence_are_blanked() -> None:
    for _ in range(200):
        public, secret = (half.decode() for half in zmq.curve_keypair())
        text = Redactor().text(f"C2 refuses this node's key (400): enrol {public} there; its key is {secret}; made")
        assert public not in text
        assert secret not in text


@pytest.mark.parametrize(
    "text",
    [
        '[[sensor]]\nname = "roof"\ndriver = "mic_array"\narray = "uma_16"\nserial = "00016"',
        "usb 1-1.2: new high-speed USB device number 4 using xhci_hcd",
        "2026-11-28T14:55:02+0000 mast-3 edge-node[123]: roof: running, 40 blocks, 31/s, 0 lost",
        "center_hz = 868.95e6\ngain_db = 29.7\nrate_hz = 2400000",
        "/var/lib/edge-node/spool/spool.db",
    ],
)
def test_what_helps_stays(text: str) -> None:
    assert Redactor().text(text) == text


def test_a_bundle_has_all_that_helps_and_no_key(tmp_path: Path) -> None:
    pair = load_or_make(tmp_path / "state")
    config = tmp_path / "node.toml"
    config.write_text(f'node.latitude_deg = 48.137154\n[c2]\nserver_key = "{pair.public}"\n# {pair.secret}\n')
    write_status(tmp_path / "run")
    made = replace(report(), findings=(finding("link", "c2_refuses_key", "fail", f"enrol {pair.public} there"),))
    path = tmp_path / "bundle.zip"
    told = bundle.write(path, made, config, tmp_path / "run")
    with ZipFile(path) as zipped:
        parts = {name: zipped.read(name).decode() for name in zipped.namelist()}
    assert set(parts) == {"doctor.json", "status.json", "node.toml", "versions.txt", "log.txt", "kernel.txt", "usb.txt", "CONTENTS.txt"}
    whole = "".join(parts.values())
    for private in (pair.secret, pair.public, "48.137154", "48.13715"):
        assert private not in whole
    assert (tmp_path / "state" / FILE).read_text() not in whole
    assert "roof is absent" in parts["status.json"]
    assert "msgspec" in parts["versions.txt"]
    assert told == parts["CONTENTS.txt"]
    assert "x key" in told
    assert "Look through it before you send it." in told
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [left.name for left in tmp_path.glob(".*")] == []


def test_a_bundle_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        bundle.write(tmp_path / "no" / "bundle.zip", report(), tmp_path / "none.toml", tmp_path)
