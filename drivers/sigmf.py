"""SigMF 1.x: what the .sigmf-meta beside a .sigmf-data says of it (sigmf.org, "The Signal Metadata Format Specification")."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct, field

from drivers.source import SourceMisconfigured

if TYPE_CHECKING:
    from drivers.iq_formats import IqFormat

META, DATA, ARCHIVE = ".sigmf-meta", ".sigmf-data", ".sigmf"
DATATYPES: dict[str, IqFormat] = {"cu8": "cu8", "ci8": "cs8", "ci16_le": "cs16", "cf32_le": "cf32"}
MOST_META_BYTES = 16 * 1024 * 1024
MOST_SAMPLE = 2**53
Count = Annotated[int, Meta(ge=0, le=MOST_SAMPLE)]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Capture(Struct, frozen=True):
    """From `sample_start` on the receiver stood at `center_hz`; None is what nobody wrote.

    `header_bytes` of something else stand before it, `global_index` counts the receiver's samples with those it lost.
    """

    sample_start: Count = field(name="core:sample_start", default=0)
    center_hz: float | None = field(name="core:frequency", default=None)
    written_utc: str | None = field(name="core:datetime", default=None)
    header_bytes: Count = field(name="core:header_bytes", default=0)
    global_index: Count | None = field(name="core:global_index", default=None)

    @property
    def t_utc_ns(self) -> int | None:
        """When its first sample was taken; None where nobody wrote a time that can be read."""
        try:
            told = datetime.fromisoformat(self.written_utc or "")
        except ValueError:
            return None
        since = (told if told.tzinfo else told.replace(tzinfo=UTC)) - EPOCH
        return (since.days * 86_400 + since.seconds) * 1_000_000_000 + since.microseconds * 1_000


class _Global(Struct, frozen=True):
    datatype: str = field(name="core:datatype")
    rate_hz: float | None = field(name="core:sample_rate", default=None)
    channels: int = field(name="core:num_channels", default=1)
    dataset: str | None = field(name="core:dataset", default=None)
    metadata_only: bool = field(name="core:metadata_only", default=False)


class _Document(Struct, frozen=True):
    whole: _Global = field(name="global")
    captures: Annotated[tuple[Capture, ...], Meta(max_length=100_000)] = ()


class Sigmf(Struct, frozen=True):
    """One recording: its `data`, how that is written, and its captures in order, the first from sample 0 on."""

    data: Path
    form: IqFormat
    rate_hz: float | None
    captures: tuple[Capture, ...]


def is_named(path: Path) -> bool:
    """Whether a path is one of SigMF's by its name."""
    return path.suffix in (META, DATA, ARCHIVE)


def data_of(path: Path) -> Path:
    """Where the samples are that `path` is, or speaks of; raises SourceMisconfigured for a .sigmf-meta that says nothing usable."""
    return read(path).data if path.suffix == META else path


def read(path: Path) -> Sigmf:
    """What the .sigmf-meta of either part says; raises SourceMisconfigured."""
    if path.suffix == ARCHIVE:
        raise SourceMisconfigured(f"{path} is an archive: unpack it with tar -xf, and give what ends with {META}")
    meta = path.with_suffix(META)
    document = _document(meta)
    told = document.whole
    if told.datatype not in DATATYPES:
        raise SourceMisconfigured(f"{meta}: samples of core:datatype {told.datatype!r} are not read; {', '.join(DATATYPES)} are")
    if told.channels != 1:
        raise SourceMisconfigured(f"{meta}: its samples are of {told.channels} channels, and one is read")
    if told.metadata_only:
        raise SourceMisconfigured(f"{meta}: it says that it comes without samples (core:metadata_only)")
    return Sigmf(_data(meta, told.dataset), DATATYPES[told.datatype], told.rate_hz, _from_start(document.captures))


def _document(meta: Path) -> _Document:
    try:
        with meta.open("rb") as file:
            text = file.read(MOST_META_BYTES + 1)
    except FileNotFoundError:
        raise SourceMisconfigured(f"there is no {meta}, which would say what {meta.stem} is: say format and rate_hz instead") from None
    except OSError as error:
        raise SourceMisconfigured(f"{meta} cannot be read: {error.strerror}") from None
    if len(text) > MOST_META_BYTES:
        raise SourceMisconfigured(f"{meta} is longer than {MOST_META_BYTES} bytes")
    try:
        return msgspec.json.decode(text, type=_Document)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise SourceMisconfigured(f"{meta} is no SigMF: {error}") from None


def _data(meta: Path, dataset: str | None) -> Path:
    if dataset is None:
        return meta.with_suffix(DATA)
    if Path(dataset).name != dataset:
        raise SourceMisconfigured(f"{meta}: its core:dataset {dataset!r} is not in the same folder")
    return meta.with_name(dataset)


def _from_start(captures: tuple[Capture, ...]) -> tuple[Capture, ...]:
    ordered = tuple(sorted(captures, key=lambda capture: capture.sample_start))
    return ordered if ordered and ordered[0].sample_start == 0 else (Capture(), *ordered)
