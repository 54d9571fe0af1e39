from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge_node import private_file

HOLD = """
import sys
from pathlib import Path
from edge_node import private_file
with private_file.locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_file_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        private_file.replace(tmp_path / "state" / "a", "one")
        private_file.make(tmp_path / "state" / "b", "two")
    finally:
        os.umask(old)
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "state").iterdir()} == {"a": 0o600, "b": 0o600}


def test_what_is_there_is_not_made_again_but_replaced_and_moved(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    assert private_file.make(one, "1")
    assert not private_file.make(one, "2")
    assert one.read_text() == "1"
    private_file.replace(one, "3")
    private_file.make(other, "4")
    private_file.move(one, onto=other)
    assert (other.read_text(), one.exists()) == ("3", False)


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    private_file.replace(tmp_path / "file", "old")
    with pytest.raises(UnicodeEncodeError):
        private_file.replace(tmp_path / "file", "\ud800")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "old")]


def test_another_process_waits_for_the_lock_and_a_killed_one_lets_go(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (tmp_path / private_file.LOCK).open("rb") as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        holder.kill()
        with private_file.locked(tmp_path):
            assert holder.wait(10) != 0


def test_root_leaves_nothing_in_the_folder_of_another(tmp_path: Path, as_root: None) -> None:
    private_file.require_own(tmp_path)
    private_file.require_own(tmp_path / "absent")
    os.chown(tmp_path, 54321, 54321)
    with pytest.raises(PermissionError, match="belongs to #54321") as caught:
        private_file.require_own(tmp_path)
    assert caught.value.errno != errno.ENOENT
