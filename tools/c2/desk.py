"""The enrolment desk: who shows the secret of an open invitation is enrolled with the key that it came with."""

from __future__ import annotations

import time
from pathlib import Path

import zmq

from edge_node.publish import enrol_wire
from edge_node.publish.enrol_wire import Ask, EnrolWireError, Refusal, Welcome
from edge_node.publish.gate import Door, Gate
from edge_node.publish.key_rotation import next_pair
from edge_node.publish.keys import KeyFileError
from edge_node.publish.words import words
from tools.c2.enrolment import Clash, Enrolment, EnrolmentError, Node
from tools.c2.invitations import Invitation, Invitations
from tools.c2.news import News

DOMAIN = "enrol"
MOST_BYTES = 1024  # the handshake of CURVE itself has commands of some 300
MOST_A_TURN = 50
MOST_WRONG, CLOSED_S = 10, 60.0


class Desk:
    """A ROUTER behind the gate, which lets any key in, but only while an invitation is open; nothing that is received raises."""

    def __init__(self, socket: zmq.Socket[bytes], state_dir: Path, server_key: str, enrolment: Enrolment, news: News) -> None:
        self.socket, self._state_dir, self._server_key, self._enrolment, self._news = socket, state_dir, server_key, enrolment, news
        self._invitations = Invitations(state_dir)
        self._wrong = 0
        self._closed_until_s = 0.0
        self._fault = ""

    def bind(self, address: str, gate: Gate, secret: str) -> str:
        """Listen there; the address with its port; raises zmq.ZMQError."""
        self.socket.sndhwm = self.socket.rcvhwm = MOST_A_TURN
        return gate.bind(self.socket, address, Door(DOMAIN, secret, self._lets_in, MOST_BYTES))

    def _lets_in(self, key: str) -> bool:
        self._invitations.refresh()
        return not self._closed and self._invitations.open_to(key)

    @property
    def _closed(self) -> bool:
        return time.monotonic() < self._closed_until_s

    def service(self) -> None:
        """Answer who waits, but never so many that others starve."""
        self._invitations.refresh()
        if self._invitations.fault != self._fault:
            self._fault = self._invitations.fault
            self._news.tell({"kind": "desk_closed", "why": self._fault or "invitations can be read again"})
        for _ in range(MOST_A_TURN):
            if not self.socket.poll(0):
                break
            self._hear(self.socket.recv_multipart(copy=False))

    def _hear(self, frames: list[zmq.Frame]) -> None:
        key = str(frames[-1].get("User-Id"))
        try:
            said = enrol_wire.decode(frames[-1].bytes)
        except EnrolWireError as error:
            self._news.refuse(key, f"at the enrolment desk: {error}")
            return
        if len(frames) == 2 and isinstance(said, Ask):
            self.socket.send_multipart([frames[0].bytes, enrol_wire.encode(self._answer(key, said.secret))], zmq.NOBLOCK)

    def _answer(self, key: str, secret: bytes) -> Welcome | Refusal:
        if self._closed:
            return Refusal(why="closed")
        invitation = self._invitations.find(secret)
        if invitation is None:
            self._count_wrong(key)
            return Refusal(why="unknown")
        if invitation.taken_by not in (None, key):
            return Refusal(why="used")
        if invitation.over:
            return Refusal(why="expired")
        return self._welcome(invitation, key, secret)

    def _count_wrong(self, key: str) -> None:
        self._news.totals["wrong_secrets"] += 1
        self._news.refuse(key, "it showed the enrolment desk a wrong secret")
        self._wrong += 1
        if self._wrong >= MOST_WRONG:
            self._wrong, self._closed_until_s = 0, time.monotonic() + CLOSED_S
            self._news.tell({"kind": "desk_closed", "why": f"{MOST_WRONG} wrong secrets: nobody is enrolled for {CLOSED_S:.0f} s"})

    def _welcome(self, invitation: Invitation, key: str, secret: bytes) -> Welcome | Refusal:
        """Enrol, or say again to the same key what was said; a key that was revoked since then is not let in again."""
        node = self._enrolment.known(key)
        if node and not node.revoked and node.name != invitation.name:
            return Refusal(why="key")
        if node and node.revoked and invitation.taken_by == key:
            return Refusal(why="revoked")
        try:
            coming = next_pair(self._state_dir)
            if node is None or invitation.taken_by is None:
                node = self._enrol(invitation, key, secret)
        except (EnrolmentError, KeyFileError) as error:
            self._news.refuse(key, f"at the enrolment desk: {error}")
            return Refusal(why="name" if isinstance(error, Clash) else "fault")
        return Welcome(
            kind="pending" if node.state == "pending" else "enrolled",
            name=node.name,
            live=invitation.live,
            reliable=invitation.reliable,
            next_server_key=coming.public if coming else None,
        )

    def _enrol(self, invitation: Invitation, key: str, secret: bytes) -> Node:
        """The invitation is taken first: whatever happens then, it serves no second key."""
        if invitation.taken_by is None:
            self._invitations.take(invitation, key)
        said = words(key, self._server_key, secret)
        node = self._enrolment.enrol(invitation.name, key, "pending" if invitation.confirm else "enrolled", said)
        self._wrong = 0
        self._news.say(node, {"kind": "enrolled", "state": node.state, "fingerprint": node.fingerprint, "words": said})
        return node
