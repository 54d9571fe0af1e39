"""IQ in, radio links and DroneID out: bursts are found, told by their waveform, and followed as transmitters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import Block, IqBlock
from edge_node.messages import Coverage, LinkDetection, RemoteIdDetection
from edge_node.radio.bursts.burst import Burst
from edge_node.radio.bursts.finder import BurstFinder
from edge_node.radio.droneid.receiver import LEAST_RATE_HZ, DroneIdReceiver
from edge_node.radio.links import fm_video, known_narrow, known_wide, ofdm
from edge_node.radio.links.chirp_watch import ChirpWatch
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.sonde_watch import SondeWatch
from edge_node.radio.tracks.heard import Heard
from edge_node.radio.tracks.tracks import Tracks
from edge_node.radio.tracks.waiting import Waiting

LOOKS: tuple[Callable[[Burst], Finding | None], ...] = (known_narrow.look, ofdm.look, fm_video.look, known_wide.look)
"""The kinds of link that there are, the likeliest first."""
MOST_LOOKS_A_SECOND, MOST_IN_STORE = 150, 60
"""Of bursts; what is saved while it is quiet is spent at once where much is heard."""
LEAST_SCORE = 0.15
"""What is less sure by its waveform is a piece of something else."""
UNSURE_NS = 150_000_000
"""A packet is told of so long after it began: a piece of 75 ms is searched for chirps when it is full, and a burst may last 50 ms."""
LATELY_NS = 5_000_000_000
LOUDEST = 100.0
"""Times full scale: nothing that a receiver says."""
CLIPPED = 0.001
"""Share of samples at full scale above which the gain is too high."""

REACH_M, PROBABILITY, LATENCY_S = 1_000.0, 0.5, 3.0
"""Of a link of 100 mW to a receiver in the open, half of what the free field gives it; half of all drones send where it listens."""
FRESH_NS = 3_000_000_000

Found = LinkDetection | RemoteIdDetection


class RadioDetector:
    """Keeps one burst finder for as long as the receiver stays where it is; transmitters are known beyond that."""

    def __init__(self) -> None:
        self._finder: BurstFinder | None = None
        self._drone_id: DroneIdReceiver | None = None
        self._tracks = Tracks()
        self._told: Counter[str] = Counter()
        self._waiting = Waiting()
        self._watch: ChirpWatch | None = None
        self._sondes: SondeWatch | None = None
        self._origin_ns = self._origin = self._next = 0
        self._allowed = float(MOST_IN_STORE)
        self._bursts = self._passed_over = self._left_out = self._lost = 0
        self._clipped, self._now_ns, self._trouble, self._where = 0.0, 0, "", ""

    def step(self, block: Block) -> Sequence[Found]:
        """What was heard since the last block: each transmitter about twice a second, each DroneID frame."""
        if not isinstance(block, IqBlock) or block.samples.ndim != 1 or not len(block.samples):
            return ()
        found: list[Found] = []
        samples = _finite(block.samples)
        goes_on = self._goes_on(block)
        if not goes_on:
            found += self._begin(block)
        self._note(block)
        with np.errstate(all="ignore"):
            if self._drone_id is not None:
                found += self._drone_id.step(samples, block.sample_rate_hz, block.center_hz, block.t_mono_ns, broken=not goes_on)
            if self._finder is not None:
                self._hear(self._finder.add(samples))
            if self._watch is not None:
                self._listen(self._watch, samples)
            if self._sondes is not None:
                for number, sonde in self._sondes.add(samples, self._tracks.balloons(self._now_ns)):
                    self._tracks.note(number, sonde.parameters(), sonde.words())
        self._release(self._now_ns - UNSURE_NS)
        found += self._tracks.tell(self._now_ns)
        return self._counted(found)

    def finish(self) -> Sequence[Found]:
        """What can be told of what was heard up to the end, as no more comes."""
        found: list[Found] = []
        with np.errstate(all="ignore"):
            if self._drone_id is not None:
                found += self._drone_id.finish()
            if self._finder is not None:
                self._hear(self._finder.finish())
                self._finder.restart(self._next)
        self._release(self._now_ns + UNSURE_NS)
        found += self._tracks.tell(self._now_ns)
        return self._counted(found)

    def words(self) -> str:
        """What is heard now, and what is wrong with the receiver."""
        if self._trouble:
            return self._trouble
        now = Counter(self._tracks.named(self._now_ns, LATELY_NS))
        heard = ", ".join(f"{count} {link}" if count > 1 else link for link, count in now.items()) or "no link heard"
        drone_id = f"{self._told['remote_id']} DroneID frames" if self._told["remote_id"] else ""
        lost = f"{self._lost} samples lost" if self._lost else ""
        clipped = f"{self._clipped:.1%} of samples clipped: lower the gain" if self._clipped > CLIPPED else ""
        left_out = self._left_out + (self._finder.left_out if self._finder else 0) + self._passed_over
        crowded = f"{left_out} of {left_out + self._bursts} bursts left out" if left_out else ""
        return "; ".join(filter(None, (heard, drone_id, lost, clipped, crowded)))

    def findings(self) -> list[tuple[str, str]]:
        """What is wrong with the receiver."""
        trouble = [("sensor_problem", self._trouble)] if self._trouble else []
        return trouble + ([("clipped", f"{self._clipped:.1%} of samples clipped: lower the gain")] if self._clipped > CLIPPED else [])

    def levels(self) -> dict[str, float]:
        """How strong the noise is where the receiver stands now, in dBFS."""
        level_db = self._finder.quiet_db if self._finder else None
        return {} if level_db is None else {f"spectrum {self._where}": level_db}

    def coverage(self, t_mono_ns: int) -> Coverage | None:
        """How far a drone's link would be heard now; None before anything was."""
        if self._finder is None or self._trouble or abs(t_mono_ns - self._now_ns) > FRESH_NS:
            return None
        return Coverage(t_mono_ns=t_mono_ns, sense="radio", reach_m=REACH_M, probability=PROBABILITY, latency_s=LATENCY_S)

    def _goes_on(self, block: IqBlock) -> bool:
        """Whether a block follows the last one without a gap, at the same place and rate."""
        finder = self._finder
        if finder is None or block.tuned_anew or block.lost or block.sequence != self._next:
            return False
        return (finder.rate_hz, finder.center_hz) == (block.sample_rate_hz, block.center_hz)

    def _begin(self, block: IqBlock) -> Sequence[Found]:
        """End what was heard before a gap; the floor is kept where only samples were lost."""
        with np.errstate(all="ignore"):
            if self._finder is not None:
                self._hear(self._finder.finish())
        finder = self._finder
        if finder is None or block.tuned_anew or (finder.rate_hz, finder.center_hz) != (block.sample_rate_hz, block.center_hz):
            self._left_out += finder.left_out if finder else 0
            self._make(block)
        if self._finder is not None:
            self._finder.restart(block.sequence)
        if self._watch is not None:
            self._watch.restart(block.sequence)
        if self._sondes is not None:
            self._sondes.restart()
        self._release(self._now_ns + UNSURE_NS)
        self._origin, self._origin_ns = block.sequence, block.t_mono_ns
        return ()

    def _make(self, block: IqBlock) -> None:
        self._finder, self._watch, self._sondes, self._trouble = None, None, None, ""
        gain = "" if block.gain_db is None else f" with {block.gain_db:g} dB"
        self._where = f"{(block.center_hz or 0.0) / 1e6:.3f} MHz{gain}"
        try:
            self._finder = BurstFinder(block.sample_rate_hz, block.center_hz)
            self._sondes = SondeWatch(block.sample_rate_hz)
            self._watch = None if block.center_hz is None else ChirpWatch(block.sample_rate_hz, block.center_hz)
        except ValueError as error:
            self._trouble = f"this spectrum cannot be listened to: {error}"
        if self._drone_id is None and block.sample_rate_hz >= LEAST_RATE_HZ:
            self._drone_id = DroneIdReceiver()

    def _note(self, block: IqBlock) -> None:
        seconds = len(block.samples) / block.sample_rate_hz if block.sample_rate_hz > 0 else 0.0
        self._next = block.sequence + len(block.samples)
        self._now_ns = block.t_mono_ns + round(seconds * 1e9)
        self._lost += block.lost
        self._clipped += (block.clipped - self._clipped) * min(1.0, seconds)
        self._allowed = min(MOST_IN_STORE, self._allowed + seconds * MOST_LOOKS_A_SECOND)

    def _hear(self, bursts: list[Burst]) -> None:
        """Look at bursts, the strongest first where they are more than there is time for."""
        self._bursts += len(bursts)
        if (excess := len(bursts) - int(self._allowed)) > 0:
            self._passed_over += excess
            strongest = sorted(bursts, key=lambda burst: -burst.snr_db)[: int(self._allowed)]
            bursts = sorted(strongest, key=lambda burst: burst.start)
        for burst in bursts:
            self._take(burst)

    def _take(self, burst: Burst) -> None:
        t_s, t_mono_ns = self._time(burst)
        finding = self._tracks.expected(burst, t_s)
        if finding is None:
            self._allowed -= 1
            finding = next((finding for look in LOOKS if (finding := look(burst)) is not None), None)
        if finding is not None and finding.score >= LEAST_SCORE:
            self._waiting.add(Heard.of(burst, finding, t_s, t_mono_ns))

    def _listen(self, watch: ChirpWatch, samples: NDArray[np.complex64]) -> None:
        """For chirps in the noise, where they are likeliest."""
        track = self._tracks.to_follow(self._now_ns)
        watch.follow(None if track is None else track.channel(), () if track is None else track.channels.hz())
        for burst, finding in watch.add(samples):
            self._waiting.add(Heard.of(burst, known_narrow.named(finding, burst.center_hz), *self._time(burst)))

    def _time(self, burst: Burst) -> tuple[float, int]:
        """By the receiver's samples in seconds, and by the node's clock."""
        after_s = (burst.start - self._origin) / burst.rate_hz
        return self._origin_ns * 1e-9 + after_s, self._origin_ns + round(after_s * 1e9)

    def _release(self, before_ns: int) -> None:
        for heard in self._waiting.ready(before_ns):
            self._tracks.hear(heard)

    def _counted(self, found: list[Found]) -> Sequence[Found]:
        self._told.update("remote_id" if isinstance(one, RemoteIdDetection) else one.link for one in found)
        return found


def _finite(given: NDArray[np.complex64]) -> NDArray[np.complex64]:
    """Without what is not a number or far beyond full scale, which a file may hold."""
    samples = np.ascontiguousarray(given, np.complex64)
    parts = samples.view(np.float32)
    with np.errstate(all="ignore"):
        power = float(np.dot(parts, parts))
    if power <= len(samples) * LOUDEST**2:
        return samples
    return np.clip(np.nan_to_num(parts, nan=0.0), -LOUDEST, LOUDEST).view(np.complex64)
