"""The desk and the node's visit to it, over real sockets on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import zmq

from edge_node.publish import enrol_wire
from edge_node.publish.enrol import EnrolError, enrol
from edge_node.publish.enrol_token import Token
from edge_node.publish.enrol_wire import Ask, Refusal, Welcome
from edge_node.publish.key_rotation import begin_rotation
from edge_node.publish.keys import KeyPair, load_or_make
from edge_node.publish.words import words
from tests.tools.c2.helpers import new_keys, until
from tools.c2.desk import MOST_WRONG
from tools.c2.enrolment import FILE, Enrolment, Node
from tools.c2.invitations import Invitations
from tools.c2.news import Event
from tools.c2.station import Station

SERVER, NODE, OTHER = new_keys(), new_keys(), new_keys()
LIVE = "tcp://127.0.0.1:5571"


class OpenDesk:
    """A C2 that serves in a thread; `events` are all that it said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[Event] = []
        self._station = Station("tcp://127.0.0.1:*", SERVER, folder, enrol="tcp://127.0.0.1:*")
        self.address = self._station.enrol_endpoint
        self.totals = self._station.totals
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while not self._stop.is_set():
            self.events += self._station.events(0.01)
        self._station.close()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def invite(self, name: str = "roof", minutes: float = 10, confirm: bool = False) -> Token:
        invitation, secret = Invitations(self.folder).invite(name, minutes, LIVE, confirm=confirm)
        return Token(secret, SERVER.public, invitation.expires_utc_s, self.address, LIVE)

    def nodes(self) -> list[Node]:
        return Enrolment(self.folder).nodes()

    def of_kind(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["kind"] == kind]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[OpenDesk]:
    opened = OpenDesk(tmp_path)
    yield opened
    opened.close()


def refused(token: Token, keys: KeyPair, wait_s: float = 15) -> str:
    with pytest.raises(EnrolError) as caught:
        enrol(token, keys, wait_s)
    return str(caught.value)


def wrong(token: Token) -> Token:
    return Token(bytes(16), token.server_key, token.expires_utc_s, token.enrol, token.live)


def test_a_node_enrols_once_and_both_ends_show_the_same_words(desk: OpenDesk) -> None:
    token = desk.invite()
    welcome = enrol(token, NODE, 15)
    assert welcome == Welcome(kind="enrolled", name="roof", live=LIVE)
    said = words(NODE.public, SERVER.public, token.secret)
    assert desk.nodes() == [Node("roof", NODE.public, "enrolled", said)]
    until(lambda: desk.of_kind("enrolled"), lambda: time.sleep(0.01))
    assert desk.of_kind("enrolled") == [
        {"kind": "enrolled", "node": "roof", "node8": NODE.node8, "state": "enrolled", "fingerprint": NODE.fingerprint, "words": said}
    ]


def test_asked_again_by_the_same_key_it_answers_the_same_and_tells_it_once(desk: OpenDesk) -> None:
    token = desk.invite()
    assert enrol(token, NODE, 15) == enrol(token, NODE, 15) == enrol(token, NODE, 15)
    assert len(desk.nodes()) == 1
    assert len(desk.of_kind("enrolled")) == 1


def test_a_second_node_with_the_same_token_is_told_that_it_is_used(desk: OpenDesk) -> None:
    token = desk.invite()
    enrol(token, NODE, 15)
    assert "no open invitation: this token was used" in refused(token, OTHER)
    desk.invite("yard")
    assert "another node enrolled with this token already" in refused(token, OTHER)
    assert [node.key for node in desk.nodes()] == [NODE.public]


def test_a_token_that_is_over_is_named_whether_others_are_open_or_not(desk: OpenDesk) -> None:
    token = desk.invite(minutes=0)
    assert "this token was over at" in refused(token, NODE)
    desk.invite("yard")
    assert "this token is over" in refused(token, NODE)
    assert desk.nodes() == []
    assert desk.totals["wrong_secrets"] == 0


def test_a_void_token_is_not_known(desk: OpenDesk) -> None:
    void, _ = desk.invite(), desk.invite()
    assert "does not know this token" in refused(void, NODE)
    assert desk.totals["wrong_secrets"] == 1


def test_ten_wrong_secrets_close_the_desk_for_a_minute(desk: OpenDesk) -> None:
    token = desk.invite()
    for _ in range(MOST_WRONG):
        assert "does not know this token" in refused(wrong(token), OTHER)
    assert "too many wrong ones" in refused(token, NODE)
    assert [event["why"] for event in desk.of_kind("desk_closed")] == ["10 wrong secrets: nobody is enrolled for 60 s"]
    assert desk.nodes() == []
    assert desk.of_kind("refused")[0]["why"] == "it showed the enrolment desk a wrong secret"


