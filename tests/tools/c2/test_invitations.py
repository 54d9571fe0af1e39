from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.tools.c2.helpers import new_keys
from tools.c2.enrolment import EnrolmentError
from tools.c2.invitations import FILE, MOST, Invitations

ONE, TWO = new_keys().public, new_keys().public
LIVE = "tcp://127.0.0.1:5571"


def test_what_one_process_opens_another_sees_and_neither_file_nor_memory_holds_the_secret(tmp_path: Path) -> None:
    here, there = Invitations(tmp_path), Invitations(tmp_path)
    assert not there.open_to(ONE)
    invitation, secret = here.invite("roof", 10, LIVE)
    assert len(secret) == 16
    there.refresh()
    assert there.open_to(ONE)
    assert there.find(secret) == invitation
    assert there.find(bytes(16)) is None
    assert secret.hex() not in (tmp_path / FILE).read_text()
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_a_taken_one_is_open_to_its_taker_alone(tmp_path: Path) -> None:
    invitations = Invitations(tmp_path)
    invitation, secret = invitations.invite("roof", 10, LIVE)
    invitations.take(invitation, ONE)
    assert (invitations.open_to(ONE), invitations.open_to(TWO)) == (True, False)
    found = invitations.find(secret)
    assert found is not None
    assert found.taken_by == ONE
    with pytest.raises(EnrolmentError, match="withdrawn or taken"):
        invitations.take(invitation, TWO)


def test_one_that_is_over_is_open_to_nobody_but_still_known_for_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    invitations = Invitations(tmp_path)
    invitation, secret = invitations.invite("roof", 0, LIVE)
    assert invitation.over
    assert not invitations.open_to(ONE)
    assert invitations.find(secret) == invitation
    monkeypatch.setattr("tools.c2.invitations.FORGET_AFTER_S", -1)
    _, other = invitations.invite("yard", 10, LIVE)
    assert (invitations.find(secret), invitations.find(other) is None) == (None, False)


def test_a_new_one_makes_the_old_one_of_its_name_void(tmp_path: Path) -> None:
    invitations = Invitations(tmp_path)
    (_, old), (_, new), (_, other) = (invitations.invite(name, 10, LIVE) for name in ("roof", "roof", "yard"))
    assert [invitations.find(secret) is not None for secret in (old, new, other)] == [False, True, True]
    assert invitations.withdraw("roof")
    assert not invitations.withdraw("roof")
    assert [invitations.find(secret) is not None for secret in (old, new, other)] == [False, False, True]


def test_there_are_only_so_many(tmp_path: Path) -> None:
    invitations = Invitations(tmp_path)
    for number in range(MOST):
        invitations.invite(f"node-{number}", 10, LIVE)
    with pytest.raises(EnrolmentError, match="more than"):
        invitations.invite("one-more", 10, LIVE)
    assert invitations.invite("node-0", 10, LIVE)


@pytest.mark.parametrize("text", ["{", "[{}]", '[{"name": 1}]', "null", '[{"name": "a", "more": 1}]', "\udcff"])
def test_a_spoilt_file_invites_nobody_and_is_not_overwritten(tmp_path: Path, text: str) -> None:
    invitations = Invitations(tmp_path)
    _, secret = invitations.invite("roof", 10, LIVE)
    (tmp_path / FILE).write_text(text, errors="surrogateescape")
    invitations.refresh()
    assert not invitations.open_to(ONE)
    assert invitations.find(secret) is None
    assert "nobody is invited" in invitations.fault
    with pytest.raises(EnrolmentError, match="nobody is invited"):
        invitations.invite("roof", 10, LIVE)
    (tmp_path / FILE).unlink()
    invitations.refresh()
    assert not invitations.fault


def test_of_many_who_take_it_at_once_one_does(tmp_path: Path) -> None:
    invitation, _ = Invitations(tmp_path).invite("roof", 10, LIVE)
    keys, failed = [new_keys().public for _ in range(8)], []

    def take(key: str) -> None:
        try:
            Invitations(tmp_path).take(invitation, key)
        except EnrolmentError:
            failed.append(key)

    threads = [threading.Thread(target=take, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) == 7
    (winner,) = set(keys) - set(failed)
    assert Invitations(tmp_path).open_to(winner)
    assert not any(Invitations(tmp_path).open_to(key) for key in failed)
