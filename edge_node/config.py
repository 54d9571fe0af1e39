"""node.toml as frozen structs: every key, its default and its bounds stand here, or in sensor_options, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from edge_node.sensor_options import OPTIONS, Degrees90, Degrees180, Positive
from edge_node.strict_toml import Problem, as_path

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$", description="a name of a-z, 0-9, - and _, 32 at most")]
CommandName = Literal["report", "record", "freeze", "live_rate", "point", "reload"]
FreezeCause = Literal["track", "command", "button"]
Z85Key = Annotated[
    str,
    Meta(pattern=r"^[0-9a-zA-Z.\-:+=^!/*?&<>()\[\]{}@%$#]{40}\Z", description="a CURVE public key, 40 characters of Z85"),
]
Listening = Annotated[
    str,
    Meta(pattern=r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}\Z", max_length=256, description="HOST:PORT, such as 127.0.0.1:8088"),
]
LOOPBACK_PAGE = "127.0.0.1:8088"
HostName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.-]{1,253}\Z", description="a host's name, without a port")]
LedName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_:.+-]{1,64}\Z", description="the name of a folder of /sys/class/leds")]
PublicKey = Annotated[
    str,
    Meta(
        pattern=r"^([0-9A-Za-z+/]{43}=|[0-9a-fA-F]{64}|unsigned)$",
        description='an Ed25519 public key, 44 characters of base64 or 64 of hex, or "unsigned" where nobody signs the list',
    ),
]


RecordingKey = Annotated[
    str,
    Meta(pattern=r"^[0-9A-Za-z+/]{43}=\Z", description="an X25519 public key, 44 characters of base64 (edge-node recording-key)"),
]


def _state_dir() -> Path:
    told = os.environ.get("STATE_DIRECTORY")
    return Path(told) if told else Path.home() / ".local" / "state" / "edge-node"


def _run_dir() -> Path:
    told = os.environ.get("RUNTIME_DIRECTORY")
    return Path(told) if told else Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp")) / f"edge-node-{os.getuid()}"  # noqa: S108


class NodeTable(Struct, frozen=True, forbid_unknown_fields=True):
    """[node]: who and where this node is. A fixed place wins over what a GNSS sensor says.

    `moving`: a vehicle carries it, with all of its sensors; their azimuths and tilts then count from the vehicle's front and level.
    """

    name: Annotated[str, Meta(min_length=1, max_length=32)] = field(default_factory=lambda: os.uname().nodename[:32])
    state_dir: Path = field(default_factory=_state_dir)
    run_dir: Path = field(default_factory=_run_dir)
    latitude_deg: Degrees90 | None = None
    longitude_deg: Degrees180 | None = None
    altitude_wgs84_m: float | None = None
    moving: bool = False


class C2Table(Struct, frozen=True, forbid_unknown_fields=True):
    """[c2]: where the tracks go. Without an address the node runs by itself and keeps what it would tell in its spool.

    `live` takes the newest state of each track, `reliable` takes events and thinned history and gives commands.
    `next_server_key` is the one that C2 will switch to; what is not said here is taken from the file that `edge-node enrol` writes.
    """

    live: Annotated[str, Meta(pattern=r"^(tcp|ipc)://", description="an address like tcp://c2.example.org:5571")] | None = None
    reliable: Annotated[str, Meta(pattern=r"^(tcp|ipc)://", description="an address like tcp://c2.example.org:5572")] | None = None
    server_key: Z85Key | None = None
    next_server_key: Z85Key | None = None
    spool_mb: Annotated[int, Meta(ge=1, le=100_000)] = 256
    history_hz: Annotated[float, Meta(ge=0.01, le=10)] = 1.0
    commands: tuple[CommandName, ...] = ("report", "record", "freeze", "live_rate", "point", "reload")
    rate_hz: Annotated[float, Meta(ge=0.1, le=10)] = 1.0
    confirmed_rate_hz: Annotated[float, Meta(ge=0.1, le=20)] = 5.0
    heartbeat_s: Annotated[float, Meta(ge=0.2, le=60)] = 1.0
    handshake_s: Annotated[float, Meta(ge=1, le=30)] = 10.0
    status_every_s: Annotated[float, Meta(ge=1, le=3600)] = 5.0


class GatewayTable(Struct, frozen=True, forbid_unknown_fields=True):
    """One [[gateway]]: who hears the live plane beside C2, such as `edge-node gateway`; by the rates of [c2], and without commands."""

    live: Annotated[str, Meta(pattern=r"^(tcp|ipc)://", description="an address like tcp://gateway.example.org:5571")]
    server_key: Z85Key


class TrackingTable(Struct, frozen=True, forbid_unknown_fields=True):
    """[tracking]: when an object is believed, lost and forgotten."""

    confirm_hits: Annotated[int, Meta(ge=1, le=20)] = 3
    confirm_window_s: Positive = 5.0
    tentative_lost_after_s: Positive = 5.0
    lost_after_s: Positive = 15.0
    forget_after_s: Positive = 60.0
    max_tracks: Annotated[int, Meta(ge=1, le=10_000)] = 500
    acceleration_mps2: Positive = 3.0


class ProtectTable(Struct, frozen=True, forbid_unknown_fields=True):
    """One [[protect]]: a place that nothing should come near; what does is told with the time until then."""

    name: Annotated[str, Meta(min_length=1, max_length=32)]
    latitude_deg: Degrees90
    longitude_deg: Degrees180
    radius_m: Annotated[float, Meta(gt=0, le=20_000, description="metres, above 0 and at most 20000")] = 100.0


class RemoteIdTable(Struct, frozen=True, forbid_unknown_fields=True):
    """[remote_id]: which aircraft are known, where flying is restricted, and what of the operator goes to C2.

    `known_aircraft_key` is who signs that list; `trusted_keys` are those of aircraft that sign what they send.
    """

    known_aircraft: Path | None = None
    known_aircraft_key: PublicKey | None = None
    zones: Annotated[tuple[Path, ...], Meta(max_length=64)] = ()
    operator_to_c2: bool = True
    trusted_keys: Path | None = None


class CameraTable(Struct, frozen=True, forbid_unknown_fields=True):
    """[camera]: a model of your own that all cameras ask beside the node's judges: an ONNX file, and its labels, one a line.

    It takes grey (1 channel) or colour (3) squares of `side_px` and counts by `weight`.
    """

    model: Path | None = None
    labels: Path | None = None
    side_px: Annotated[int, Meta(ge=8, le=640)] = 32
    channels: Literal[1, 3] = 1
    weight: Annotated[float, Meta(ge=0, le=1)] = 0.5


class SupervisionTable(Struct, frozen=True, forbid_unknown_fields=True):
    """[supervision]: when a process counts as stalled and how soon it is started again."""

    stall_after_s: Annotated[float, Meta(ge=2, le=600)] = 4.0
    start_within_s: Annotated[float, Meta(ge=2, le=600)] = 20.0
    stop_within_s: Annotated[float, Meta(ge=1, le=60)] = 5.0
    backoff_first_s: Positive = 0.5
    backoff_most_s: Positive = 60.0
    absent_retry_s: Positive = 4.0


class HealthTable(Struct, frozen=True, forbid_unknown_fields=True):
    """[health]: below `system_root` the node reads how its computer is; a bench has it look at a made tree."""

    system_root: Path = Path("/")


class LampTable(Struct, frozen=True, forbid_unknown_fields=True):
    """[lamp]: LEDs of /sys/class/leds by their names there, one that shows how the node is and one that is a buzzer."""

    led: LedName | None = None
    buzzer: LedName | None = None


class PageTable(Struct, frozen=True, forbid_unknown_fields=True):
    """[page]: the node's own status page, for whoever is at the node or reaches its loopback by ssh; none without `listen`.

    On loopback a `token` is asked for where that is wanted, elsewhere always; elsewhere it needs TLS too (`certificate` and `key`, PEM), or
    `plain` where the way itself is encrypted. `names` are those by which a browser may ask for it beside addresses and the node's own.
    Pictures of cameras and what is known of operators (`personal`) are not shown unless this says so.
    """

    listen: Listening | None = None
    token: bool = False
    certificate: Path | None = None
    key: Path | None = None
    plain: bool = False
    names: Annotated[tuple[HostName, ...], Meta(max_length=16)] = ()
    camera: bool = False
    personal: bool = False

    @property
    def place(self) -> tuple[str, int]:
        """Host and port to listen at, an IPv6 address without its brackets."""
        host, _, port = (self.listen or LOOPBACK_PAGE).rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def on_loopback(self) -> bool:
        """Whether only this computer can come in."""
        host = self.place[0]
        return host in ("localhost", "::1") or (host.startswith("127.") and host.replace(".", "").isdigit())

    @property
    def asks_for_token(self) -> bool:
        """Everywhere but on loopback, and there where it is wanted."""
        return self.token or not self.on_loopback

    @property
    def wrong(self) -> str:
        """Why the page must not be served so; empty where it may."""
        if (self.certificate is None) != (self.key is None):
            return "page.certificate and page.key go together"
        if self.place[1] > 65_535:
            return f"page.listen = {self.listen!r}: there are no more than 65535 ports"
        if self.on_loopback or self.certificate is not None or self.plain:
            return ""
        return (
            f"page.listen = {self.listen!r} can be reached from other machines, which needs TLS: give page.certificate and page.key, "
            "or page.plain = true where the way itself is encrypted (WireGuard), or listen on 127.0.0.1 and come by ssh -L"
        )


class BlackBoxTable(Struct, frozen=True, forbid_unknown_fields=True):
    """[black_box]: the last seconds of what sensors gave, kept on the disk when one of `on` happens; without `on` nothing is held.

    Each sensor holds `seconds_before`, or what `memory_mb` hold of it. A recording goes on until `seconds_after` the last trigger, but
    no longer than `longest_s`. All of them take `quota_mb` at most and leave `free_mb` of the disk free; after `days` they are removed.
    `public_key` is who alone can open them, `button` a device of /dev/input.
    """

    on: tuple[FreezeCause, ...] = ()
    seconds_before: Annotated[float, Meta(ge=1, le=300, description="seconds from 1 to 300")] = 10.0
    seconds_after: Annotated[float, Meta(ge=0, le=300, description="seconds from 0 to 300")] = 10.0
    longest_s: Annotated[float, Meta(ge=2, le=3_600, description="seconds from 2 to 3600")] = 120.0
    memory_mb: Annotated[int, Meta(ge=1, le=4_096, description="a whole number from 1 to 4096")] = 64
    quota_mb: Annotated[int, Meta(ge=10, le=10_000_000, description="a whole number from 10 to 10000000")] = 2_000
    free_mb: Annotated[int, Meta(ge=0, le=10_000_000, description="a whole number from 0 to 10000000")] = 500
    days: Annotated[float, Meta(gt=0, le=3_650, description="days above 0, at most 3650")] = 30.0
    an_hour: Annotated[int, Meta(ge=1, le=1_000, description="a whole number from 1 to 1000")] = 12
    sound: bool = False
    video: bool = False
    iq: bool = True
    public_key: RecordingKey | None = None
    button: Path | None = None


class SensorTable(Struct, frozen=True):
    """One [[sensor]]: its own name, its driver, and that driver's options; `folder` is where another package's relative paths start."""

    name: Name
    driver: str
    options: dict[str, Any] = {}
    folder: Path | None = None

    def arguments(self) -> dict[str, Any]:
        """What the driver's constructor takes; what another package's driver takes is for node.brought_options to check."""
        kind = OPTIONS.get(self.driver)
        return msgspec.structs.asdict(msgspec.convert(self.options, kind, dec_hook=as_path)) if kind else dict(self.options)


class Config(Struct, frozen=True):
    """A whole node.toml, checked; `problems` name the [[sensor]] tables that are off because they are wrong.

    `enrolled` are the keys of [c2] that node.toml leaves to the node's enrolment.
    """

    node: NodeTable = field(default_factory=NodeTable)
    c2: C2Table = C2Table()
    tracking: TrackingTable = TrackingTable()
    remote_id: RemoteIdTable = RemoteIdTable()
    camera: CameraTable = CameraTable()
    supervision: SupervisionTable = SupervisionTable()
    health: HealthTable = HealthTable()
    lamp: LampTable = LampTable()
    page: PageTable = PageTable()
    black_box: BlackBoxTable = BlackBoxTable()
    sensor: tuple[SensorTable, ...] = ()
    protect: tuple[ProtectTable, ...] = ()
    gateway: tuple[GatewayTable, ...] = ()
    problems: tuple[Problem, ...] = ()
    enrolled: tuple[str, ...] = ()


def to_json(config: Config) -> bytes:
    """For a child process's standard input."""
    return msgspec.json.encode(config, enc_hook=str)


def short_name(config: Config) -> str:
    """Twelve hex digits that change whenever anything in a configuration does."""
    from hashlib import sha256  # noqa: PLC0415 -- OpenSSL, which a sensor's process need not hold

    return sha256(to_json(config)).hexdigest()[:12]


def from_json(data: bytes) -> Config:
    """What `to_json` wrote; raises msgspec.ValidationError."""
    return msgspec.json.decode(data, type=Config, dec_hook=as_path)
