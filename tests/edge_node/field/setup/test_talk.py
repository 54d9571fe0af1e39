"""Setting a node up by talk: the real wizard on a real pseudo-terminal, 40 columns wide, TERM=dumb."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from threading import Event, Thread

import pytest

from edge_node.config_file import load
from edge_node.enrolment_file import FILE as ENROLMENT
from edge_node.field.setup.drafts import FILE as DRAFT
from tests.drivers.test_gnss import EPOCH, Receiver
from tests.edge_node.commands.test_enrol import serving_c2
from tests.edge_node.field.setup.computer import Computer, mast
from tests.edge_node.field.setup.talk import CTRL_C, CTRL_D, Talk


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "etc-node").mkdir()
    return tmp_path / "etc-node" / "node.toml"


@pytest.fixture
def eye(tmp_path: Path) -> Computer:
    """A computer with one camera, of which nothing has to be guessed."""
    made = Computer(tmp_path / "root")
    made.usb("1-1", "0bda:5830", "77", product="USB Camera")
    made.video("1-1", 0, "USB Camera")
    return made


def run_through(talk: Talk, **answers: str) -> int:
    """All questions about one camera, each by Enter where nothing else is said."""
    talk.answer("Use it?", answers.get("use", ""))
    talk.answer("Azimuth?", answers.get("azimuth", ""))
    if "azimuth" in answers:
        talk.answer("Tilt?", answers.get("tilt", ""))
    talk.answer("Name of this node?", answers.get("name", ""))
    talk.answer("Which [", answers.get("place", ""))
    if answers.get("place") == "1":
        talk.answer("Latitude, longitude, height?", answers["coordinates"])
    talk.answer("Token from C2?", answers.get("token", ""))
    talk.answer("Write it?", answers.get("write", "y"))
    return talk.end()


def test_a_mast_node_by_enter_alone(tmp_path: Path, config: Path) -> None:
    mast(tmp_path / "root")
    with Talk(config, tmp_path / "root") as talk:
        for question in (
            "Use it?",
            "Azimuth?",
            "Use it?",
            "Which [1]",
            "Azimuth?",
            "Use it?",
            "Which [1]",
            "Use it?",
            "Use it?",
        ):
            talk.answer(question)
        talk.answer("Name of this node?")
        talk.answer("Which [3]")
        talk.answer("Token from C2?")
        talk.answer("Write it?")
        talk.end()
    found = load(config)
    assert [sensor.name for sensor in found.sensor] == ["microphones", "thermal", "links", "wifi", "gnss"]
    assert found.problems == ()
    assert found.node.name == os.uname().nodename[:32]
    assert "public key" in talk.said
    assert "still open: where microphones and thermal look" in " ".join(talk.said.split())
    assert "\x1b" not in talk.said
    assert not (config.parent / DRAFT).exists()


def test_every_line_fits_a_narrow_terminal(tmp_path: Path, config: Path, eye: Computer) -> None:
    with Talk(config, eye.root) as talk:
        run_through(talk)
    wide = [line for line in talk.said.splitlines() if len(line) > 40]
    assert [line for line in wide if " " in line.strip() and str(config) not in line] == []


def test_what_is_typed_is_what_the_node_reads(config: Path, eye: Computer) -> None:
    with Talk(config, eye.root) as talk:
        run_through(talk, azimuth="40,5", tilt="12", name='H"afen \\ 1 äöü', place="1", coordinates="56.9496N, 24.1052E, 31")
    found = load(config)
    (camera,) = found.sensor
    assert (camera.options["azimuth_deg"], camera.options["tilt_deg"], camera.options["serial"]) == (40.5, 12, "77")
    assert (found.node.name, found.node.latitude_deg, found.node.altitude_wgs84_m) == ('H"afen \\ 1 äöü', 56.9496, 31)
    assert "It needs azimuth_deg" not in config.read_text()
    assert "still open" not in talk.said


def test_a_wrong_answer_is_named_and_a_question_mark_explains(config: Path, eye: Computer) -> None:
    with Talk(config, eye.root) as talk:
        talk.answer("Use it?", "perhaps")
        talk.answer("type y or n", "?")
        talk.answer("still found after a boot", "y")
        talk.answer("Azimuth?", "nine hundred")
        talk.answer("type degrees", "900")
        talk.answer("degrees go from -360 to 360", "-20")
        talk.answer("Tilt?")
        talk.answer("Name of this node?", "x" * 33)
        talk.answer("1 to 32 letters", "roof")
        talk.answer("Which [", "9")
        talk.answer("type a number from 1 to", "1")
        talk.answer("Latitude, longitude, height?", "200, 24.1")
        talk.answer("latitude comes first", "56.9 24.1")
        talk.answer("Token from C2?", "ABCDEFGHIJKLMNOP")
        talk.answer("Paste the rest")
        talk.answer("Write it?", "2")
        talk.answer("Name of this node? [roof]", "mast")
        talk.answer("Write it?")
        talk.end()
    found = load(config)
    assert (found.node.name, found.sensor[0].options["azimuth_deg"], found.node.longitude_deg) == ("mast", -20, 24.1)


@pytest.mark.parametrize("keys", [CTRL_C, CTRL_D])
def test_who_stops_loses_nothing(config: Path, eye: Computer, keys: str) -> None:
    config.write_text('[node]\nname = "before"\n')
    with Talk(config, eye.root) as talk:
        talk.answer("Use it?")
        talk.answer("Azimuth?", "40")
        talk.answer("Tilt?", "12")
        talk.answer("Name of this node? [before]", "after")
        talk.wait_for("Which [")
        talk.type(keys)
        talk.wait_for("is as it was. Your answers are kept")
        assert talk.end() == 130
    assert config.read_text() == '[node]\nname = "before"\n'
    with Talk(config, eye.root) as talk:
        talk.wait_for("Your answers of last time")
        talk.answer("Use it?")
        talk.answer("Azimuth? degrees [40]")
        talk.answer("Tilt? degrees [12]")
        talk.answer("Name of this node? [after]")
        talk.answer("Which [")
        talk.answer("Token from C2?")
        talk.answer("Write it?")
        talk.end()
    assert (load(config).node.name, load(config).sensor[0].options["tilt_deg"]) == ("after", 12)


def test_a_lost_line_loses_no_answer(config: Path, eye: Computer) -> None:
    with Talk(config, eye.root) as talk:
        talk.answer("Use it?")
        talk.answer("Azimuth?", "40")
        talk.wait_for("Tilt?")
        talk.hang_up()
    assert not config.exists()
    with Talk(config, eye.root) as talk:
        talk.answer("Use it?")
        talk.wait_for("Azimuth? degrees [40]")


def test_no_at_the_end_writes_nothing(config: Path, eye: Computer) -> None:
    with Talk(config, eye.root) as talk:
        assert run_through(talk, write="n") == 0
        assert "Nothing is written" in talk.said
    assert not config.exists()


OLD = """\
# Anna has the key
[node]
name = "roof"
latitude_deg = 1.5000012
longitude_deg = 2.5

