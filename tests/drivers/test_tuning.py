"""Who tunes a Wi-Fi interface: iw as a program that answers, and the helper as the process that its unit runs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from drivers import tuner, tuning
from drivers.tuning import ChannelRefused, tune, tune_with_helper, tune_with_iw

ROOT = Path(__file__).parents[2]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Notes what it is asked, and refuses 2467 MHz as iw does."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    refuse = "[ \"$5\" != 2467 ] || { echo 'command failed: Operation not permitted (-1)' >&2; exit 234; }"
    _program(tmp_path, f'echo "$@" >> {tmp_path}/asked\n{refuse}')
    return tmp_path / "asked"


@pytest.fixture
def helper(program: Path, tmp_path: Path) -> Iterator[Path]:
    """The helper of mon0, running; its socket."""
    path = tmp_path / "mon0" / "tune"
    path.parent.mkdir()
    environment = os.environ | {"RUNTIME_DIRECTORY": str(path.parent), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-m", "drivers.tuner", "mon0"], env=environment, stderr=subprocess.DEVNULL) as running:
        deadline = time.monotonic() + 20
        while not _answers(path) and time.monotonic() < deadline:
            time.sleep(0.01)
        yield path
        running.send_signal(signal.SIGTERM)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as link:
        return link.connect_ex(str(path)) == 0


def test_the_helper_tunes_its_own_interface(helper: Path, program: Path) -> None:
    tune_with_helper(helper, 2437)
    tune_with_helper(helper, 5745)
    assert program.read_text() == "dev mon0 set freq 2437\ndev mon0 set freq 5745\n"
    assert helper.stat().st_mode & 0o777 == 0o660


def test_the_helper_passes_on_why_iw_refuses_and_goes_on(helper: Path) -> None:
    with pytest.raises(ChannelRefused, match=r"Operation not permitted \(-1\)$"):
        tune_with_helper(helper, 2467)
    tune_with_helper(helper, 2437)


@pytest.mark.parametrize(
    "asked", [b"\n", b"99\n", b"2437; reboot\n", b"99999999999999999999\n", b"\xff" * 1000, "\u0662\u0664\u0663\u0667\n".encode()]
)
def test_the_helper_takes_nothing_but_a_frequency(helper: Path, program: Path, asked: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(10)
        link.connect(str(helper))
        link.sendall(asked)
        assert b"a frequency from 2400 to 7200 MHz is expected" in link.recv(400)
    assert not program.exists()


def test_who_connects_and_says_nothing_holds_up_nobody_for_long(helper: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(helper))
        tune_with_helper(helper, 2437)


def test_another_user_is_refused(tmp_path: Path) -> None:
    asked: list[tuple[str, int]] = []
    with tuner.listen(tmp_path / "tune") as listening:
        serving = Thread(target=tuner.serve_one, args=(listening, "mon0", frozenset[int](), lambda *one: asked.append(one)))
        serving.start()
        with pytest.raises(ChannelRefused, match=f"user {os.getuid()} may not tune mon0"):
            tune_with_helper(tmp_path / "tune", 2437)
        serving.join()
    assert not asked


def test_a_helper_that_is_gone_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mon0" / "tune"
    path.parent.mkdir()
    tuner.listen(path).close()
    with pytest.raises(ChannelRefused, match="edge-node-monitor@mon0 does not answer: Connection refused"):
        tune_with_helper(path, 2437)


def test_the_helper_is_asked_where_there_is_one(helper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "RUN_DIR", helper.parents[1])
    monkeypatch.setenv("PATH", "/nowhere")
    tune("mon0", 2437)
    with pytest.raises(ChannelRefused, match="iw is not installed"):
        tune("mon1", 2437)


def test_a_helper_that_one_may_not_ask_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def may_not(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", may_not)
    with pytest.raises(ChannelRefused, match="edge-node-monitor@mon0 does not answer"):
        tune("mon0", 2437)


@pytest.mark.usefixtures("program")
def test_without_helper_and_right_it_names_the_helper() -> None:
    with pytest.raises(ChannelRefused, match=r"not permitted \(-1\): sudo systemctl enable --now edge-node-monitor@mon7$"):
        tune("mon7", 2467)


def test_the_helper_loads_the_standard_library_alone() -> None:
    code = (
        "import sys, drivers.tuner; print({m.partition('.')[0] for m in sys.modules} - sys.stdlib_module_names - {'drivers', '__main__'})"
    )
    told = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, check=True, capture_output=True, text=True, env={})
    assert told.stdout == "set()\n"


def _program(folder: Path, body: str) -> None:
    program = folder / "iw"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


def test_asks_iw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    _program(tmp_path, f'echo "$@" > {tmp_path}/asked')
    tune_with_iw("mon0", 2437)
    assert (tmp_path / "asked").read_text() == "dev mon0 set freq 2437\n"


def test_passes_on_why_iw_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    _program(tmp_path, "echo 'command failed: Invalid argument (-22)' >&2; exit 234")
    with pytest.raises(ChannelRefused, match=r"command failed: Invalid argument \(-22\)"):
        tune_with_iw("mon0", 2467)
    _program(tmp_path, "exit 3")
    with pytest.raises(ChannelRefused, match="iw failed with 3"):
        tune_with_iw("mon0", 2467)


def test_says_that_iw_is_missing_or_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ChannelRefused, match="iw is not installed"):
        tune_with_iw("mon0", 2437)
    (tmp_path / "iw").write_bytes(b"\x00")
    (tmp_path / "iw").chmod(0o755)
    with pytest.raises(ChannelRefused, match="iw cannot be run: Exec format error"):
        tune_with_iw("mon0", 2437)
