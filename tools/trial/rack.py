"""A scene on a rack: a loudspeaker and a signal generator play it to a real node, whose tracks come to a C2 here (docs/rack.md)."""

from __future__ import annotations

import secrets
import shlex
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import soundfile
from msgspec.structs import replace

import edge_node
from edge_node.geometry import LocalFrame
from edge_node.publish.keys import load_or_make
from tools.c2.station import Station
from tools.simulate import soundscape
from tools.simulate.faults import Fault
from tools.trial import truth
from tools.trial.making import make
from tools.trial.outcome import HEARD, TRUTH, Head, Heard, SensorSaid, Struck, TrialError, TruthRow, write_head, write_lines
from tools.trial.played import Played
from tools.trial.rack_bench import Options, Rack

THERE_WITHIN_S, TURN_S, TAIL_S = 180.0, 0.05, 1.0
MOST_RECORDED_S = 600.0
NOT_HERE = "on a rack only plugs are pulled, by a relay that the environment names"
SENSES = {"mic_array": "microphones", "camera": "camera", "gnss": "gnss", "rtl_sdr": "radio", "rtl_tcp": "radio", "soapy_sdr": "radio"}


def play(told: Played, environment: Path, out: Path) -> Head:
    """Leave a trial in the folder `out`; raises TrialError."""
    rack = Rack(environment)
    options = rack.options
    state = Path(options.c2_state).expanduser()
    with ExitStack() as open_, TemporaryDirectory(prefix="en-") as folder:
        open_.callback(rack.close)
        signals = _signals(told, options, Path(folder))
        c2 = Station(
            f"tcp://{options.bind}:{options.live_port}",
            load_or_make(state),
            state,
            f"tcp://{options.bind}:{options.reliable_port}",
        )
        open_.callback(c2.close)
        sensors = _powered(rack, c2)
        c2.store.order(secrets.token_hex(8), options.node, "record", {"seconds": min(told.seconds, MOST_RECORDED_S)}, THERE_WITHIN_S)
        ahead_s, begun_s, begun_utc_ms = rack.uptime_s(time.monotonic), time.monotonic(), time.time_ns() // 1_000_000
        plugs = Plugs(rack, told.world.scene.fault, told.seconds)
        for command in signals:
            open_.enter_context(_running(command))
        write_lines(out / HEARD, _heard(c2, plugs, begun_s, told.seconds))
        _fetch(rack, out / f"detections-{options.node}.jsonl")
    write_lines(out / TRUTH, _truth(told, options))
    head = Head(
        scene=told.name,
        seed=told.world.seed,
        seconds=told.seconds,
        mode="rack",
        version=edge_node.__version__,
        begun_utc_ms=begun_utc_ms,
        nodes=(options.stood(round((begun_s + ahead_s) * 1e9)),),
        sensors=sensors,
        faults=tuple(plugs.struck),
    )
    write_head(out, head)
    return head


class Plugs:
    """The scene's faults as far as relays can make them."""

    def __init__(self, rack: Rack, faults: Iterable[Fault], seconds: float) -> None:
        self._rack, self._seconds = rack, seconds
        self._due = sorted(faults, key=lambda fault: fault.from_s)
        self._pulled: list[Fault] = []
        self.struck: list[Struck] = []

    def tick(self, t_s: float) -> None:
        """Pull and push what is due."""
        while self._due and self._due[0].from_s <= t_s:
            fault = self._due.pop(0)
            why_not = NOT_HERE if fault.kind != "unplug" else self._switch(fault, on=False)
            self.struck.append(Struck(fault.kind, fault.target, fault.from_s, max(fault.from_s, min(fault.to_s, self._seconds)), why_not))
            if not why_not:
                self._pulled.append(fault)
        for fault in [fault for fault in self._pulled if fault.to_s <= t_s]:
            self._pulled.remove(fault)
            self._switch(fault, on=True)

    def end(self) -> None:
        """Push in all that is still pulled."""
        self._due.clear()
        self.tick(float("inf"))

    def _switch(self, fault: Fault, *, on: bool) -> str:
        try:
            power = self._rack.driver("PowerProtocol", fault.target)
        except TrialError as error:
            return str(error)
        (power.on if on else power.off)()
        return ""


