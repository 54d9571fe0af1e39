from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.tools.c2.test_main import served
from tools.c2.__main__ import main

HEAVY = {"starlette", "uvicorn", "numpy"}


def test_serve_shows_where_its_page_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with served(tmp_path, "--json", "--web", "127.0.0.1:0") as c2:
        assert c2.stderr is not None
        url = c2.stderr.readline().split()[-1]
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
            assert b"Log in" in answer.read()
        c2.terminate()
        c2.communicate(timeout=10)
        assert c2.returncode == 0
    assert main(["web-token", "--state", str(tmp_path)]) == 0
    assert url.rpartition("#")[2] == capsys.readouterr().out.strip()


def test_other_machines_are_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = [
        "--state",
        str(tmp_path),
        "--bind",
        f"ipc://{tmp_path}/c2",
        "--reliable-bind",
        f"ipc://{tmp_path}/events",
        "--web",
        "0.0.0.0:0",
    ]
    assert main(["serve", *options]) == 1
    assert "--web-certificate" in capsys.readouterr().err


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)


def test_without_its_packages_the_command_that_brings_them_is_said(tmp_path: Path) -> None:
    options = [
        "serve",
        "--state",
        str(tmp_path),
        "--bind",
        f"ipc://{tmp_path}/c2",
        "--reliable-bind",
        f"ipc://{tmp_path}/events",
        "--web",
        "127.0.0.1:0",
    ]
    told = run(f"import sys; sys.modules['uvicorn'] = None; from tools.c2.__main__ import main; sys.exit(main({options!r}))")
    assert told.returncode == 1
    assert "needs uvicorn: run tools/setup.sh" in told.stderr


def test_without_a_page_nothing_of_it_is_loaded() -> None:
    told = run("import sys, tools.c2.__main__; print(*{name.partition('.')[0] for name in sys.modules})")
    assert HEAVY.isdisjoint(told.stdout.split())
    assert "zmq" in told.stdout
