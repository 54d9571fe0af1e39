"""The questions about sensors: which of what is plugged in is used, which of like kinds it is, and how it looks."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from drivers.cameras import read_camera
from drivers.known_devices import named
from drivers.microphone_arrays import read_array
from drivers.sdrs import read_sdr
from drivers.source import SourceMisconfigured
from edge_node.field.setup import radios, takes
from edge_node.field.setup.claims import Table
from edge_node.field.setup.suggestion import LOOKS, WHICH, Adapter, Advice, Suggestion, remarks, settled
from edge_node.field.setup.terminal import Terminal
from edge_node.messages import Finding

KIND_KEYS = ("array", "camera", "sdr")
USE = "y takes it into node.toml, n leaves it out. It is named there so that it is still found after a boot."
AZIMUTH = (
    "Where its axis points: degrees clockwise from true north, so east is 90; on a vehicle, from its front. "
    "A compass shows magnetic north: add the declination of your map. "
    f"'{takes.LATER}' leaves it open: 'edge-node calibrate' finds it from a minute of a drone flown before the node."
)
TILT = (
    "How far its axis is raised above the horizon: 0 is level, 90 straight up. "
    "A camera usually stands at 10 to 20, an array flat on its back at 90."
)
FOV = "How wide it sees from the left border to the right one, in degrees. Its data sheet says it as horizontal FOV."
ANGLES = {
    "azimuth_deg": ("Azimuth? degrees", (-360, 360), AZIMUTH),
    "tilt_deg": ("Tilt? degrees", (-180, 180), TILT),
    "horizontal_fov_deg": ("How wide does it see? degrees", (1, 170), FOV),
}
REGION = "Remote controls of long range send at 868 MHz in Europe and at 915 MHz in the Americas; the receiver hears a part of one band."
OF_KINDS = "These kinds look the same on USB. Read what is printed on the device; a wrong lens makes wrong bearings."


class Chosen(Struct, frozen=True):
    """All [[sensor]] tables, the comments above new ones by name, and the Wi-Fi adapters that have to be renamed, by new name."""

    tables: tuple[Table, ...]
    notes: dict[str, tuple[str, ...]]
    adapters: dict[str, Adapter]


def ask(terminal: Terminal, advice: Advice, former: Sequence[Table]) -> Chosen:
    """Go through all that is there, then what is only in node.toml."""
    tables: list[Table] = []
    notes: dict[str, tuple[str, ...]] = {}
    adapters: dict[str, Adapter] = {}
    for one in advice.suggestions:
        if not _is_used(terminal, one):
            continue
        chosen = _looking(terminal, _which(terminal, one))
        tables.append(chosen.table)
        if not one.configured:
            notes[one.name] = remarks(chosen)
        if chosen.adapter:
            adapters[str(chosen.options["interface"])] = chosen.adapter
    if not advice.suggestions:
        terminal.say("Nothing is plugged in that a node could use. You can add sensors at any time: run this again.")
    for finding in advice.findings:
        terminal.say(f"! {words(finding)}")
    there = {one.name for one in advice.suggestions}
    tables += [table for table in former if table.get("name") not in there and _is_kept(terminal, table)]
    order = [table.get("name") for table in former]
    tables.sort(key=lambda one: order.index(one.get("name")) if one.get("name") in order else len(order))
    return Chosen(tuple(tables), notes, adapters)


def words(finding: Finding) -> str:
    """What is amiss, and what to touch."""
    return finding.words + (f": {finding.touch}" if finding.touch else "")


def open_poses(tables: Sequence[Table]) -> tuple[str, ...]:
    """The sensors that tell bearings and of which nobody has said where they look: theirs are worth nothing yet."""
    looking = (one for one in tables if one.get("azimuth_deg") is None)
    return tuple(str(one.get("name")) for one in looking if one.get("driver") == "camera" or _is_array(one))


def key_of(one: Suggestion) -> str:
    """A question's name that stays the same while the device stays in its port."""
    return f"sensor.{one.driver}.{one.where}"


def _is_used(terminal: Terminal, one: Suggestion) -> bool:
    terminal.say()
    terminal.say(f"{one.name}: {one.what}")
    terminal.say(one.where, indent=2)
    terminal.say(one.named or one.why, indent=2)
    for need in one.needs:
        if need != LOOKS and not need.startswith(WHICH):
            terminal.say(f"needs {need}", indent=2)
    question = "Keep it?" if one.configured else "Use it?" if one.sure else "Nobody can tell what it is. Use it?"
    return terminal.yes(f"{key_of(one)}.use", question, USE, default=one.sure)


def _is_kept(terminal: Terminal, table: Table) -> bool:
    name = str(table.get("name"))
    terminal.say()
    terminal.say(f"{name}: in node.toml, driver {table.get('driver')}")
    return terminal.yes(f"keep.{name}", "Keep it?", "n takes its table out of node.toml; the old file is kept beside it.", default=True)


def _which(terminal: Terminal, one: Suggestion) -> Suggestion:
    """The kind that its owner says it is."""
    key = next((key for key in KIND_KEYS if key in one.options), None)
    if key is None or not one.may_be:
        return one
    names = [str(one.options[key]), *one.may_be]
    among = {name: f"{name}: {named(name).words}" for name in names}
    name = terminal.choose(f"{key_of(one)}.kind", "Which one is it?", among, OF_KINDS, names[0])
    return settled(one, name)


def _looking(terminal: Terminal, one: Suggestion) -> Suggestion:
    """With how it stands, or where it listens."""
    key, options = key_of(one), dict(one.options)
    if one.driver == "camera":
        if _needs_fov(options):
            _angle(terminal, key, "horizontal_fov_deg", options)
        _pose(terminal, key, options)
    elif one.driver == "mic_array" and _has_bearing(options):
        _pose(terminal, key, options)
    elif one.driver in ("rtl_sdr", "soapy_sdr") and not one.configured and "plan" not in options and options.get("sdr"):
        regions = {name: f"{name.capitalize()}: {hz / 1e6:g} MHz" for name, hz in radios.SUB_GHZ_HZ.items()}
        region = terminal.choose("region", "Which region?", regions, REGION, "europe")
        options |= radios.listening(read_sdr(str(options["sdr"])), radios.SUB_GHZ_HZ[region])
    return replace(one, options=options)


def _pose(terminal: Terminal, key: str, options: Table) -> None:
    _angle(terminal, key, "azimuth_deg", options)
    if "azimuth_deg" in options:
        _angle(terminal, key, "tilt_deg", options)


def _angle(terminal: Terminal, key: str, option: str, options: Table) -> None:
    """Put an angle into the options, or take it out where it comes later."""
    question, bounds, explain = ANGLES[option]
    now = options.get(option)
    default = f"{now:.10g}" if isinstance(now, (int, float)) else takes.LATER
    said = terminal.ask(f"{key}.{option}", question, default, explain, takes.angle(*bounds))
    options.pop(option, None)
    if said is not None:
        options[option] = said


def _needs_fov(options: Table) -> bool:
    """Whether its file says nothing of its lens."""
    try:
        return read_camera(str(options.get("camera"))).focal_px is None
    except SourceMisconfigured:
        return False


def _is_array(table: Table) -> bool:
    return table.get("driver") == "mic_array" and _has_bearing(table)


def _has_bearing(options: Table) -> bool:
    try:
        return len(read_array(str(options.get("array"))).positions_m) > 1
    except SourceMisconfigured:
        return True
