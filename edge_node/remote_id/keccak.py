"""cSHAKE128 (NIST SP 800-185 section 3), which hashlib lacks; for the few short hashes of DRIP, so plain Python will do."""

from __future__ import annotations

_RATE_BYTES = 168
_MASK = (1 << 64) - 1
_ROUNDS = 24


def cshake128(data: bytes, size: int, name: bytes = b"", customization: bytes = b"") -> bytes:
    """`size` bytes, at most one block, of data hashed under a function's name and a customization string."""
    if not 0 <= size <= _RATE_BYTES:
        raise ValueError(f"{size} bytes are more than one block")
    prefix = _padded(_encoded(name) + _encoded(customization)) if name or customization else b""
    message = bytearray(prefix + data + (b"\x04" if prefix else b"\x1f"))
    message.extend(bytes(-len(message) % _RATE_BYTES))
    message[-1] |= 0x80
    lanes = [0] * 25
    for at in range(0, len(message), _RATE_BYTES):
        for lane in range(_RATE_BYTES // 8):
            lanes[lane] ^= int.from_bytes(message[at + 8 * lane : at + 8 * lane + 8], "little")
        lanes = _permuted(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes)[:size]


def _left_encoded(number: int) -> bytes:
    raw = number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big")
    return bytes((len(raw),)) + raw


def _encoded(text: bytes) -> bytes:
    return _left_encoded(8 * len(text)) + text


def _padded(text: bytes) -> bytes:
    text = _left_encoded(_RATE_BYTES) + text
    return text + bytes(-len(text) % _RATE_BYTES)


def _rotated(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _MASK


def _permuted(lanes: list[int]) -> list[int]:
    """Keccak-f[1600] (FIPS 202 section 3.3); lane (x, y) is number x + 5 y."""
    for constant in _ROUND_CONSTANTS:
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        parity = [columns[x - 1] ^ _rotated(columns[(x + 1) % 5], 1) for x in range(5)]
        moved = [_rotated(lanes[source] ^ parity[source % 5], offset) for source, offset in _RHO_PI]
        lanes = [moved[at] ^ (~moved[at - at % 5 + (at + 1) % 5] & moved[at - at % 5 + (at + 2) % 5]) for at in range(25)]
        lanes[0] ^= constant
    return lanes


def _rho_pi() -> tuple[tuple[int, int], ...]:
    """For each lane after rho and pi: which lane it was, and by how much it is rotated."""
    offsets = {0: 0}
    x, y = 1, 0
    for step in range(24):
        offsets[x + 5 * y] = (step + 1) * (step + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    return tuple((source := (x + 3 * y) % 5 + 5 * x, offsets[source]) for y in range(5) for x in range(5))


def _round_constants() -> tuple[int, ...]:
    """From the linear feedback shift register x^8 + x^6 + x^5 + x^4 + 1."""
    constants, register = [], 1
    for _ in range(_ROUNDS):
        constant = 0
        for bit in range(7):
            if register & 1:
                constant |= 1 << ((1 << bit) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return tuple(constants)


_RHO_PI = _rho_pi()
_ROUND_CONSTANTS = _round_constants()
