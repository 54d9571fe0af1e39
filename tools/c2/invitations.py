"""The invitations that are open: one secret each, of which C2 keeps the hash alone, for one node, once, for some minutes."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from edge_node.enrolment_file import Address
from edge_node.publish.enrol_wire import SECRET_BYTES
from tools.c2.enrolment import NAME, EnrolmentError
from tools.c2.state_file import StateFile

FILE = "invitations.json"
MOST = 64
FORGET_AFTER_S = 3600
"""So long after its end an invitation is kept, to tell who comes too late that it is over."""


class Invitation(Struct, frozen=True, forbid_unknown_fields=True):
    """For whom, until when, where the node shall dial, and by which key it was taken."""

    name: str
    secret_sha256: str
    expires_utc_s: int
    live: Address
    reliable: Address | None = None
    confirm: bool = False
    taken_by: str | None = None

    @property
    def over(self) -> bool:
        """Whether its time is up."""
        return time.time() >= self.expires_utc_s


class Invitations:
    """The file in memory. A file that cannot be understood invites nobody, and `fault` says so."""

    def __init__(self, state_dir: Path) -> None:
        self._file = StateFile(state_dir / FILE)
        self._all: tuple[Invitation, ...] = ()
        self.fault = ""
        self.refresh()

    def refresh(self) -> None:
        """Read the file if it changed."""
        try:
            text = self._file.fresh()
            if text is not None:
                self._all, self.fault = msgspec.json.decode(text or "[]", type=tuple[Invitation, ...]), ""
        except (OSError, ValueError) as error:
            self._all, self.fault = (), f"{self._file.path}: {error}; nobody is invited"

    def open_to(self, key: str) -> bool:
        """Whether this key may come and ask: some invitation is open, or was taken by just this one."""
        return any(not one.over and one.taken_by in (None, key) for one in self._all)

    def invite(self, name: str, minutes: float, live: str, reliable: str | None = None, confirm: bool = False) -> tuple[Invitation, bytes]:
        """A new invitation and its secret; an older one of the same name is void; raises EnrolmentError."""
        if not NAME.fullmatch(name):
            raise EnrolmentError("a node's name is 1 to 32 letters, digits, dots, dashes or underscores")
        secret = secrets.token_bytes(SECRET_BYTES)
        one = Invitation(name, _hash(secret), int(time.time() + 60 * minutes), live, reliable, confirm)
        with self._changing() as known:
            known[:] = [*(other for other in known if other.name != name), one]
            if len(known) > MOST:
                raise EnrolmentError(f"more than {MOST} invitations: let some of them end first")
        return one, secret

    def withdraw(self, name: str) -> bool:
        """Let nobody enrol under this name by an invitation; whether there was one that stood open; raises EnrolmentError."""
        stood = any(one.name == name and not one.over and one.taken_by is None for one in self._all)
        with self._changing() as known:
            known[:] = [one for one in known if one.name != name]
        return stood

    def find(self, secret: bytes) -> Invitation | None:
        """The invitation that this secret belongs to, taken, over or open; every one is compared, in constant time."""
        shown = _hash(secret)
        found = [one for one in self._all if hmac.compare_digest(one.secret_sha256, shown)]
        return found[0] if found else None

    def take(self, invitation: Invitation, key: str) -> None:
        """From now on it is this key's alone; raises EnrolmentError."""
        with self._changing() as known:
            if invitation not in known:
                raise EnrolmentError(f"the invitation of {invitation.name} was withdrawn or taken")
            known[known.index(invitation)] = replace(invitation, taken_by=key)

    @contextmanager
    def _changing(self) -> Iterator[list[Invitation]]:
        """All that are worth keeping, to be changed in place, then written; raises EnrolmentError."""
        try:
            with self._file.changing():
                self.refresh()
                if self.fault:
                    raise EnrolmentError(self.fault)
                known = [one for one in self._all if time.time() < one.expires_utc_s + FORGET_AFTER_S]
                yield known
                self._file.write(msgspec.json.format(msgspec.json.encode(known).decode(), indent=1) + "\n")
                self.refresh()
        except OSError as error:
            raise EnrolmentError(f"{self._file.path} cannot be changed: {error.strerror}") from error


def _hash(secret: bytes) -> str:
    return sha256(secret).hexdigest()
