"""Columns of a live picture of sound or spectrum, as a browser draws them: one byte a row."""

from __future__ import annotations

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

COLUMNS_A_SECOND = 8
"""Enough to see a drone come; of speech no word is left at eight spectra a second."""
DB_OF_0, DB_A_STEP = -150.0, 0.625


class Column(Struct, frozen=True, kw_only=True, tag_field="kind", tag="column"):
    """Levels over one span of time, from `low_hz` to `high_hz` in rows of equal width, of equal ratio where it is `octaves`.

    A byte n says DB_OF_0 + n * DB_A_STEP dB of full scale. `seconds` is how long a column lasts.
    """

    low_hz: float
    high_hz: float
    octaves: bool
    seconds: float
    levels: bytes
    db_of_0: float = DB_OF_0
    db_a_step: float = DB_A_STEP

    def encoded(self) -> bytes:
        """As JSON, with the levels in base64."""
        return msgspec.json.encode(self)


def steps(power: NDArray[np.float32]) -> bytes:
    """Powers relative to full scale, the lowest frequency first, as bytes."""
    decibels = 10 * np.log10(np.nan_to_num(power) + np.float32(1e-16))
    return np.asarray(np.clip((decibels - DB_OF_0) / DB_A_STEP, 0, 255), np.uint8).tobytes()
