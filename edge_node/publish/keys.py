"""The node's CURVE key pair: made on the node at its first start, and never shown but for its public half."""

from __future__ import annotations

import io
import os
import stat
import struct
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import zmq
from msgspec import Struct
from zmq.utils import z85

from edge_node import private_file

FILE = Path("keys", "curve.toml")
CREDENTIAL = "edge-node-keys"
MOST_BYTES = 4096
YEAR_DAYS = 365


class KeyFileError(Exception):
    """The key file cannot be trusted or read; the text says why and what to do."""


class KeyPair(Struct, frozen=True):
    """Both halves in Z85 (ZeroMQ RFC 32), 40 characters each, and when they were made, where that is known."""

    public: str
    secret: str
    made: datetime | None = None

    def __repr__(self) -> str:
        return f"KeyPair({self.fingerprint})"

    @property
    def node8(self) -> str:
        """The name of this key in topics: the first 8 hex digits of its fingerprint."""
        return node8(self.public)

    @property
    def fingerprint(self) -> str:
        """For people to compare: 16 hex digits in fours."""
        return fingerprint(self.public)


def fingerprint(public: str) -> str:
    """The first 16 hex digits, in fours, of SHA-256 over the 32 bytes of a public key in Z85; raises ValueError for no key."""
    digits = _digest(public)[:16]
    return "-".join(digits[place : place + 4] for place in range(0, 16, 4))


def node8(public: str) -> str:
    """The first 8 hex digits of SHA-256 over the 32 bytes of a public key in Z85; raises ValueError for no key."""
    return _digest(public)[:8]


def raw(public: str) -> bytes:
    """The 32 bytes of a public key in Z85; raises ValueError for no key."""
    if len(public) != 40:
        raise ValueError("a public key has 40 characters")
    try:
        return z85.decode(public)
    except (KeyError, struct.error) as error:
        raise ValueError("not the Z85 text of a key") from error


@lru_cache(maxsize=4096)  # C2 names the sender of each message so
def _digest(public: str) -> str:
    return sha256(raw(public)).hexdigest()


def require_curve() -> None:
    """Raises KeyFileError where the ZeroMQ library cannot encrypt: nothing may then be sent at all."""
    if not zmq.has("curve"):
        raise KeyFileError("this ZeroMQ library was built without CURVE and cannot encrypt: install pyzmq from its wheel")


def credential() -> Path | None:
    """The file in which systemd hands over the pair, where it does (systemd.exec(5), LoadCredentialEncrypted=)."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder, CREDENTIAL) if folder else None
    return path if path and path.exists() else None


def load_or_make(state_dir: Path) -> KeyPair:
    """The pair of this node, made if there is none; raises KeyFileError."""
    path = state_dir / FILE
    require_curve()
    with using(path):
        given = credential()
        if given:
            return _parse(given, given.read_bytes()[:MOST_BYTES], "encrypt a sound key file anew (docs/enrolment.md)")
        if not path.exists():
            make_pair(path)
        return read_pair(path)


def make(state_dir: Path) -> KeyPair:
    """A pair for a node that has none; raises KeyFileError."""
    path = state_dir / FILE
    with using(path):
        if credential() or not make_pair(path):
            where = credential() or path
            raise KeyFileError(f"there is a key pair already, in {where}: 'keys' shows it, 'keys rotate' makes the one that comes next")
        return read_pair(path)


def make_pair(path: Path) -> bool:
    """Write a new pair where there is no file yet; the first of two makers wins; raises KeyFileError and OSError."""
    require_curve()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    public, secret = (half.decode() for half in zmq.curve_keypair())
    made = datetime.now(UTC).isoformat(timespec="seconds")
    return private_file.make(path, f"made = '{made}'\npublic = '{public}'\nsecret = '{secret}'\n")


def read_pair(path: Path) -> KeyPair:
    """The pair in a file that is its owner's alone; raises KeyFileError and OSError."""
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise KeyFileError(
                f"others than its owner can read the key file {path}: its key may be known; delete it, start again, enrol anew"
            )
        return _parse(path, file.read(MOST_BYTES), "delete it, start again, enrol anew")


@contextmanager
def using(path: Path) -> Iterator[None]:
    """Says of an OSError which key file it is about, as KeyFileError."""
    try:
        yield
    except OSError as error:
        do = "; run this as the user that runs the node" if isinstance(error, PermissionError) else ""
        raise KeyFileError(f"the key file {path} cannot be used: {error.strerror}{do}") from error


def _parse(path: Path, text: bytes, do: str) -> KeyPair:
    try:
        told = tomllib.loads(text.decode("ascii"))
        made = datetime.fromisoformat(told["made"]).astimezone(UTC) if "made" in told else None
        pair = KeyPair(told["public"], told["secret"], made)
        whole = zmq.curve_public(pair.secret.encode()).decode() == pair.public
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, zmq.ZMQError) as error:
        raise KeyFileError(f"the key file {path} is cut or holds no key: {do}") from error
    if not whole:
        raise KeyFileError(f"the two halves in the key file {path} do not belong together: {do}")
    return pair


def show(pair: KeyPair) -> str:
    """The public key for a technician: fingerprint, age, text, and a QR code of the text."""
    return (
        f"node        {pair.node8}\nfingerprint {pair.fingerprint}\nmade        {age(pair, datetime.now(UTC))}\n"
        f"public key  {pair.public}\n\n{qr(pair.public)}"
    )


def age(pair: KeyPair, now: datetime) -> str:
    """When the pair was made, in words, and what follows from it."""
    if pair.made is None:
        return "at a time that its file does not tell: rotate it once a year"
    days = (now - pair.made).days
    if days < 0:
        return f"{pair.made:%Y-%m-%d}, which has not come yet: this clock, or the one that it was made by, is wrong"
    return f"{pair.made:%Y-%m-%d}, {days} days ago" + (": older than a year; rotate it" if days > YEAR_DAYS else "")


def qr(text: str) -> str:
    """A QR code for a terminal."""
    import segno  # noqa: PLC0415  (13 MiB that the hub never needs)

    code = io.StringIO()
    segno.make(text, error="m", micro=False).terminal(code, compact=True)
    return code.getvalue()
