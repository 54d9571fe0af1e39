"""What fell out, lacks a library or was refused is told by that name for as long as it holds, and comes back when it is over."""

from __future__ import annotations

import shutil
import signal
from ctypes.util import find_library
from pathlib import Path

import numpy as np
import pytest
import soundfile

from drivers.device_files import known
from tests.running import running_node, wait_for

NAMED_S, BACK_S = 20.0, 20.0
SOON = "[supervision]\nabsent_retry_s = 0.3\n"
ARRAY = '[[sensor]]\nname = "ears"\ndriver = "mic_array"\narray = "square_4"\ndevice = "nobody"\n'
RECORDING = '[[sensor]]\nname = "ears"\ndriver = "recording"\npath = "noise.wav"\nloop = true\narray = "{}"\n'


@pytest.mark.skipif(find_library("portaudio") is None, reason="needs libportaudio2")
def test_a_library_that_cannot_be_loaded_is_named_and_used_once_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = tmp_path / "libportaudio.so.2"
    cut.write_text("cut off\n")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    with running_node(tmp_path, SOON + ARRAY) as node:
        assert "libportaudio2" in node.wait_found("ears", "library_missing", NAMED_S).words
        cut.unlink()
        assert "no sound device 'nobody'" in node.wait_found("ears", "sensor_absent", BACK_S).words


def test_what_is_looked_for_again_and_again_is_absent_all_the_time(tmp_path: Path) -> None:
    with running_node(tmp_path, SOON + '[[sensor]]\nname = "place"\ndriver = "gnss"\nport = "/dev/nobody"\n') as node:
        node.wait_found("place", "sensor_absent", NAMED_S)
        seen = set[str]()

        def looked_thrice() -> bool:
            part = node.part("place")
            seen.add(part.state if part else "")
            return part is not None and part.restarts >= 4

        wait_for(looked_thrice, BACK_S, "it is looked for again")
        assert seen == {"absent"}


def test_what_was_refused_is_looked_at_again_by_a_reload(tmp_path: Path) -> None:
    """The table is as it was; a file that it names was mended."""
    soundfile.write(tmp_path / "noise.wav", np.random.default_rng(1).normal(0, 0.01, (16_000, 4)), 16_000, subtype="PCM_16")
    own = tmp_path / "own.toml"
    own.write_text("name = 1\n")
    with running_node(tmp_path, RECORDING.format(own)) as node:
        node.wait_found("ears", "sensor_off", NAMED_S)
        shutil.copy(known("arrays")["square_4"], own)
        node.process.send_signal(signal.SIGHUP)
        node.wait_for("ears", lambda part: part.state == "running", BACK_S, "it runs")
