"""The node's CURVE key pair: made on the node at its first start, and never shown but for its public half."""

from __future__ import annotations

import io
import os
import stat
import struct
import tempfile
import tomllib
from hashlib import sha256
from pathlib import Path

import zmq
from msgspec import Struct
from zmq.utils import z85

FILE = Path("keys", "curve.toml")


class KeyFileError(Exception):
    """The key file cannot be trusted or read; the text says why and what to do."""


class KeyPair(Struct, frozen=True):
    """Both halves in Z85 (ZeroMQ RFC 32), 40 characters each."""

    public: str
    secret: str

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


def _digest(public: str) -> str:
    if len(public) != 40:
        raise ValueError("a public key has 40 characters")
    try:
        return sha256(z85.decode(public)).hexdigest()
    except (KeyError, struct.error) as error:
        raise ValueError("not the Z85 text of a key") from error


def require_curve() -> None:
    """Raises KeyFileError where the ZeroMQ library cannot encrypt: nothing may then be sent at all."""
    if not zmq.has("curve"):
        raise KeyFileError("this ZeroMQ library was built without CURVE and cannot encrypt: install pyzmq from its wheel")


def load_or_make(state_dir: Path) -> KeyPair:
    """The pair of this node, made if there is none; raises KeyFileError."""
    require_curve()
    path = state_dir / FILE
    try:
        if not path.exists():
            _make(path)
        return _load(path)
    except OSError as error:
        raise KeyFileError(f"the key file {path} cannot be used: {error.strerror}") from error


def _make(path: Path) -> None:
    """Write the whole file under another name first, so that a power cut leaves no half a key; the first of two makers wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    public, secret = zmq.curve_keypair()
    handle, fresh = tempfile.mkstemp(prefix=".new-", dir=path.parent)  # O_EXCL, mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"public = '{public.decode()}'\nsecret = '{secret.decode()}'\n")
            file.flush()
            os.fsync(file.fileno())
        _link(fresh, path)
    finally:
        Path(fresh).unlink()


def _link(fresh: str, path: Path) -> None:
    try:
        os.link(fresh, path)
    except FileExistsError:
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _load(path: Path) -> KeyPair:
    with path.open("rb") as file:
        about = os.fstat(file.fileno())
        if stat.S_IMODE(about.st_mode) & 0o077:
            raise KeyFileError(
                f"others than its owner can read the key file {path}: its key may be known; delete it, start again, enrol anew"
            )
        text = file.read(4096)
    try:
        told = tomllib.loads(text.decode("ascii"))
        pair = KeyPair(public=told["public"], secret=told["secret"])
        whole = zmq.curve_public(pair.secret.encode()).decode() == pair.public
    except (ValueError, KeyError, TypeError, AttributeError, zmq.ZMQError) as error:
        raise KeyFileError(f"the key file {path} is cut or holds no key: delete it, start again, enrol anew") from error
    if not whole:
        raise KeyFileError(f"the two halves in the key file {path} do not belong together: delete it, start again, enrol anew")
    return pair


def show(pair: KeyPair) -> str:
    """The public key for a technician: fingerprint, text, and a QR code of the text."""
    import segno  # noqa: PLC0415  (13 MiB that the hub never needs)

    code = io.StringIO()
    segno.make(pair.public, error="m", micro=False).terminal(code, compact=True)
    return f"node        {pair.node8}\nfingerprint {pair.fingerprint}\npublic key  {pair.public}\n\n{code.getvalue()}"
