"""A sensor's data is shown to whoever looks, and costs nothing otherwise."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EMFILE
from pathlib import Path

import numpy as np
import pytest

from drivers.blocks import AudioBlock, Frame, GnssFix
from edge_node.node import view
from edge_node.node.view import LOOK_EVERY_NS, View, address

RATE_HZ = 16_000


def sound(k: int = 0) -> AudioBlock:
    """The k-th second of silence."""
    return AudioBlock(t_mono_ns=0, sequence=k * RATE_HZ, lost=0, sample_rate_hz=RATE_HZ, samples=np.zeros((RATE_HZ, 1), np.float32))


def picture(k: int = 0) -> Frame:
    """The k-th second of a grey sky."""
    return Frame(t_mono_ns=k * 10**9, sequence=k, lost=0, picture=np.full((40, 60), 90, np.uint8))


@contextmanager
def looking(folder: Path, sensor: str = "mic") -> Iterator[socket.socket]:
    """Somebody looks while the block lasts."""
    path = address(folder, sensor)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as eye:
        eye.bind(str(path))
        yield eye
    path.unlink(missing_ok=True)


def test_nothing_is_made_while_nobody_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "_made", lambda _: pytest.fail("something was made"))
    one = View(tmp_path, "mic", camera=True)
    for k in range(10):
        one.saw(sound(k), k * LOOK_EVERY_NS)
    with looking(tmp_path, "other"):
        one.saw(sound(), 20 * LOOK_EVERY_NS)


def test_who_looks_sees_and_who_has_gone_is_forgotten(tmp_path: Path) -> None:
    one = View(tmp_path, "mic", camera=False)
    with looking(tmp_path) as eye:
        one.saw(sound(), LOOK_EVERY_NS)
        assert eye.recv(10_000).startswith(b'{"kind":"column"')
    one.saw(sound(1), 2 * LOOK_EVERY_NS)
    assert one._socket is None
    assert not one._painters


def test_a_socket_that_nobody_holds_any_more_is_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = View(tmp_path, "mic", camera=False)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(address(tmp_path, "mic")))
    one.saw(sound(), LOOK_EVERY_NS)
    assert one._socket is None
    monkeypatch.setattr(view, "_made", lambda _: pytest.fail("something is made for nobody"))
    for k in range(2, 10):
        one.saw(sound(k), k * LOOK_EVERY_NS)
    monkeypatch.undo()
    address(tmp_path, "mic").unlink()
    with looking(tmp_path) as eye:
        one.saw(sound(), 20 * LOOK_EVERY_NS)
        assert eye.recv(10_000)
    one.close()


def test_without_a_socket_to_be_had_the_sensor_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: int) -> socket.socket:
        raise OSError(EMFILE, "Too many open files")

    one = View(tmp_path, "mic", camera=False)
    with looking(tmp_path) as eye:
        with monkeypatch.context() as patched:
            patched.setattr("edge_node.node.view.socket.socket", none_left)
            one.saw(sound(), LOOK_EVERY_NS)
        one.saw(sound(1), 2 * LOOK_EVERY_NS)
        assert eye.recv(10_000)
    one.close()


def test_who_takes_nothing_holds_nobody_up(tmp_path: Path) -> None:
    one = View(tmp_path, "mic", camera=False)
    with looking(tmp_path) as eye:
        for k in range(400):
            one.saw(sound(k), k * LOOK_EVERY_NS + 1)
        assert eye.recv(10_000)
        assert one._socket is not None
    one.close()


def test_what_cannot_be_drawn_is_not_the_sensors_trouble(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    one = View(tmp_path, "mic", camera=False)
    odd = AudioBlock(t_mono_ns=0, sequence=0, lost=0, sample_rate_hz=0, samples=np.zeros((10, 1), np.float32))
    with looking(tmp_path):
        for k in range(3):
            one.saw(odd, k + 1)
    assert caplog.text.count("cannot be drawn") == 1
    one.close()


def test_pictures_leave_the_process_only_where_the_configuration_says_so(tmp_path: Path) -> None:
    with looking(tmp_path, "cam") as eye:
        for camera in (False, True):
            one = View(tmp_path, "cam", camera)
            one.saw(picture(), LOOK_EVERY_NS)
            if camera:
                assert b'"kind":"thumbnail"' in eye.recv(100_000)
            else:
                with pytest.raises(BlockingIOError):
                    eye.recv(100_000)
            one.close()


def test_a_block_without_a_picture_shows_none(tmp_path: Path) -> None:
    one = View(tmp_path, "gnss", camera=True)
    with looking(tmp_path, "gnss"):
        one.saw(GnssFix(t_mono_ns=0, sequence=0, lost=0, source="nmea", has_fix=False), LOOK_EVERY_NS)
    one.close()
