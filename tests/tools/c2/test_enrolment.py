from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.tools.c2.helpers import new_keys
from tools.c2.enrolment import FILE, Enrolment, EnrolmentError

ONE, TWO = new_keys(), new_keys()


def test_what_one_process_enrols_another_sees_at_its_next_look(tmp_path: Path) -> None:
    here, there = Enrolment(tmp_path), Enrolment(tmp_path)
    here.enrol("roof", ONE.public)
    there.refresh()
    assert there.allowed(ONE.public)
    assert not there.allowed(TWO.public)
    assert not there.allowed(None)
    here.revoke("roof")
    there.refresh()
    assert not there.allowed(ONE.public)
    assert [node.revoked for node in there.nodes()] == [True]


def test_a_name_takes_a_new_key_only_when_its_old_one_is_revoked(tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path)
    enrolment.enrol("roof", ONE.public)
    with pytest.raises(EnrolmentError, match="revoke it first"):
        enrolment.enrol("roof", TWO.public)
    enrolment.revoke("roof")
    enrolment.enrol("roof", TWO.public)
    assert enrolment.allowed(TWO.public)
    assert not enrolment.allowed(ONE.public)


@pytest.mark.parametrize("key", ["", "short", "'" * 40, "#" * 40, "é" * 40])
def test_what_is_no_key_is_not_enrolled(tmp_path: Path, key: str) -> None:
    with pytest.raises(EnrolmentError, match="no public key"):
        Enrolment(tmp_path).enrol("roof", key)


@pytest.mark.parametrize("name", ["", "two words", "a\nb", "#x", "x" * 33])
def test_a_name_is_one_plain_word(tmp_path: Path, name: str) -> None:
    with pytest.raises(EnrolmentError, match="name"):
        Enrolment(tmp_path).enrol(name, ONE.public)


def test_nobody_is_revoked_who_is_not_known(tmp_path: Path) -> None:
    with pytest.raises(EnrolmentError, match="there are: none"):
        Enrolment(tmp_path).revoke("roof")


def test_a_spoilt_file_lets_nobody_in_and_is_not_overwritten(tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path)
    enrolment.enrol("roof", ONE.public)
    (tmp_path / FILE).write_text(f"roof {ONE.public} perhaps\n")
    enrolment.refresh()
    assert not enrolment.allowed(ONE.public)
    assert "line 1" in enrolment.fault
    with pytest.raises(EnrolmentError, match="line 1"):
        enrolment.enrol("yard", TWO.public)
    (tmp_path / FILE).write_text(f"# by hand\n\nroof {ONE.public} enrolled\n")
    enrolment.refresh()
    assert enrolment.allowed(ONE.public)
    assert not enrolment.fault


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        Enrolment(tmp_path / "c2").enrol("roof", ONE.public)
    finally:
        os.umask(old)
    assert (tmp_path / "c2").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "c2" / FILE).stat().st_mode & 0o777 == 0o600
