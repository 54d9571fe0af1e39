"""The node's end of an enrolment: dials the desk of the token's C2, shows the secret, and says in words what came of it."""

from __future__ import annotations

import struct
import time
from datetime import UTC, datetime

import zmq
from zmq import Event

from edge_node.publish import enrol_wire
from edge_node.publish.enrol_token import Token
from edge_node.publish.enrol_wire import Ask, EnrolWireError, Refusal, Welcome
from edge_node.publish.keys import KeyPair, require_curve

HANDSHAKE_MS = 4_000
WATCHED = (
    Event.HANDSHAKE_SUCCEEDED | Event.HANDSHAKE_FAILED_AUTH | Event.HANDSHAKE_FAILED_NO_DETAIL | Event.HANDSHAKE_FAILED_PROTOCOL
    | Event.DISCONNECTED
)  # fmt: skip
NEW = "ask C2 for a new one ('python -m tools.c2 invite')"
WHY = {
    "unknown": f"C2 does not know this token: it is void, or over for long; {NEW}",
    "used": f"another node enrolled with this token already: {NEW}, and find out who that was",
    "expired": f"this token is over: {NEW}",
    "closed": "C2 was shown too many wrong tokens and enrols nobody for a minute: try again then",
    "name": "the name of this token is another node's at C2: have that one revoked there, or a token made for another name",
    "key": "C2 knows this node's key under another name: have that one revoked there, then ask for a new token",
    "revoked": f"C2 has revoked this node since it enrolled: {NEW}",
    "fault": "C2 cannot enrol anybody now; its operator is told why",
}


class EnrolError(Exception):
    """The node was not enrolled; the text says why and what to do."""


class UnreachableError(EnrolError):
    """C2 did not answer: the same may go well later."""


def enrol(token: Token, keys: KeyPair, wait_s: float) -> Welcome:
    """Have C2 enrol this key; asking again with the same token and key is answered the same; raises EnrolError and KeyFileError."""
    require_curve()
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        monitor = socket.get_monitor_socket(WATCHED)
        try:
            _dial(socket, token, keys)
            answer = _Visit(token, socket, monitor).answer(wait_s)
        except zmq.ZMQError as error:
            raise EnrolError(f"the address {token.enrol} in the token cannot be dialled: {error.strerror}; {NEW}") from error
        finally:
            socket.disable_monitor()
            monitor.close()
    if isinstance(answer, Refusal):
        raise EnrolError(WHY.get(answer.why, f"C2 refuses: {answer.why}; this node is older than C2: update it"))
    return answer


def _dial(socket: zmq.Socket[bytes], token: Token, keys: KeyPair) -> None:
    socket.linger = 0
    socket.handshake_ivl = HANDSHAKE_MS
    socket.connect_timeout = HANDSHAKE_MS
    socket.maxmsgsize = enrol_wire.MOST_BYTES
    socket.ipv6 = "[" in token.enrol
    socket.curve_serverkey = token.server_key.encode()
    socket.curve_publickey, socket.curve_secretkey = keys.public.encode(), keys.secret.encode()
    socket.connect(token.enrol)


class _Visit:
    """One try at the desk: asks anew on each session, for an answer may be lost with the session that it was for."""

    def __init__(self, token: Token, socket: zmq.Socket[bytes], monitor: zmq.Socket[bytes]) -> None:
        self._token, self._socket, self._monitor = token, socket, monitor
        self._greeted = False

    def answer(self, wait_s: float) -> Welcome | Refusal:
        """What the desk says; raises EnrolError."""
        until_s = time.monotonic() + wait_s
        poller = zmq.Poller()
        poller.register(self._socket, zmq.POLLIN)
        poller.register(self._monitor, zmq.POLLIN)
        while (left_s := until_s - time.monotonic()) > 0:
            ready = dict(poller.poll(int(left_s * 1000) + 1))
            if self._socket in ready:
                return self._read(self._socket.recv_multipart())
            if self._monitor in ready:
                self._note(Event(struct.unpack("=Hi", self._monitor.recv_multipart()[0])[0]))
        where = self._token.enrol
        if self._greeted:
            raise UnreachableError(f"C2 at {where} did not answer within {wait_s:g} s: say the same again, it may be enrolled already")
        raise UnreachableError(
            f"nobody answers at {where} within {wait_s:g} s: does C2 serve with --enrol-bind, and can this node reach it?"
        )

    def _read(self, frames: list[bytes]) -> Welcome | Refusal:
        try:
            said = enrol_wire.decode(frames[-1])
        except EnrolWireError as error:
            raise EnrolError(f"C2 answers what this node cannot read: {error}") from error
        if isinstance(said, Ask):
            raise EnrolError("C2 answers with a question: that is no enrolment desk")
        return said

    def _note(self, event: Event) -> None:
        match event:
            case Event.HANDSHAKE_SUCCEEDED:
                self._greeted = True
                self._socket.send(enrol_wire.encode(Ask(secret=self._token.secret)), zmq.NOBLOCK)
            case Event.HANDSHAKE_FAILED_AUTH:
                raise EnrolError(self._nobody_is_invited())
            case _ if not self._greeted:
                where = self._token.enrol
                raise EnrolError(
                    f"who answers at {where} does not prove to be the C2 of this token: its key is another one, or it is no C2, or it "
                    "hangs; it was not shown the secret"
                )

    def _nobody_is_invited(self) -> str:
        over = datetime.fromtimestamp(self._token.expires_utc_s, UTC)
        if over <= datetime.now(UTC):
            return f"this token was over at {over:%Y-%m-%d %H:%M:%S} UTC: {NEW}"
        return f"C2 has no open invitation: this token was used or made void, or too many wrong ones were shown; wait a minute, or {NEW}"