[[protect]]
name = "gate"
latitude_deg = 1.0
longitude_deg = 2.0

# the good one
[[sensor]]
name = "east"
driver = "camera"
camera = "infiray_256"
serial = "77"
azimuth_deg = 90.12345
masks = [[[0, 0], [9, 0], [9, 9]]]

[[sensor]]
name = "tape"
driver = "recording"
path = "a.wav"
"""


def test_again_starts_from_what_node_toml_says(config: Path, eye: Computer) -> None:
    config.write_text(OLD)
    before = tomllib.loads(config.read_text())
    with Talk(config, eye.root) as talk:
        assert "already configured" in talk.answer("Keep it?")
        talk.answer("Azimuth? degrees [90.12345]")
        talk.answer("Tilt? degrees [later]", "5")
        talk.answer("tape: in node.toml, driver recording")
        talk.answer("Name of this node? [roof]")
        talk.wait_for("As node.toml says: 1.5000012, 2.5")
        talk.answer("Which [1]")
        talk.answer("Token from C2?")
        talk.answer("Write it?")
        talk.end()
    before["sensor"][0]["tilt_deg"] = 5
    assert tomllib.loads(config.read_text()) == before
    assert config.read_text().startswith('# Anna has the key\n[node]\nname = "roof"\n')
    assert len(list(config.parent.glob("node.toml.*.bak"))) == 1


def test_a_broken_node_toml_is_begun_anew_and_kept(config: Path, eye: Computer) -> None:
    config.write_text("[node\n")
    with Talk(config, eye.root) as talk:
        talk.wait_for("It is begun anew")
        run_through(talk, name="roof")
    assert load(config).node.name == "roof"
    (backup,) = config.parent.glob("node.toml.*.bak")
    assert backup.read_text() == "[node\n"


def test_with_nothing_plugged_in_a_node_is_set_up_all_the_same(tmp_path: Path, config: Path) -> None:
    Computer(tmp_path / "root")
    config.parent.rmdir()
    with Talk(config, tmp_path / "root") as talk:
        talk.wait_for("Nothing is plugged in")
        talk.answer("Name of this node?", "roof")
        talk.answer("Which [2]")
        talk.answer("Token from C2?")
        talk.answer("Write it?")
        assert talk.end() == 0
    assert load(config).sensor == ()
    assert config.parent.stat().st_mode & 0o777 == 0o755


def test_a_token_enrols_and_shows_the_words(tmp_path: Path, config: Path, eye: Computer) -> None:
    with serving_c2(tmp_path / "c2") as c2:
        token = c2.invite()
        with Talk(config, eye.root) as talk:
            middle = len(token) // 2
            talk.answer("Use it?")
            talk.answer("Azimuth?")
            talk.answer("Name of this node?", "roof")
            talk.answer("Which [")
            talk.answer("Token from C2?", token[:middle])
            talk.answer("Paste the rest", token[middle:].strip())
            talk.answer("Write it?")
            assert talk.end() == 0
        assert "is enrolled as roof" in " ".join(talk.said.split())
    (enrolment,) = (config.parent / ".local").rglob(ENROLMENT)
    assert "live = " in enrolment.read_text()
    assert token[:middle] not in config.read_text()
    with Talk(config, eye.root) as talk:
        for question in ("Keep it?", "Azimuth?", "Name of this node?", "Which ["):
            talk.answer(question)
        talk.wait_for("by its enrolment")


def test_a_c2_that_is_away_leaves_a_node_that_is_set_up(tmp_path: Path, config: Path, eye: Computer) -> None:
    with serving_c2(tmp_path / "c2") as c2:
        token = c2.invite()
    with Talk(config, eye.root, "--wait", "0.3") as talk:
        assert run_through(talk, token=token.strip()) == 1
    assert "not enrolled: edge-node: nobody answers" in " ".join(talk.said.split())
    assert load(config).sensor[0].name == "thermal"


def test_a_node_that_stays_asks_its_receiver_where_it_is(config: Path, eye: Computer) -> None:
    far = Receiver()
    config.write_text(f'[node]\nname = "roof"\n\n[[sensor]]\nname = "gnss"\ndriver = "gnss"\nport = "{far.port}"\n')
    stop = Event()

    def speak() -> None:
        while not stop.wait(0.05):
            far.say(EPOCH)

    speaker = Thread(target=speak, daemon=True)
    speaker.start()
    try:
        with Talk(config, eye.root) as talk:
            talk.answer("Use it?")
            talk.answer("Azimuth?")
            talk.answer("gnss: in node.toml, driver gnss")
            talk.answer("Name of this node?")
            talk.wait_for("3 It stays: ask its GNSS receiver now")
            talk.answer("Which [", "3")
            talk.wait_for("It is at")
            talk.answer("Token from C2?")
            talk.answer("Write it?")
            assert talk.end() == 0
    finally:
        stop.set()
        speaker.join(1.0)  # it may hang in a full port that nobody reads
        far.unplug()
    node = load(config).node
    assert (round(node.latitude_deg or 0, 2), round(node.longitude_deg or 0, 2)) == (50.85, 4.35)
    assert not node.moving


def test_the_service_is_started_where_systemd_is(tmp_path: Path, config: Path, eye: Computer, as_root: None) -> None:
    """Where systemd is; a stand-in for its command notes what it is told."""
    told = tmp_path / "told"
    commands = tmp_path / "bin"
    commands.mkdir()
    (commands / "systemctl").write_text(f'#!/bin/sh\necho "$@" >> {told}\n')
    (commands / "systemctl").chmod(0o755)
    with Talk(config, eye.root, path=f"{commands}:{os.environ['PATH']}") as talk:
        talk.answer("Use it?")
        talk.answer("Azimuth?")
        talk.answer("Name of this node?")
        talk.answer("Which [")
        talk.answer("Token from C2?")
        talk.answer("Write it?")
        talk.answer("Start the node?")
        assert talk.end() == 0
    assert told.read_text().splitlines()[-2:] == ["enable edge-node.service", "--no-block restart edge-node.service"]