def _signals(told: Played, options: Options, folder: Path) -> list[str]:
    """Files of what is to be heard, and the commands that play them."""
    commands = []
    if options.loudspeaker and told.world.scene.microphones:
        wav = folder / "mono.wav"
        _mono(told, wav)
        commands.append(options.loudspeaker.format(wav=wav))
    if options.generator and (receiver := told.world.scene.receiver):
        table = make("links", told.world, folder, told.seconds, 0)
        iq = folder / table["path"]
        commands.append(options.generator.format(iq=iq, center_hz=round(receiver.center_hz), rate_hz=round(receiver.rate_hz)))
    return commands


def _mono(told: Played, path: Path) -> None:
    """What one microphone would hear, which a loudspeaker can play."""
    rate_hz = soundscape.microphones(told.world).rate_hz
    left = round(told.seconds * rate_hz)
    with soundfile.SoundFile(path, "w", rate_hz, 1, "PCM_24", format="WAV") as file:
        for block in soundscape.blocks(told.world):
            file.write(block[:left, 0])
            left -= len(block)
            if left <= 0:
                return


def _powered(rack: Rack, c2: Station) -> tuple[SensorSaid, ...]:
    """Switch the node on, and wait until C2 hears of it; its sensors. Raises TrialError."""
    with suppress(TrialError):  # a node that is always on needs nobody to switch it
        rack.driver("PowerProtocol").on()
    name, until_s = rack.options.node, time.monotonic() + THERE_WITHIN_S
    while time.monotonic() < until_s:
        for event in c2.events(TURN_S):
            if event["kind"] == "status" and event["node"] == name:
                told = rack.options.sensors.items()
                return tuple(SensorSaid(name, sensor, driver, SENSES.get(driver, "remote_id")) for sensor, driver in told)
    raise TrialError(f"{name} said nothing to C2 at {c2.endpoint} within {THERE_WITHIN_S:.0f} s: is it enrolled there? (docs/rack.md)")


@contextmanager
def _running(command: str) -> Iterator[None]:
    """A command that plays a file, ended with the block."""
    process = subprocess.Popen(shlex.split(command), stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _heard(c2: Station, plugs: Plugs, begun_s: float, seconds: float) -> Iterator[Heard]:
    while (t_s := time.monotonic() - begun_s) < seconds + TAIL_S:
        plugs.tick(t_s)
        for event in c2.events(TURN_S):
            yield Heard(round(time.monotonic() - begun_s, 3), msgspec.to_builtins(event))
    plugs.end()


def _fetch(rack: Rack, path: Path) -> None:
    """What the node recorded last."""
    ssh = rack.driver("CommandProtocol")
    names, _, code = ssh.run(f"ls -t {rack.options.state_dir}/recordings")
    if not code and names:
        rack.driver("FileTransferProtocol").get(f"{rack.options.state_dir}/recordings/{names[0]}", str(path))


def _truth(told: Played, options: Options) -> Iterator[TruthRow]:
    """Where everything is; what sounds from a loudspeaker is where that stands."""
    rows = truth.rows(told.world, told.seconds)
    if options.loudspeaker_at is None:
        yield from rows
        return
    here = LocalFrame(options.latitude_deg, options.longitude_deg, options.altitude_wgs84_m)
    latitude, longitude, altitude = here.to_geodetic(*options.loudspeaker_at)
    for row in rows:
        yield replace(
            row,
            latitude_deg=latitude,
            longitude_deg=longitude,
            altitude_wgs84_m=altitude,
            velocity_east_mps=0.0,
            velocity_north_mps=0.0,
            velocity_up_mps=0.0,
        )
