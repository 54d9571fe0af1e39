"""A tiny ONNX model, written byte by byte (onnx.proto, IR version 8): a picture, flattened, times a matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FLOAT, INT, INT_ATTRIBUTE = 1, 7, 2


def linear(weights: NDArray[np.float32], side_px: int) -> bytes:
    """Scores (1, labels) of a picture (1, 1, side, side) by weights (side * side, labels)."""
    labels = weights.shape[1]
    nodes = [
        _text(1, "picture")
        + _text(2, "flat")
        + _text(4, "Flatten")
        + _field(5, _text(1, "axis") + _number(3, 1) + _number(20, INT_ATTRIBUTE)),
        _text(1, "flat") + _text(1, "weights") + _text(2, "scores") + _text(4, "MatMul"),
    ]
    held = b"".join(_number(1, size) for size in weights.shape) + _number(2, FLOAT) + _text(8, "weights")
    held += _field(9, np.ascontiguousarray(weights, "<f4").tobytes())
    graph = b"".join(_field(1, node) for node in nodes) + _text(2, "tiny") + _field(5, held)
    graph += _field(11, _shape("picture", (1, 1, side_px, side_px))) + _field(12, _shape("scores", (1, labels)))
    return _number(1, 8) + _field(7, graph) + _field(8, _text(1, "") + _number(2, 13))


def _shape(name: str, sizes: tuple[int, ...]) -> bytes:
    dimensions = b"".join(_field(1, _number(1, size)) for size in sizes)
    return _text(1, name) + _field(2, _field(1, _number(1, FLOAT) + _field(2, dimensions)))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _field(field, text.encode())
