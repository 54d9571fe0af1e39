"""A dongle without hardware: a librtlsdr of the tests' own, compiled when it is asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.drivers.radios import FakeDongle

SOURCE = Path(__file__).with_name("fake_librtlsdr.c")


@pytest.fixture(scope="session")
def fake_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a librtlsdr that needs no dongle."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("needs a C compiler: it makes a librtlsdr without a dongle")
    folder = tmp_path_factory.mktemp("librtlsdr")
    library = folder / "librtlsdr.so.0"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-Wl,-soname,librtlsdr.so.0", "-o", str(library), str(SOURCE)], check=True)
    for name in ("librtlsdr.so", "librtlsdr.so.2"):
        (folder / name).symlink_to(library.name)
    (folder / "pyrtlsdrlib.py").write_text('raise ImportError("hidden, so that pyrtlsdr takes the library of LD_LIBRARY_PATH")\n')
    return folder


@pytest.fixture
def fake_dongle(fake_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDongle:
    """One that every process started from here on finds instead of a real one."""
    dongle = FakeDongle(tmp_path / "log", tmp_path / "fate")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(fake_library))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(fake_library), os.environ.get("PYTHONPATH")))))
    monkeypatch.setenv("FAKE_RTL_LOG", str(dongle.log))
    monkeypatch.setenv("FAKE_RTL_FATE", str(dongle.fate))
    return dongle


@pytest.fixture
def pyrtlsdr() -> None:
    """Skips where pyrtlsdr is not installed."""
    if find_spec("rtlsdr") is None:
        pytest.skip("needs pyrtlsdr, which the node depends on")
