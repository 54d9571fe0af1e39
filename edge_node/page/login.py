"""Who may see a page: whoever holds its token; a session is a cookie that the token has signed."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
import tempfile
import time
from collections import OrderedDict
from pathlib import Path

FILE = "web-token"
SESSION_S = 12 * 3600
MOST_WRONG = 5
WRONG_FORGOTTEN_S = 60.0
MOST_ADDRESSES = 1_000
LEAST_CHARACTERS = 16


class WebError(Exception):
    """The page cannot be served so; the text says why and what to do."""


def load_or_make_token(state_dir: Path) -> str:
    """The token of this node, or of this C2, made if there is none, readable by its owner alone; raises WebError."""
    path = state_dir / FILE
    try:
        if not path.exists():
            _make(path)
        with path.open(encoding="ascii") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise WebError(f"others than its owner can read {path}: delete it, and start again with a new token")
            token = file.read(256).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WebError(f"the token file {path} cannot be used: {error}") from error
    if len(token) < LEAST_CHARACTERS:
        raise WebError(f"{path} is cut or holds no token: delete it, and start again with a new one")
    return token


def _make(path: Path) -> None:
    """Whole, or not at all; the first of two makers wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, fresh = tempfile.mkstemp(prefix=".new-", dir=path.parent)  # O_EXCL, mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_urlsafe(18)}\n")
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        Path(fresh).unlink()


class Login:
    """Compares tokens, and counts the wrong ones by address; holds no sessions, for each cookie proves itself."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()

    def must_wait(self, address: str) -> bool:
        """Whether too many wrong tokens came from there of late to look at another."""
        now_s = time.monotonic()
        recent = [wrong_s for wrong_s in self._wrong.get(address, ()) if now_s - wrong_s < WRONG_FORGOTTEN_S]
        return len(recent) >= MOST_WRONG

    def session(self, token: str, address: str) -> str | None:
        """A cookie's value for whoever has the token; None, and a count, for all others."""
        if hmac.compare_digest(token.encode(), self._token):
            self._wrong.pop(address, None)
            expiry_s = int(time.time()) + SESSION_S
            return f"{expiry_s}.{self._signed(expiry_s)}"
        self._wrong.setdefault(address, []).append(time.monotonic())
        self._wrong[address] = self._wrong[address][-MOST_WRONG:]
        self._wrong.move_to_end(address)
        while len(self._wrong) > MOST_ADDRESSES:
            self._wrong.popitem(last=False)
        return None

    def expiry_s(self, cookie: str) -> float:
        """Until when (UTC) this cookie opens the page; 0 when it never did or no longer does."""
        said, _, signature = cookie.partition(".")
        if not (said.isascii() and said.isdigit() and len(said) <= 12):
            return 0
        genuine = hmac.compare_digest(signature.encode(), self._signed(int(said)).encode())
        return int(said) if genuine and int(said) > time.time() else 0

    def _signed(self, expiry_s: int) -> str:
        return hmac.digest(self._token, f"session until {expiry_s}".encode(), "sha256").hex()
