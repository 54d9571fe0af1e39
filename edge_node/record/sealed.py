"""Files that only the holder of a private key can read: libsodium's secretstream (XChaCha20-Poly1305), its key sealed to an X25519 key.

A file is MAGIC, the sealed key, the stream's header, and pieces, each a little-endian length and so many bytes of ciphertext. Each piece
is bound to its place in the stream and to the file's name, so a cut file opens up to its cut, and none opens under another's name.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from struct import Struct
from typing import BinaryIO

from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.utils import random

SUFFIX = ".enc"
MAGIC = b"EDGE-NODE SEAL 1"
KEY_BYTES = 32
PIECE_BYTES = 1 << 16
SEALED_KEY_BYTES = KEY_BYTES + bindings.crypto_box_SEALBYTES
HEADER_BYTES: int = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
MORE_BYTES: int = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
FINAL: int = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
MESSAGE: int = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
SECRET_WORD = "edge-node-recordings-secret"  # noqa: S105 -- the first word of the file, not what is secret in it
_LENGTH = Struct("<I")


class KeyUnusable(ValueError):
    """No key, or not the one that opens it; the text says which."""


class SealedWriter:
    """Seals all that is written; what was flushed can be opened, whatever becomes of the rest."""

    def __init__(self, write: Callable[[bytes], object], public_key: bytes, name: str) -> None:
        key = random(KEY_BYTES)
        self._write, self._name = write, name.encode()
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        header = bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        self._waiting = bytearray()
        write(MAGIC + SealedBox(PublicKey(public_key)).encrypt(key) + header)

    def write(self, data: bytes | memoryview) -> int:
        """Take some more."""
        self._waiting += data
        while len(self._waiting) >= PIECE_BYTES:
            self._put(PIECE_BYTES)
        return len(data)

    def flush(self) -> None:
        """Let all that was taken be in the file."""
        if self._waiting:
            self._put(len(self._waiting))

    def finish(self) -> None:
        """Say that this is all."""
        self._put(len(self._waiting), FINAL)

    def _put(self, size: int, tag: int = MESSAGE) -> None:
        plain = bytes(self._waiting[:size])
        del self._waiting[:size]
        sealed = bindings.crypto_secretstream_xchacha20poly1305_push(self._state, plain, self._name, tag)
        self._write(_LENGTH.pack(len(sealed)) + sealed)


class SealedReader:
    """What is in a sealed file, from its start on; ends where the file does, and `whole` then says whether that is its end.

    Raises KeyUnusable where the key is another one, or the file has another name than it was written by.
    """

    def __init__(self, file: BinaryIO, private_key: bytes, name: str) -> None:
        self._file, self._name = file, name.encode()
        self.whole = False
        self._waiting = bytearray()
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        head = file.read(len(MAGIC) + SEALED_KEY_BYTES + HEADER_BYTES)
        self._over = len(head) < len(MAGIC) + SEALED_KEY_BYTES + HEADER_BYTES
        if self._over:
            return
        if not head.startswith(MAGIC):
            raise KeyUnusable(f"{name}{SUFFIX} does not begin as a sealed file does")
        try:
            key = SealedBox(PrivateKey(private_key)).decrypt(head[len(MAGIC) : -HEADER_BYTES])
        except CryptoError:
            raise KeyUnusable(f"{name}{SUFFIX} is sealed to another key") from None
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(self._state, head[-HEADER_BYTES:], key)

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer at the end."""
        while not self._over and (size < 0 or len(self._waiting) < size):
            self._take()
        size = len(self._waiting) if size < 0 else size
        data = bytes(self._waiting[:size])
        del self._waiting[:size]
        return data

    def close(self) -> None:
        """Close the file beneath."""
        self._file.close()

    def _take(self) -> None:
        length = self._file.read(_LENGTH.size)
        size = _LENGTH.unpack(length)[0] if len(length) == _LENGTH.size else 0
        sealed = self._file.read(size) if MORE_BYTES <= size <= PIECE_BYTES + MORE_BYTES else b""
        if not sealed or len(sealed) < size:
            self._over = True
            return
        try:
            plain, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(self._state, sealed, self._name)
        except (CryptoError, RuntimeError):
            self._over = True  # a power cut leaves anything at the end of a file
            return
        self._waiting += plain
        self.whole = self._over = tag == FINAL


def make_pair() -> tuple[str, str]:
    """A new private key, as its file holds it, and the public one for node.toml."""
    private = PrivateKey.generate()
    return f"{SECRET_WORD} {b64encode(bytes(private)).decode()}\n", b64encode(bytes(private.public_key)).decode()


def private_key(text: str) -> bytes:
    """Of the text of its file; raises KeyUnusable."""
    word, _, key = text.strip().partition(" ")
    if word != SECRET_WORD:
        raise KeyUnusable(f"that is no file of a private key, which begins with {SECRET_WORD}")
    return _bytes(key)


def public_key(text: str) -> bytes:
    """Of [black_box] public_key; raises KeyUnusable."""
    return _bytes(text)


def _bytes(text: str) -> bytes:
    try:
        key = b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyUnusable(f"a key is {KEY_BYTES} bytes in base64")
    return key
