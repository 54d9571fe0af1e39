from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from edge_node.publish.key_rotation import NEXT, begin_rotation, finish_rotation, next_pair
from edge_node.publish.keys import CREDENTIAL, FILE, KeyFileError, KeyPair, load_or_make

ROTATE_FOR_EVER = """
import sys
from pathlib import Path
from edge_node.publish.key_rotation import begin_rotation, finish_rotation
while True:
    begin_rotation(Path(sys.argv[1]))
    finish_rotation(Path(sys.argv[1]))
    print("turned", flush=True)
"""


def test_the_next_pair_waits_beside_the_current_one_and_then_takes_its_place(tmp_path: Path) -> None:
    old = load_or_make(tmp_path)
    assert next_pair(tmp_path) is None
    coming = begin_rotation(tmp_path)
    assert begin_rotation(tmp_path) == next_pair(tmp_path) == coming != old
    assert load_or_make(tmp_path) == old
    assert (tmp_path / NEXT).stat().st_mode & 0o777 == 0o600
    assert finish_rotation(tmp_path) == load_or_make(tmp_path) == coming
    assert next_pair(tmp_path) is None
    assert old.secret not in "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())


def test_there_must_be_something_to_rotate_and_to_finish(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="make one first"):
        begin_rotation(tmp_path)
    load_or_make(tmp_path)
    with pytest.raises(KeyFileError, match="no next key pair waits"):
        finish_rotation(tmp_path)


def test_a_next_pair_that_others_can_read_is_not_taken(tmp_path: Path) -> None:
    old = load_or_make(tmp_path)
    begin_rotation(tmp_path)
    (tmp_path / NEXT).chmod(0o644)
    for act in (next_pair, begin_rotation, finish_rotation):
        with pytest.raises(KeyFileError, match="can read"):
            act(tmp_path)
    assert load_or_make(tmp_path) == old


def test_of_many_who_begin_one_wins_and_of_many_who_finish_one_does(tmp_path: Path) -> None:
    load_or_make(tmp_path)
    begun: list[KeyPair] = []
    _at_once(lambda: begun.append(begin_rotation(tmp_path)))
    assert len(begun) == 8
    assert len(set(begun)) == 1
    done: list[KeyPair] = []
    failed: list[KeyFileError] = []

    def finish() -> None:
        try:
            done.append(finish_rotation(tmp_path))
        except KeyFileError as error:
            failed.append(error)

    _at_once(finish)
    assert len(done) + len(failed) == 8
    assert {*done, load_or_make(tmp_path)} == {begun[0]}


def _at_once(act: object) -> None:
    threads = [threading.Thread(target=act) for _ in range(8)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_whenever_it_is_killed_a_sound_pair_is_there(tmp_path: Path, turns: int) -> None:
    load_or_make(tmp_path)
    with subprocess.Popen([sys.executable, "-c", ROTATE_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(turns):
            assert process.stdout.readline() == "turned\n"
        process.send_signal(signal.SIGKILL)
    assert load_or_make(tmp_path)
    assert begin_rotation(tmp_path) == finish_rotation(tmp_path) == load_or_make(tmp_path)


def test_a_pair_that_systemd_keeps_is_not_ours_to_rotate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_or_make(tmp_path)
    begin_rotation(tmp_path)
    (tmp_path / CREDENTIAL).write_bytes((tmp_path / FILE).read_bytes())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert next_pair(tmp_path) is None
    for act in (begin_rotation, finish_rotation):
        with pytest.raises(KeyFileError, match="rotate it by hand"):
            act(tmp_path)
