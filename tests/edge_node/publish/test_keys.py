from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from zmq.utils import z85

from edge_node.publish.keys import CREDENTIAL, FILE, KeyFileError, KeyPair, age, credential, fingerprint, load_or_make, make, node8, show


def test_made_once_then_loaded(tmp_path: Path) -> None:
    assert load_or_make(tmp_path / "state") == load_or_make(tmp_path / "state")


def test_only_the_owner_can_read_it_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        load_or_make(tmp_path)
    finally:
        os.umask(old)
    path = tmp_path / FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    load_or_make(tmp_path)
    (tmp_path / FILE).chmod(mode)
    with pytest.raises(KeyFileError, match="can read"):
        load_or_make(tmp_path)


def test_a_cut_file_is_refused_at_every_length(tmp_path: Path) -> None:
    load_or_make(tmp_path)
    whole = (tmp_path / FILE).read_bytes()
    for length in range(len(whole) - 1):
        (tmp_path / FILE).write_bytes(whole[:length])
        with pytest.raises(KeyFileError, match="cut or holds no key"):
            load_or_make(tmp_path)


@pytest.mark.parametrize("text", [b"\xff" * 80, b"public = 1\nsecret = 2\n", b"public = 'a'\nsecret = 'b'\n"])
def test_what_is_no_key_is_refused(tmp_path: Path, text: bytes) -> None:
    load_or_make(tmp_path)
    (tmp_path / FILE).write_bytes(text)
    with pytest.raises(KeyFileError, match="holds no key"):
        load_or_make(tmp_path)


def test_halves_of_two_pairs_are_refused(tmp_path: Path) -> None:
    one, other = load_or_make(tmp_path), load_or_make(tmp_path / "other")
    (tmp_path / FILE).write_text(f"public = '{one.public}'\nsecret = '{other.secret}'\n")
    with pytest.raises(KeyFileError, match="do not belong together"):
        load_or_make(tmp_path)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KeyFileError, match="cannot be used"):
        load_or_make(tmp_path / "file")


def test_of_many_makers_one_wins(tmp_path: Path) -> None:
    made: list[KeyPair] = []
    makers = [threading.Thread(target=lambda: made.append(load_or_make(tmp_path))) for _ in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(set(made)) == 1
    assert len(made) == 8


def test_names_of_a_key(tmp_path: Path) -> None:
    pair = load_or_make(tmp_path)
    digest = sha256(z85.decode(pair.public)).hexdigest()
    assert pair.node8 == node8(pair.public) == digest[:8]
    assert pair.fingerprint == fingerprint(pair.public) == "-".join((digest[:4], digest[4:8], digest[8:12], digest[12:16]))


def test_the_secret_is_never_shown(tmp_path: Path) -> None:
    pair = load_or_make(tmp_path)
    assert pair.public in show(pair)
    assert "█" in show(pair)
    assert pair.secret not in show(pair) + repr(pair) + str(pair)


def test_a_pair_is_made_on_purpose_once_only(tmp_path: Path) -> None:
    pair = make(tmp_path)
    with pytest.raises(KeyFileError, match="'keys rotate' makes the one that comes next"):
        make(tmp_path)
    assert load_or_make(tmp_path) == pair


def test_a_pair_knows_when_it_was_made_and_one_of_an_older_version_does_not(tmp_path: Path) -> None:
    pair, now = make(tmp_path), datetime.now(UTC)
    assert pair.made is not None
    assert timedelta() <= now - pair.made < timedelta(minutes=1)
    assert age(pair, now).endswith("0 days ago")
    assert age(pair, now + timedelta(days=366)).endswith("366 days ago: older than a year; rotate it")
    assert "this clock" in age(pair, now - timedelta(days=2))
    (tmp_path / FILE).write_text(f"public = '{pair.public}'\nsecret = '{pair.secret}'\n")
    older = load_or_make(tmp_path)
    assert (older.public, older.made) == (pair.public, None)
    assert "does not tell" in show(older)


@pytest.mark.parametrize("made", ["'yesterday'", "3", "'9999-99-99'", "'0001-01-01T00:00:00+23:00'"])
def test_a_time_that_is_none_spoils_the_file(tmp_path: Path, made: str) -> None:
    pair = make(tmp_path)
    (tmp_path / FILE).write_text(f"made = {made}\npublic = '{pair.public}'\nsecret = '{pair.secret}'\n")
    with pytest.raises(KeyFileError, match="holds no key"):
        load_or_make(tmp_path)


def test_a_credential_of_systemd_is_the_pair_whatever_its_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = make(tmp_path / "once")
    folder = tmp_path / "credentials"
    folder.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    assert credential() is None
    own = load_or_make(tmp_path / "state")
    (folder / CREDENTIAL).write_bytes((tmp_path / "once" / FILE).read_bytes())
    (folder / CREDENTIAL).chmod(0o444)
    assert load_or_make(tmp_path / "state") == pair != own
    assert load_or_make(tmp_path / "new") == pair
    assert not (tmp_path / "new").exists()
    with pytest.raises(KeyFileError, match=CREDENTIAL):
        make(tmp_path / "new")
    (folder / CREDENTIAL).chmod(0o644)
    (folder / CREDENTIAL).write_text("nothing")
    with pytest.raises(KeyFileError, match="encrypt a sound key file anew"):
        load_or_make(tmp_path / "state")
