"""Turbo decoding by max-log-MAP, the trellis cut into windows that are walked at once, both ways (Schurgers 2001; Yoon 2002).

Where a window begins and ends is taken from its neighbours as they were one iteration before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.droneid.turbo_code import (
    BITS,
    DEINTERLEAVER,
    INTERLEAVER,
    NEXT,
    PARITY,
    STATES,
    TAIL,
    TAIL_PARITY,
    TAIL_SYSTEMATIC,
)

Soft = NDArray[np.float32]
Check = Callable[[bytes], bool]

WINDOWS = 32
STEPS = BITS // WINDOWS
ITERATIONS = 12
# Max-log-MAP is too sure of itself (Vogt and Finger 2000).
TRUST = np.float32(0.75)
IMPOSSIBLE = np.float32(-1e9)
HALF = np.float32(0.5)


class Decoded:
    """Bytes (176) that passed their check, after so many iterations: 0 where the bits as received were right."""

    def __init__(self, data: bytes, iterations: int) -> None:
        self.data, self.iterations = data, iterations


def decode(streams: Soft, check: Check) -> Decoded | None:
    """Streams (3, 1412) of soft bits, positive for 0; None where no iteration gives bytes that the check passes."""
    scale = np.mean(np.abs(streams))
    if not np.isfinite(scale) or scale <= 0:
        return None
    received = (streams / scale).astype(np.float32)
    systematic = received[0, :BITS]
    data = _bytes(systematic)
    if check(data):
        return Decoded(data, 0)
    first = _Half(systematic, received[1, :BITS], _tail(received, 0))
    second = _Half(systematic[INTERLEAVER], received[2, :BITS], _tail(received, 1))
    return _iterate(first, second, systematic, check)


def _iterate(first: _Half, second: _Half, systematic: Soft, check: Check) -> Decoded | None:
    known, before = np.zeros(BITS, np.float32), b""
    for iteration in range(1, ITERATIONS + 1):
        told = first.told(known)
        known = second.told(told[INTERLEAVER])[DEINTERLEAVER]
        data = _bytes(systematic + told + known)
        if data != before and check(data):
            return Decoded(data, iteration)
        before = data
    return None


def _bytes(soft: Soft) -> bytes:
    return np.packbits(soft < 0).tobytes()


class _Half:
    """One of the two convolutional codes, and where its windows began and ended last."""

    def __init__(self, systematic: Soft, parity: Soft, ending: Soft) -> None:
        self._systematic, self._parity = _windows(systematic), _windows(parity)
        self._metrics = np.zeros((2, STATES, WINDOWS), np.float32)
        self._metrics[0, 1:, 0] = IMPOSSIBLE
        self._metrics[1, :, -1] = ending

    def told(self, known: Soft) -> Soft:
        """What this code says of each bit (1408,) beyond what was received and is known of it."""
        half = (self._systematic + _windows(known)) * HALF
        parity = self._parity * HALF
        # By bit and parity bit; a bit of 0 is positive.
        branches = np.stack([half + parity, half - parity, -half + parity, -half - parity])
        forward, backward = self._walk(branches)
        agreeing, differing = _best(forward, backward, parity)
        return (agreeing - differing).T.reshape(-1) * TRUST

    def _walk(self, branches: Soft) -> tuple[Soft, Soft]:
        """Metrics (44, 8, 32) before each step going forward and after it going backward."""
        into, edges_into, edges_from = _edges()
        metrics = np.empty((STEPS + 1, 2 * STATES, WINDOWS), np.float32)
        metrics[0] = self._metrics.reshape(2 * STATES, WINDOWS)
        gains = np.concatenate([branches[edges_into], branches[edges_from][:, :, ::-1]], axis=1).transpose(2, 0, 1, 3)
        gains = np.ascontiguousarray(gains)
        paths = np.empty((2, 2 * STATES, WINDOWS), np.float32)
        for k in range(STEPS):
            np.take(metrics[k], into, axis=0, out=paths, mode="clip")
            paths += gains[k]
            np.maximum(paths[0], paths[1], out=metrics[k + 1])
        self._keep(metrics[-1].reshape(2, STATES, WINDOWS))
        return metrics[:-1, :STATES], metrics[-2::-1, STATES:]

    def _keep(self, ends: Soft) -> None:
        """What one window ended with is what its neighbour begins with."""
        ends = ends - ends.max(axis=1, keepdims=True)
        self._metrics[0, :, 1:] = ends[0, :, :-1]
        self._metrics[1, :, :-1] = ends[1, :, 1:]


def _best(forward: Soft, backward: Soft, parity: Soft) -> tuple[Soft, Soft]:
    """The best paths' metrics (44, 32) with a bit of 0 and with a bit of 1, without what the bit itself was received as."""
    best = []
    for bit in range(2):
        paths = forward + backward[:, NEXT[bit]]
        odd = PARITY[bit] == 1
        best.append(np.maximum(paths[:, ~odd].max(axis=1) + parity, paths[:, odd].max(axis=1) - parity))
    return best[0], best[1]


@lru_cache
def _edges() -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Of two edges each: the states that lead to each of 8 forward and, from 8 on, backward; the branches of both, 2 bit + parity."""
    state, bit = np.tile(np.arange(STATES), 2), np.repeat(np.arange(2), STATES)
    leading = np.argsort(NEXT.reshape(-1), kind="stable").reshape(STATES, 2).T
    into = np.concatenate([state[leading], NEXT + STATES], axis=1)
    branch = (2 * bit + PARITY.reshape(-1)).astype(np.intp)
    return into, branch[leading], branch.reshape(2, STATES)


def _windows(values: Soft) -> Soft:
    """Steps by windows (44, 32)."""
    return np.ascontiguousarray(values.reshape(WINDOWS, STEPS).T)


def _tail(received: Soft, code: int) -> Soft:
    """Metrics (8,) of the state after the last bit, by the tail that leads from it to state 0."""
    metrics = np.full(STATES, IMPOSSIBLE, np.float32)
    metrics[0] = 0
    for k in reversed(range(TAIL)):
        stream, place = TAIL_SYSTEMATIC[code][k]
        systematic = received[stream, BITS + place]
        stream, place = TAIL_PARITY[code][k]
        parity = received[stream, BITS + place]
        metrics = _step_back(metrics, systematic, parity)
    return np.asarray(metrics - metrics.max(), np.float32)


def _step_back(metrics: Soft, systematic: np.float32, parity: np.float32) -> Soft:
    """One step of the trellis, whatever the bit: a tail's bits are what the code itself makes them."""
    bits = np.arange(2)[:, None]
    paths = metrics[NEXT] + (1 - 2 * bits) * systematic / 2 + (1 - 2 * PARITY) * parity / 2
    return np.asarray(paths.max(axis=0), np.float32)
