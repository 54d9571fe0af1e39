"""The media files of a sensor: which format for which block, and what stands around a block's bytes in it."""

from __future__ import annotations

from typing import Protocol, cast

from drivers import matroska, pcapng_file, wav_file
from drivers.blocks import AudioBlock, Frame, IqBlock, RadioFrame
from drivers.iq_formats import IqFormat
from drivers.sigmf_file import Stood, meta
from edge_node.record.forms import NUMBER_BYTES
from edge_node.record.kept import Kept

WRITER = "edge_node"
MOST_CAPTURES = 10_000


class Medium(Protocol):
    """One file of one kind; a block that does not fit in it needs the next one."""

    suffix: str

    def head(self) -> bytes:
        """What stands at its start."""

    def fits(self, kept: Kept) -> bool:
        """Whether this block can be in it."""

    def around(self, kept: Kept, t_utc_ns: int) -> tuple[bytes, bytes]:
        """What stands before and after the block's bytes."""

    def beside(self) -> tuple[str, bytes] | None:
        """Suffix and content of a small file beside it; None where that is as it was told last, or where there is none."""


class _Plain:
    """A file that nothing stands beside."""

    def beside(self) -> None:
        """None."""


class Sound(_Plain):
    """WAV."""

    suffix = ".wav"

    def __init__(self, first: Kept) -> None:
        self._form, self._channels, self._rate_hz = first.form, first.shape[1], first.block.sample_rate_hz

    def head(self) -> bytes:
        """Of unknown length until the recording is closed."""
        return wav_file.head(self._rate_hz, self._channels, is_float=self._form == "float32")

    def fits(self, kept: Kept) -> bool:
        """The same depth, channels and rate."""
        return (kept.form, kept.shape[1], kept.block.sample_rate_hz) == (self._form, self._channels, self._rate_hz)

    def around(self, kept: Kept, t_utc_ns: int) -> tuple[bytes, bytes]:  # noqa: ARG002 -- sound lies without gaps
        """Nothing."""
        return b"", b""


class Pictures(_Plain):
    """Uncompressed Matroska: a node has no time to spare for a codec while it watches."""

    suffix = ".mkv"

    def __init__(self, first: Kept) -> None:
        self._form, self._shape, self._first_ns = first.form, first.shape, first.t_mono_ns

    def head(self) -> bytes:
        """Of pictures of one size and depth."""
        return matroska.head(WRITER, self._shape[1], self._shape[0], 16 if self._form == "u16" else 8)

    def fits(self, kept: Kept) -> bool:
        """The same size and depth."""
        return (kept.form, kept.shape) == (self._form, self._shape)

    def around(self, kept: Kept, t_utc_ns: int) -> tuple[bytes, bytes]:  # noqa: ARG002 -- a film begins at 0
        """The cluster's head."""
        return matroska.before_picture(kept.t_mono_ns - self._first_ns, len(kept.data)), b""


class Iq:
    """SigMF: a capture begins wherever the receiver was tuned or lost something."""

    suffix = ".sigmf-data"

    def __init__(self, first: Kept) -> None:
        self._form, self._rate_hz = first.form, first.block.sample_rate_hz
        self._stood: list[Stood] = []
        self._samples, self._next, self._told = 0, -1, 0

    def head(self) -> bytes:
        """Bare samples."""
        return b""

    def fits(self, kept: Kept) -> bool:
        """The same depth and rate."""
        return (kept.form, kept.block.sample_rate_hz) == (self._form, self._rate_hz) and len(self._stood) < MOST_CAPTURES

    def around(self, kept: Kept, t_utc_ns: int) -> tuple[bytes, bytes]:
        """Nothing; notes where the receiver stands."""
        block = kept.block
        last = self._stood[-1] if self._stood else None
        if last is None or block.tuned_anew or block.sequence != self._next or last[2::2] != (block.center_hz, block.gain_db):
            self._stood.append(Stood(self._samples, block.sequence, block.center_hz, t_utc_ns, block.gain_db))
        count = len(kept.data) // (2 * NUMBER_BYTES[self._form])
        self._samples += count
        self._next = block.sequence + count
        return b"", b""

    def beside(self) -> tuple[str, bytes] | None:
        """What the captures are, where there is another one."""
        if self._told == len(self._stood):
            return None
        self._told = len(self._stood)
        return ".sigmf-meta", meta(cast("IqFormat", self._form), float(self._rate_hz), self._stood, WRITER)


class Frames(_Plain):
    """pcapng."""

    suffix = ".pcapng"

    def head(self) -> bytes:
        """One interface for each link type."""
        return pcapng_file.head(WRITER)

    def fits(self, kept: Kept) -> bool:  # noqa: ARG002 -- a pcapng file takes frames of all media
        """Every frame."""
        return True

    def around(self, kept: Kept, t_utc_ns: int) -> tuple[bytes, bytes]:
        """The packet block without its frame."""
        packet, at = pcapng_file.packet(kept.block, t_utc_ns)
        return packet[:at], packet[at + len(kept.data) :]


def medium_for(kept: Kept) -> Medium:
    """A new file that takes this block; raises TypeError for one that is kept in the spine alone."""
    match kept.block:
        case AudioBlock():
            return Sound(kept)
        case Frame():
            return Pictures(kept)
        case IqBlock():
            return Iq(kept)
        case RadioFrame():
            return Frames()
    raise TypeError(f"no file is kept of {type(kept.block).__name__}")
