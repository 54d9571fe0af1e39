from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from tests.tools.c2.helpers import new_keys
from tools.c2.enrolment import FILE, Enrolment, EnrolmentError, Node

ONE, TWO, THREE = new_keys(), new_keys(), new_keys()


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


def _states(folder: Path) -> dict[str, str]:
    return {node.key: node.state for node in Enrolment(folder).nodes()}


def test_a_file_of_an_older_version_is_read_and_words_are_kept(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(f"roof {ONE.public} enrolled\nyard {TWO.public} revoked\n")
    enrolment = Enrolment(tmp_path)
    enrolment.enrol("mast", THREE.public, "pending", "acorn actor admiral")
    assert _states(tmp_path) == {ONE.public: "enrolled", TWO.public: "revoked", THREE.public: "pending"}
    assert Enrolment(tmp_path).known(THREE.public) == Node("mast", THREE.public, "pending", "acorn actor admiral")
    assert f"roof {ONE.public} enrolled\n" in (tmp_path / FILE).read_text()


def test_a_pending_node_is_let_in_once_confirmed(tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path)
    enrolment.enrol("roof", ONE.public, "pending", "acorn actor")
    assert not enrolment.allowed(ONE.public)
    with pytest.raises(EnrolmentError, match="does not wait"):
        enrolment.confirm("yard")
    assert enrolment.confirm("roof").state == "enrolled"
    assert enrolment.allowed(ONE.public)
    with pytest.raises(EnrolmentError, match="does not wait"):
        enrolment.confirm("roof")


def test_a_pending_node_that_is_revoked_cannot_be_confirmed(tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path)
    enrolment.enrol("roof", ONE.public, "pending")
    enrolment.revoke("roof")
    with pytest.raises(EnrolmentError, match="does not wait"):
        enrolment.confirm("roof")


def test_the_next_key_is_let_in_beside_the_old_one_until_it_is_used(tmp_path: Path) -> None:
    enrolment, other = Enrolment(tmp_path), Enrolment(tmp_path)
    node = enrolment.enrol("roof", ONE.public)
    assert enrolment.announce(node, TWO.public) == enrolment.announce(node, TWO.public)
    other.refresh()
    assert [other.allowed(key.public).name for key in (ONE, TWO)] == ["roof", "roof"]  # type: ignore[union-attr]
    assert not enrolment.used(ONE.public)
    assert not enrolment.used(THREE.public)
    assert enrolment.used(TWO.public)
    assert not enrolment.used(TWO.public)
    other.refresh()
    assert not other.allowed(ONE.public)
    assert _states(tmp_path) == {ONE.public: "replaced", TWO.public: "enrolled"}


def test_a_name_keeps_one_next_and_one_replaced_key(tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path)
    node = enrolment.enrol("roof", ONE.public)
    enrolment.announce(node, THREE.public)
    node = enrolment.announce(node, TWO.public)
    assert _states(tmp_path) == {ONE.public: "enrolled", TWO.public: "next"}
    enrolment.announce(node, THREE.public)
    assert _states(tmp_path) == {ONE.public: "replaced", TWO.public: "enrolled", THREE.public: "next"}
    enrolment.used(THREE.public)
    assert _states(tmp_path) == {TWO.public: "replaced", THREE.public: "enrolled"}


def test_what_may_not_be_announced(tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path)
    roof, yard = enrolment.enrol("roof", ONE.public), enrolment.enrol("yard", TWO.public)
    for key, words in ((ONE.public, "already"), (yard.key, "already"), ("short", "no public key")):
        with pytest.raises(EnrolmentError, match=words):
            enrolment.announce(roof, key)
    enrolment.announce(roof, THREE.public)
    enrolment.used(THREE.public)
    with pytest.raises(EnrolmentError, match="enrolled no longer"):
        enrolment.announce(roof, new_keys().public)
    enrolment.revoke("yard")
    with pytest.raises(EnrolmentError, match="enrolled no longer"):
        enrolment.announce(yard, new_keys().public)


def test_to_revoke_a_name_is_to_revoke_all_its_keys(tmp_path: Path) -> None:
    enrolment = Enrolment(tmp_path)
    enrolment.announce(enrolment.enrol("roof", ONE.public), TWO.public)
    assert enrolment.revoke("roof").key == ONE.public
    assert not enrolment.used(TWO.public)
    assert set(_states(tmp_path).values()) == {"revoked"}
    enrolment.enrol("roof", THREE.public)
    assert _states(tmp_path) == {THREE.public: "enrolled"}


def test_what_many_change_at_once_is_all_there(tmp_path: Path) -> None:
    pairs = {f"node-{number}": new_keys().public for number in range(24)}

    def enrol_some(first: int) -> None:
        enrolment = Enrolment(tmp_path)
        for name, key in list(pairs.items())[first::4]:
            enrolment.enrol(name, key)

    threads = [threading.Thread(target=enrol_some, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {node.name: node.key for node in Enrolment(tmp_path).nodes()} == pairs


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnrolmentError, match=r"nodes\.txt"):
        Enrolment(tmp_path / "file").enrol("roof", ONE.public)
