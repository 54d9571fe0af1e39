"""One stream of sound: which sounds there are, each listened to by itself, and which of them are drones."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from msgspec import structs

from drivers.blocks import AudioBlock
from edge_node.acoustic.health.faults import Fault
from edge_node.acoustic.listener import Heard, Listener
from edge_node.acoustic.looks import NS_PER_S, Look, Looks, finite, follows
from edge_node.acoustic.reach import Reach
from edge_node.acoustic.rotor.model import RotorModel
from edge_node.acoustic.spectra import Frames, Resynthesis, Samples
from edge_node.acoustic.tilt import Tilt
from edge_node.acoustic.whence import Whence
from edge_node.messages import AcousticDetection, Coverage

HEARD_S = 1.0
SAME_PITCH = 0.03
HIGHPASS_ORDER = 4
LEAKED_DB = 5.0
ECHO_WITHIN_DEG = 6.0


class Sources(Protocol):
    """Tells the sources of one array apart, by number."""

    def check(self, samples: Samples) -> None:
        """Look at the microphones themselves: float32 (n, channels) that follow the last ones."""

    def step(self, t_s: float, look: Look, keep: frozenset[int]) -> None:
        """Take in a look; `keep` are the sources that matter."""

    def audible(self) -> Sequence[int]:
        """Those worth listening to, strongest first."""

    def steer(self, number: int, t_s: float, spectra: Frames) -> Frames:
        """Spectra (frames, channels, bins) of `t_s` as one source alone gave them: (frames, bins)."""

    def whence(self, number: int) -> Whence:
        """Where it is."""

    @property
    def highpass_hz(self) -> float:
        """Below it there is more wind than sound."""

    def notes(self) -> tuple[str, ...]:
        """What makes it worse just now."""

    @property
    def problem(self) -> str:
        """What of that a person should mend; empty where nothing."""

    @property
    def faults(self) -> Sequence[Fault]:
        """All that is wrong with the microphones themselves."""


class Ear:
    """Looks of one stream, and a listener for every source that is audible."""

    def __init__(self, looks: Looks, sources: Sources, model: RotorModel, full_scale_db_spl: float | None) -> None:
        self._looks, self._sources, self._model, self._full_scale_db_spl = looks, sources, model, full_scale_db_spl
        self._reach, self._tilt = Reach(looks.spectra, full_scale_db_spl), Tilt(looks.spectra)
        self._listeners: dict[int, Listener] = {}
        self._held: list[AudioBlock] = []
        self._first_ns: int | None = None
        frames = int(np.ceil(HEARD_S / looks.spectra.hop_s)) + 1
        self._past: deque[Look] = deque(maxlen=-(-frames // looks.frames))

    def hear(self, block: AudioBlock) -> list[AcousticDetection]:
        """The drones to be told of after a block; until a look is whole blocks are held, as each time to wake up has its cost."""
        found = self._heard() if self._held and not follows(block, self._held[-1]) else []
        self._held.append(block)
        held = block.sequence + len(block.samples) - self._held[0].sequence
        return found + self._heard() if held >= self._looks.lacking else found

    def _heard(self) -> list[AcousticDetection]:
        samples = np.concatenate([held.samples for held in self._held])
        block = structs.replace(self._held[0], samples=finite(samples))
        self._held.clear()
        self._sources.check(block.samples)
        return [found for look in self._looks.push(block) for found in self._look(look)]

    def words(self) -> str:
        """What is heard now, and what makes it worse."""
        drones = sum(listener.present for listener in self._listeners.values())
        heard = f"{len(self._listeners)} sounds followed, {drones} of them drones"
        return "; ".join((heard, *self._sources.notes()))

    @property
    def problem(self) -> str:
        """What is wrong with the microphones."""
        return self._sources.problem

    @property
    def faults(self) -> Sequence[Fault]:
        """The same, one by one."""
        return self._sources.faults

    def levels(self) -> dict[str, float]:
        """How loud it is in the band where drones are heard, and now and then how much of it is high; empty while nobody can tell."""
        level_db = self._reach.level_db
        spectra = self._looks.spectra
        if level_db is None:
            return {}
        return {f"sound of {spectra.channels} channels at {spectra.sample_rate_hz} Hz": level_db} | self._tilt.take()

    def coverage(self, t_mono_ns: int) -> Coverage | None:
        """How far a small drone would be heard now; None while nobody can tell."""
        return self._reach.coverage(t_mono_ns, self._sources.notes())

    def _look(self, look: Look) -> list[AcousticDetection]:
        if look.after_gap:
            self._past.clear()
        self._past.append(look)
        self._reach.push(look)
        self._tilt.push(look)
        t_s = self._seconds(look)
        self._sources.step(t_s, look, frozenset(number for number, listener in self._listeners.items() if listener.present))
        self._follow(t_s)
        return [
            self._told(number, heard, look.t_mono_ns)
            for number, listener in self._listeners.items()
            if not self._leaked(number) and (heard := listener.to_tell(t_s))
        ]

    def _follow(self, t_s: float) -> None:
        """Forget what is no longer audible, and listen to one of what is: whose turn it is, so that a crowd costs no more than two."""
        audible = self._sources.audible()
        for number in self._listeners.keys() - set(audible):
            del self._listeners[number]
        for number in audible:
            self._listeners.setdefault(number, Listener(self._model))
        turn = max(audible, key=lambda number: self._listeners[number].overdue_s(t_s), default=None)
        if turn is not None and len(self._past) == self._past.maxlen and self._listeners[turn].overdue_s(t_s) >= 0:
            self._listeners[turn].hear(t_s, self._sound(turn))

    def _sound(self, number: int) -> Samples:
        """The last second from one source without wind, float32 at 16 kHz; the first half frame, which lacks its other half, left out."""
        steered = np.concatenate([self._sources.steer(number, self._seconds(look), look.spectra) for look in self._past])
        steered *= np.minimum(1.0, self._looks.spectra.freqs_hz / self._sources.highpass_hz) ** HIGHPASS_ORDER
        back = Resynthesis(self._looks.spectra.sample_rate_hz)
        return back.push(steered)[back.hop :]

    def _leaked(self, number: int) -> bool:
        """Whether it has the pitch of a louder drone that a small array hears in every direction, or again from the ground."""
        pitch_hz, whence = _pitch_hz(self._listeners[number]), self._sources.whence(number)
        return any(
            _alike(pitch_hz, _pitch_hz(other)) and _is_echo(whence, self._sources.whence(louder))
            for louder, other in self._listeners.items()
            if louder != number and other.present
        )

    def _told(self, number: int, heard: Heard, t_mono_ns: int) -> AcousticDetection:
        verdict, judgement = heard.verdict, heard.judgement
        return AcousticDetection(
            t_mono_ns=t_mono_ns,
            track=number,
            label=judgement.label,
            probability=judgement.probability,
            blade_pass_hz=verdict.blade_pass_hz,
            blade_pass_rate_hz_s=verdict.blade_pass_rate_hz_s,
            level_db=heard.level_dbfs + (self._full_scale_db_spl or 0.0),
            level_reference="full_scale" if self._full_scale_db_spl is None else "spl",
            lag_s=judgement.lag_s,
            notes=self._sources.notes(),
            **structs.asdict(self._sources.whence(number)),
        )

    def _seconds(self, look: Look) -> float:
        self._first_ns = look.t_mono_ns if self._first_ns is None else self._first_ns
        return (look.t_mono_ns - self._first_ns) / NS_PER_S


def _pitch_hz(listener: Listener) -> float | None:
    return listener.heard.verdict.blade_pass_hz if listener.heard else None


def _alike(one_hz: float | None, other_hz: float | None) -> bool:
    return one_hz is not None and other_hz is not None and abs(one_hz / other_hz - 1) < SAME_PITCH


def _is_echo(one: Whence, louder: Whence) -> bool:
    """Whether it is much weaker, or weaker and beneath or above the other: what a flat array hears of the ground is above."""
    below_db = louder.snr_db - one.snr_db
    if one.azimuth_deg is None or louder.azimuth_deg is None:
        return below_db > LEAKED_DB
    apart_deg = abs((one.azimuth_deg - louder.azimuth_deg + 180) % 360 - 180)
    return below_db > LEAKED_DB or (below_db > 0 and apart_deg < ECHO_WITHIN_DEG)
