"""A software radio as a source: what rtl_sdr, rtl_tcp and soapy_sdr have in common."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from math import isfinite

from msgspec import Struct

from drivers.blocks import IqBlock
from drivers.frequency_plan import MOST_ROWS, FrequencyPlan, Row
from drivers.iq_formats import SAMPLE_BYTES, IqFormat, unpack
from drivers.iq_line import Filled, Opened, Packet, Refused, Request, Tuned, shape_for
from drivers.iq_process import IqProcess
from drivers.sdrs import SdrFile, check
from drivers.source import Source, SourceAbsent, SourceError, SourceLost, SourceMisconfigured, SourceStalled

NS_PER_S = 1_000_000_000
OPEN_WITHIN_S = 15.0
QUIET_S = 0.2
CLIPS_TOO_MUCH = 0.02
CLIP_MEMORY = 0.98
"""Of each block, the share of what was clipped that the words remember: about two seconds."""

LEAST_RATE_HZ, MOST_RATE_HZ = 1e3, 200e6


class Listening(Struct, frozen=True):
    """Where, how fast and with which gain a receiver listens; None is what its kind usually has. See RtlSdrOptions."""

    rows: Sequence[Row]
    rate_hz: float | None = None
    gain_db: float | None = None
    park_s: float = 3.0
    silent_after_s: float = 2.0


class Reader(Struct, frozen=True):
    """Who holds the device, and how: `opener` is "module:callable" of an IqGrabber, `request` what it needs to know. See IqExchange."""

    name: str
    opener: str
    request: Request
    form: IqFormat
    settle_s: float
    late_s: float
    burst: int = 0
    environment: dict[str, str] = {}


class IqSource(Source):
    """A receiver that its reader holds; moves about as its plan says. `sdr` None is one of which nothing is known."""

    def __init__(self, reader: Reader, sdr: SdrFile | None, listening: Listening) -> None:
        self._reader, self._sdr, self._listening = reader, sdr, listening
        if len(listening.rows) > MOST_ROWS:
            raise SourceMisconfigured(f"a plan of {len(listening.rows)} rows is too long; {MOST_ROWS} at most")
        for row in listening.rows:
            self._check(self._tuning(row))
        self._plan = FrequencyPlan(listening.rows, listening.park_s)
        self._silent_after_ns = round(listening.silent_after_s * NS_PER_S)
        self._process: IqProcess | None = None
        self._tuned: Tuned | None = None
        self._anew = False
        self._opened, self._refused = "", ""
        self._gaps = self._lost = 0
        self._clipped, self._ppm = 0.0, float("nan")

    def open(self) -> None:
        """Start the reader, and wait until the device is open and stands where the plan begins."""
        self._plan = FrequencyPlan(self._listening.rows, self._listening.park_s)
        self._tuned, self._refused, self._gaps, self._lost, self._clipped = None, "", 0, 0, 0.0
        process = self._process = IqProcess(self._request(), self._reader.environment)
        try:
            self._wait_until_tuned(process)
        except SourceError as error:
            self.close()
            raise self._with_name(error) from None

    def blocks(self) -> Iterator[IqBlock | None]:
        """Samples as they come; raises SourceStalled for a device that hangs, SourceLost for one that went."""
        heard_ns = time.monotonic_ns()
        while (process := self._process) is not None:
            if (row := self._plan.due(time.monotonic())) is not None:
                process.tune(self._tuning(row))
            try:
                packet = process.next(QUIET_S)
                self._obey(process, packet)
            except SourceError as error:
                if self._process is None:
                    return
                raise self._with_name(error) from None
            now_ns = time.monotonic_ns()
            if isinstance(packet, Filled):
                heard_ns = now_ns
                yield self._block(process, packet)
            elif packet is None:
                self._check_silence(now_ns - heard_ns)
                yield None

    def close(self) -> None:
        """Kill the reader; may be called twice."""
        process, self._process = self._process, None
        if process is not None:
            process.close()

    def found(self) -> None:
        """Stay where the newest block came from."""
        self._plan.found(time.monotonic())

    @property
    def reader_pid(self) -> int | None:
        """Of the process that holds the device; None while it is closed."""
        return None if self._process is None else self._process.pid

    def words(self) -> str:
        """Say the device, where it listens, how its clock drifts, what was lost, and what troubles it."""
        if self._tuned is None:
            return self._opened
        gain = "" if self._tuned.gain_db is None else f", {self._tuned.gain_db:g} dB"
        where = f"{self._opened} at {self._tuned.center_hz / 1e6:g} MHz, {self._tuned.rate_hz / 1e6:g} MS/s{gain}"
        drift = f", clock {self._ppm:+.0f} ppm" if isfinite(self._ppm) else ""
        gaps = f", {self._gaps} gap{'s'[: self._gaps - 1]} ({self._lost} samples lost)" if self._gaps else ""
        clips = f"{self._clipped:.0%} of the samples are clipped: less gain_db" if self._clipped > CLIPS_TOO_MUCH else ""
        return "; ".join(filter(None, (f"{where}{drift}{gaps}", clips, self._refused)))

    def limits(self) -> tuple[str, ...]:
        """What was left out of the plan, as the device refuses it."""
        return (self._refused,) if self._refused else ()

    def _tuning(self, row: Row) -> tuple[float, float, float]:
        """Centre, rate and gain of a row; raises SourceMisconfigured where nobody says them."""
        said, usual = self._listening, self._sdr
        rate_hz = _first(row.rate_hz, said.rate_hz, usual.usual_rate_hz if usual else None)
        gain_db = _first(row.gain_db, said.gain_db, usual.usual_gain_db if usual else None)
        if rate_hz is None or gain_db is None:
            raise SourceMisconfigured(f"{self._reader.name}: say rate_hz and gain_db, or which sdr it is (hw/sdrs)")
        return row.center_hz, rate_hz, gain_db

    def _check(self, tuning: tuple[float, float, float]) -> None:
        if not all(map(isfinite, tuning)) or not LEAST_RATE_HZ <= tuning[1] <= MOST_RATE_HZ:
            raise SourceMisconfigured(f"a rate of {tuning[1]:g} S/s at {tuning[0]:g} Hz cannot be")
        if self._sdr is not None:
            check(self._sdr, *tuning)

    def _request(self) -> Request:
        fastest_hz = max(self._tuning(row)[1] for row in self._listening.rows)
        shape = shape_for(fastest_hz, SAMPLE_BYTES[self._reader.form], self._reader.settle_s, self._reader.late_s, self._reader.burst)
        first = self._tuning(self._listening.rows[0])
        return {**self._reader.request, "opener": self._reader.opener, "shape": shape, "tuning": first}

    def _wait_until_tuned(self, process: IqProcess) -> None:
        until_s = time.monotonic() + OPEN_WITHIN_S
        while self._tuned is None:
            packet = process.next(max(0.0, until_s - time.monotonic()))
            if packet is None:
                raise SourceAbsent(f"{self._reader.name} did not open within {OPEN_WITHIN_S:.0f} s: its driver or its server hangs")
            self._obey(process, packet)

    def _obey(self, process: IqProcess, packet: Packet | None) -> None:
        """Follow what the reader says of itself."""
        match packet:
            case Opened():
                self._opened = packet.words
            case Tuned():
                self._tuned, self._anew = packet, True
                self._plan.arrived(time.monotonic())
            case Refused():
                self._leave_out(process, packet.words)

    def _leave_out(self, process: IqProcess, words: str) -> None:
        row = self._plan.refuse()
        if row is None:
            # A device that could be tuned before and cannot any more is gone, and was configured well.
            raise SourceMisconfigured(words) if self._tuned is None else SourceLost(words)
        self._refused = f"left out of the plan: {words}"
        process.tune(self._tuning(row))

    def _check_silence(self, silent_ns: int) -> None:
        if silent_ns > self._silent_after_ns:
            seconds = self._silent_after_ns / NS_PER_S
            raise SourceStalled(f"{self._reader.name} gave no sample for {seconds:g} s: the device, its driver or the line hangs")

    def _with_name(self, error: SourceError) -> SourceError:
        return error if self._reader.name in str(error) else type(error)(f"{self._reader.name}: {error}")

    def _block(self, process: IqProcess, filled: Filled) -> IqBlock:
        samples, clipped = unpack(process.data(filled), self._reader.form)
        center_hz, rate_hz, gain_db = self._tuned or Tuned(0.0, 0.0, None)
        self._gaps += filled.lost > 0
        self._lost += filled.lost
        self._ppm = filled.ppm
        self._clipped = CLIP_MEMORY * self._clipped + (1 - CLIP_MEMORY) * clipped
        anew, self._anew = self._anew, False
        return IqBlock(
            t_mono_ns=filled.t_mono_ns,
            sequence=filled.sequence,
            lost=filled.lost,
            sample_rate_hz=rate_hz,
            center_hz=center_hz,
            samples=samples,
            gain_db=gain_db,
            clipped=clipped,
            tuned_anew=anew,
        )


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
