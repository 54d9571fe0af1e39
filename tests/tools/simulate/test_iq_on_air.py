"""A scene's IQ as it happens: no seam, anew where one tunes, and the real driver and detector hear its link."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from socket import create_server

import numpy as np
import pytest

from drivers.blocks import IqBlock
from drivers.rtl_tcp import RtlTcp
from edge_node.messages import LinkDetection
from edge_node.radio.detector import RadioDetector
from tests import flown_by_radio
from tools.simulate.antenna import of_world
from tools.simulate.iq_on_air import IqOnAir, as_cu8
from tools.simulate.radio import heard
from tools.simulate.rtl_tcp_server import main
from tools.simulate.scene import Receiver, SceneError, load
from tools.simulate.world import World

ROOT = Path(__file__).parents[3]
CENTER_HZ, RATE_HZ = 866_162_500, 1_200_000
SCENE = f"""{flown_by_radio.SCENE}[receiver]
center_hz = 866.1625e6
rate_hz = 1.2e6
noise_dbfs = -62.0
"""


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    path = tmp_path / "scene.toml"
    path.write_text(SCENE)
    return path


def on_air(scene: Path, now_s: list[float]) -> IqOnAir:
    return IqOnAir(of_world(World.load(scene, 7)), 100.0, 7, clock=lambda: now_s[0])


def test_pieces_of_any_size_are_one_stream(scene: Path) -> None:
    whole = on_air(scene, [101.0])(CENTER_HZ, RATE_HZ, 0, 60_000)
    air = on_air(scene, [101.0])
    pieces, first = [], 0
    for count in (1, 4_096, 19_999, 20_000, 15_904):
        pieces.append(air(CENTER_HZ, RATE_HZ, first, count))
        first += count
    assert b"".join(pieces) == whole
    assert len(whole) == 120_000


def test_who_tunes_or_comes_anew_hears_what_is_on_the_air_then(scene: Path) -> None:
    now_s = [101.0]
    air = on_air(scene, now_s)
    then = air(CENTER_HZ, RATE_HZ, 0, 5_000)
    now_s[0] = 102.0
    assert air(CENTER_HZ, RATE_HZ, 0, 5_000) == on_air(scene, now_s)(CENTER_HZ, RATE_HZ, 0, 5_000) != then
    assert air(CENTER_HZ + 500_000, RATE_HZ, 5_000, 5_000) == on_air(scene, now_s)(CENTER_HZ + 500_000, RATE_HZ, 0, 5_000)


def test_samples_are_those_of_the_simulated_receiver(scene: Path) -> None:
    (block, *_) = heard(of_world(World.load(scene, 7)), CENTER_HZ, RATE_HZ, 0.02, 7)
    back = (np.frombuffer(as_cu8(block), np.uint8).astype(np.float32) - 127.5) / 127.5
    assert np.allclose(back, block.samples.view(np.float32), atol=1e-3)


def test_a_scenes_receiver_is_bounded(tmp_path: Path, scene: Path) -> None:
    assert load(scene).receiver == Receiver(CENTER_HZ, RATE_HZ, -62.0)
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(SCENE.replace("rate_hz = 1.2e6", "rate_hz = 0"))
    with pytest.raises(SceneError, match="rate_hz"):
        load(wrong)


def test_what_cannot_be_served_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.cu8"
    empty.write_bytes(b"")
    for what, words in ((tmp_path / "none.toml", "No such file"), (tmp_path / "none.cu8", "No such file"), (empty, "no sample")):
        assert main([str(what), "--port", "0"]) == 1
        assert words in capsys.readouterr().err


def test_the_real_driver_and_detector_hear_the_link_of_a_served_scene(scene: Path) -> None:
    with create_server(("127.0.0.1", 0)) as listening:
        command = [sys.executable, "-m", "tools.simulate.rtl_tcp_server", str(scene), "--seed", "7", "--socket", str(listening.fileno())]
        server = subprocess.Popen(command, cwd=ROOT, pass_fds=[listening.fileno()], stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            with server.stdout, RtlTcp(port=listening.getsockname()[1], center_hz=CENTER_HZ, rate_hz=RATE_HZ, silent_after_s=20) as source:
                assert server.stdout.readline().startswith("rtl_tcp on 127.0.0.1:")
                found = first_alarm(source)
        finally:
            server.send_signal(signal.SIGTERM)
            ended = server.wait(20)
    assert ended == 0
    assert found is not None
    assert found.link == "elrs_900"
    assert found.packet_rate_hz == pytest.approx(100, rel=0.01)


def first_alarm(source: RtlTcp) -> LinkDetection | None:
    """The first drone's link within 20 s of samples."""
    detector, samples = RadioDetector(), 0
    for block in source.blocks():
        if not isinstance(block, IqBlock):
            continue
        samples += len(block.samples)
        found = next((one for one in detector.step(block) if isinstance(one, LinkDetection) and one.alarm), None)
        if found is not None or samples > 20 * RATE_HZ:
            return found
    return None