def test_the_desk_opens_again(desk: OpenDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.c2.desk.CLOSED_S", 0.2)
    token, let_in = desk.invite(), []
    for _ in range(MOST_WRONG):
        refused(wrong(token), OTHER)

    def again() -> None:
        with suppress(EnrolError):
            let_in.append(enrol(token, NODE, 15))

    until(lambda: let_in, again)
    assert let_in[0].name == "roof"


def test_an_answer_that_was_lost_is_given_again_to_the_same_key(desk: OpenDesk) -> None:
    token = desk.invite()
    with asking(desk, NODE) as peer:
        peer.send(enrol_wire.encode(Ask(secret=token.secret)))
        until(desk.nodes, lambda: time.sleep(0.01))
    assert enrol(token, NODE, 15).name == "roof"
    assert "no open invitation" in refused(token, OTHER)


def test_who_is_connected_when_the_desk_closes_is_told(desk: OpenDesk) -> None:
    token = desk.invite()
    with asking(desk, NODE) as peer:
        answers = [ask(peer, bytes(16)) for _ in range(MOST_WRONG)]
        assert answers == [Refusal(why="unknown")] * MOST_WRONG
        assert ask(peer, token.secret) == Refusal(why="closed")


def test_a_node_that_must_be_confirmed_waits(desk: OpenDesk) -> None:
    assert enrol(desk.invite(confirm=True), NODE, 15).kind == "pending"
    assert not Enrolment(desk.folder).allowed(NODE.public)
    until(lambda: desk.of_kind("enrolled"), lambda: time.sleep(0.01))
    assert desk.of_kind("enrolled")[0]["state"] == "pending"
    Enrolment(desk.folder).confirm("roof")
    assert Enrolment(desk.folder).allowed(NODE.public)


def test_a_name_or_key_that_is_anothers_is_not_taken_over(desk: OpenDesk) -> None:
    enrolment = Enrolment(desk.folder)
    roof, yard = desk.invite("roof"), desk.invite("yard")
    enrolment.enrol("roof", OTHER.public)
    assert "is another node's" in refused(roof, NODE)
    assert "under another name" in refused(yard, OTHER)
    assert [(node.name, node.key) for node in desk.nodes()] == [("roof", OTHER.public)]
    assert enrol(yard, NODE, 15).name == "yard"


def test_a_node_that_was_revoked_does_not_come_back_with_the_same_token(desk: OpenDesk) -> None:
    token = desk.invite()
    enrol(token, NODE, 15)
    Enrolment(desk.folder).revoke("roof")
    assert "has revoked this node" in refused(token, NODE)
    assert enrol(desk.invite(), NODE, 15).name == "roof"


def test_the_next_key_of_c2_is_told(desk: OpenDesk) -> None:
    load_or_make(desk.folder)
    coming = begin_rotation(desk.folder)
    assert enrol(desk.invite(), NODE, 15).next_server_key == coming.public


@pytest.mark.parametrize("spoilt", [FILE, "keys/next.toml"])
def test_a_c2_whose_files_are_spoilt_says_so_and_goes_on(desk: OpenDesk, spoilt: str) -> None:
    token = desk.invite()
    (desk.folder / "keys").mkdir()
    (desk.folder / spoilt).write_text("spoilt")
    assert "its operator is told why" in refused(token, NODE)
    (desk.folder / spoilt).unlink()
    assert enrol(token, NODE, 15).name == "roof"


def test_another_server_key_is_another_c2_and_is_not_shown_the_secret(desk: OpenDesk) -> None:
    token = desk.invite()
    assert "does not prove to be the C2 of this token" in refused(
        Token(token.secret, OTHER.public, token.expires_utc_s, token.enrol, LIVE), NODE
    )
    assert desk.totals["wrong_secrets"] == 0
    assert desk.nodes() == []


def test_who_speaks_no_zmtp_is_no_c2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        token = Token(bytes(16), SERVER.public, 0, f"tcp://127.0.0.1:{server.getsockname()[1]}", LIVE)

        def answer() -> None:
            peer, _ = server.accept()
            with peer, suppress(ConnectionError):  # the node hangs up when it has heard enough
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" + bytes(64))
                peer.recv(1024)

        thread = threading.Thread(target=answer)
        thread.start()
        assert "does not prove to be the C2 of this token" in refused(token, NODE)
        thread.join()


def test_nobody_answers() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        token = Token(bytes(16), SERVER.public, 0, f"tcp://127.0.0.1:{free.getsockname()[1]}", LIVE)
        assert "nobody answers at" in refused(token, NODE, wait_s=0.3)


def test_an_address_that_cannot_be_dialled_is_named() -> None:
    assert "cannot be dialled" in refused(Token(bytes(16), SERVER.public, 0, "tcp://nowhere", LIVE), NODE)


@contextmanager
def asking(desk: OpenDesk, keys: KeyPair) -> Iterator[zmq.Socket[bytes]]:
    """A DEALER that says what it likes."""
    with zmq.Context() as context, context.socket(zmq.DEALER) as peer:
        peer.linger = 0
        peer.curve_serverkey, peer.curve_publickey, peer.curve_secretkey = (
            SERVER.public.encode(),
            keys.public.encode(),
            keys.secret.encode(),
        )
        peer.connect(desk.address)
        yield peer


def ask(peer: zmq.Socket[bytes], secret: bytes) -> object:
    peer.send(enrol_wire.encode(Ask(secret=secret)))
    assert peer.poll(10_000)
    return enrol_wire.decode(peer.recv())


def test_what_is_no_question_is_not_answered_and_never_kills(desk: OpenDesk) -> None:
    token = desk.invite()
    with asking(desk, OTHER) as peer:
        for said in (b"", b"\xc1", b"\x91" * 500, enrol_wire.encode(Refusal(why="used")), enrol_wire.encode(Ask(secret=bytes(16)))[:-1]):
            peer.send(said)
        peer.send_multipart([b"", enrol_wire.encode(Ask(secret=token.secret))])
        assert ask(peer, bytes(16)) == Refusal(why="unknown")
        assert not peer.poll(0)
        peer.send(bytes(5000))
        assert enrol(token, NODE, 15).name == "roof"


def test_the_key_of_the_session_is_enrolled_whatever_else_is_said(desk: OpenDesk) -> None:
    token = desk.invite()
    with asking(desk, NODE) as peer:
        peer.send(enrol_wire.encode(Ask(secret=token.secret))[:-17] + b"\xc4\x10" + token.secret)
        longer = b"\x95" + enrol_wire.encode(Ask(secret=token.secret))[1:] + b"\xd9\x28" + OTHER.public.encode()
        peer.send(longer)
        assert peer.poll(10_000)
    assert [node.key for node in desk.nodes()] == [NODE.public]
