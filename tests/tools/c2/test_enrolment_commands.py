from __future__ import annotations

import time
from pathlib import Path

import pytest

from edge_node.publish.enrol_token import decode
from tests.tools.c2.helpers import new_keys
from tools.c2.__main__ import main
from tools.c2.enrolment import Enrolment
from tools.c2.invitations import Invitations

NODE = new_keys()


def _call(folder: Path, *arguments: str) -> int:
    return main([arguments[0], "--state", str(folder), *arguments[1:]])


def test_an_invitation_is_a_token_that_says_where_to_dial(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _call(tmp_path, "invite", "roof", "--enrol", "tcp://c2.example.org:5573", "--minutes", "2") == 0
    said = capsys.readouterr()
    token = decode(said.out)
    assert (token.enrol, token.live, token.reliable) == tuple(f"tcp://c2.example.org:{port}" for port in (5573, 5571, 5572))
    assert 100 < token.expires_utc_s - time.time() <= 120
    assert "edge-node enrol TOKEN" in said.err
    assert _call(tmp_path, "key") == 0
    assert capsys.readouterr().out.strip() == token.server_key
    invitation = Invitations(tmp_path).find(token.secret)
    assert invitation is not None
    assert (invitation.name, invitation.confirm) == ("roof", False)


def test_addresses_can_be_told_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = ["--enrol", "ipc:///run/c2/enrol", "--live", "tcp://[2001:db8::1]:1", "--reliable", "tcp://c2:2", "--confirm"]
    assert _call(tmp_path, "invite", "roof", *more) == 0
    token = decode(capsys.readouterr().out)
    assert (token.enrol, token.live, token.reliable) == ("ipc:///run/c2/enrol", "tcp://[2001:db8::1]:1", "tcp://c2:2")
    invitation = Invitations(tmp_path).find(token.secret)
    assert invitation is not None
    assert invitation.confirm


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--enrol", "c2:5573"], "is written like"),
        (["--enrol", "tcp://*:5573"], "is where to listen"),
        (["--enrol", "tcp://0.0.0.0:5573"], "is where to listen"),
        (["--enrol", "tcp://[::]:5573"], "is where to listen"),
        (["--enrol", "tcp://c2:5573", "--minutes", "0"], "a number of minutes"),
        (["--enrol", "tcp://c2:5573", "--minutes", "2000"], "a number of minutes"),
        (["--enrol", "tcp://c2:5573", "--minutes", "nan"], "a number of minutes"),
        ([], "--enrol"),
    ],
)
def test_a_wrong_call_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], words: str) -> None:
    with pytest.raises(SystemExit):
        _call(tmp_path, "invite", "roof", *more)
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "enrol", "words"),
    [("two words", "tcp://c2:5573", "1 to 32"), ("yard", "ipc:///run/c2", "--live"), ("yard", "tcp://c2:5571", "--live")],
)
def test_what_makes_no_invitation_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, enrol: str, words: str) -> None:
    assert _call(tmp_path, "invite", name, "--enrol", enrol) == 1
    assert words in capsys.readouterr().err


def test_a_name_that_is_enrolled_is_not_invited_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public)
    assert _call(tmp_path, "invite", "roof", "--enrol", "tcp://c2:5573") == 1
    assert "revoke it first" in capsys.readouterr().err
    assert _call(tmp_path, "revoke", "roof") == 0
    assert _call(tmp_path, "invite", "roof", "--enrol", "tcp://c2:5573") == 0


def test_to_revoke_is_to_withdraw_the_invitation_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _call(tmp_path, "invite", "roof", "--enrol", "tcp://c2:5573")
    secret = decode(capsys.readouterr().out).secret
    assert _call(tmp_path, "revoke", "roof") == 0
    assert "the invitation of roof is void" in capsys.readouterr().out
    assert Invitations(tmp_path).find(secret) is None
    assert _call(tmp_path, "revoke", "roof") == 1


def test_a_pending_node_is_confirmed_and_its_words_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Enrolment(tmp_path).enrol("roof", NODE.public, "pending", "acorn actor admiral")
    assert _call(tmp_path, "nodes") == 0
    assert capsys.readouterr().out.split() == ["roof", NODE.node8, "pending", NODE.public, "acorn", "actor", "admiral"]
    assert _call(tmp_path, "confirm", "roof") == 0
    assert "acorn actor admiral" in capsys.readouterr().out
    assert _call(tmp_path, "confirm", "roof") == 1
    assert "does not wait" in capsys.readouterr().err
