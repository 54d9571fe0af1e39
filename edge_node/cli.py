"""`edge-node`: rows of commands; what a command needs is imported when it runs."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from math import isfinite
from pathlib import Path

from edge_node import __version__

DEFAULT_CONFIG = Path("/etc/edge-node/node.toml")
DEFAULT_GATEWAY = Path("/etc/edge-node/gateway.toml")

COMMANDS = {
    "run": ("run the node until it is told to stop", "edge_node.commands.running:run"),
    "status": ("say how the running node is", "edge_node.commands.running:status"),
    "watch": ("show the running node in this terminal: verdict, sky, tracks, sensors and link", "edge_node.commands.watch:watch"),
    "doctor": ("look at everything, and say what is wrong and what to touch", "edge_node.commands.doctor:doctor"),
    "page": ("serve the node's own status page to a browser until Ctrl-C", "edge_node.commands.running:page"),
    "tracks": ("show the tracks of the running node, on the spot", "edge_node.commands.running:tracks"),
    "check-config": ("read the configuration and name all that is wrong in it", "edge_node.commands.running:check_config"),
    "setup": ("ask a few questions and set this node up, or do so by a file of answers", "edge_node.commands.setup:setup"),
    "sensors": ("list what is plugged in, or suggest the tables of node.toml for it", "edge_node.commands.sensors:sensors"),
    "enrol": ("enrol this node at a C2 with the token that C2 made for it", "edge_node.commands.enrol:enrol"),
    "keys": ("show this node's public key as text and QR, make it, or make the one that comes next", "edge_node.commands.running:keys"),
    "detect": ("run the detector that fits a recording and print its detections", "edge_node.commands.detect:detect"),
    "replay": ("run recordings through detector and tracker and print the tracks", "edge_node.commands.replay:replay"),
    "export": (
        "write a recording of the black box for others: an incident page, COURAGEOUS, GeoJSON, KML or CSV",
        "edge_node.commands.export:export",
    ),
    "calibrate": (
        "learn how cameras and arrays stand, from a minute of a drone with Remote ID flown before the running node",
        "edge_node.commands.calibrate:calibrate",
    ),
    "calibrate-array": (
        "find the places, gains and delays of an array's microphones from a recording of noise carried around it",
        "edge_node.commands.calibrate_array:calibrate_array",
    ),
    "freeze": ("keep the last seconds of what the sensors gave, and some more", "edge_node.commands.black_box:freeze"),
    "recording-key": ("make a pair of keys for recordings that nobody else can open", "edge_node.commands.black_box:recording_key"),
    "open-recording": ("open an encrypted recording with its private key", "edge_node.commands.black_box:open_recording"),
    "demo": ("run a real node, a reference C2 and a simulated scene, in this terminal", "tools.demo:demo"),
    "gateway": ("say the tracks of nodes in the formats of others: SAPIENT, TAK, ASTERIX, WarDragon", "edge_node.commands.gateway:gateway"),
    "worker": ("run one sensor of the configuration (the supervisor does this)", "edge_node.commands.running:worker"),
    "hub": ("run tracker and publisher (the supervisor does this)", "edge_node.commands.running:hub"),
    "nursery": ("fork workers and hub from one warm process (the supervisor does this)", "edge_node.commands.running:nursery"),
}
TAKES_CONFIG = (
    "run",
    "status",
    "watch",
    "doctor",
    "page",
    "tracks",
    "check-config",
    "setup",
    "sensors",
    "enrol",
    "keys",
    "calibrate",
    "freeze",
    "worker",
    "hub",
)
SAYS_JSON = ("status", "watch", "doctor", "tracks", "sensors", "detect", "replay", "calibrate", "demo")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = argparse.ArgumentParser(prog="edge-node", description="A passive sensor node: hears drones, publishes tracks.")
    whole.add_argument("--version", action="version", version=f"edge-node {__version__}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (words, _) in COMMANDS.items():
        command = commands.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
        if name in TAKES_CONFIG:
            command.add_argument("-c", "--config", type=Path, default=DEFAULT_CONFIG, help="node.toml (%(default)s)")
        if name in SAYS_JSON:
            command.add_argument("--json", action="store_true", help="one JSON object a line")
    commands.choices["gateway"].add_argument("-c", "--config", type=Path, default=DEFAULT_GATEWAY, help="gateway.toml (%(default)s)")
    commands.choices["watch"].add_argument("--once", action="store_true", help="print it once, plain, and end")
    _add_doctor(commands.choices["doctor"])
    commands.choices["page"].add_argument("--door", type=int, metavar="N", help="the socket that the supervisor hands over, by its number")
    commands.choices["worker"].add_argument("name", metavar="NAME", help="the name of a [[sensor]]")
    commands.choices["nursery"].add_argument("line", type=int, metavar="FD", help="the socket on which it is asked")
    commands.choices["nursery"].add_argument("supervisor", type=int, metavar="PID", help="who asks")
    commands.choices["enrol"].add_argument("token", metavar="TOKEN", help="as C2's 'invite' shows it, or - to read it from standard input")
    commands.choices["enrol"].add_argument("--wait", type=float, default=15.0, metavar="S", help="how long to wait for C2 (%(default)g s)")
    commands.choices["keys"].add_argument(
        "what", nargs="?", choices=("show", "make", "rotate"), default="show", help="%(default)s by default"
    )
    commands.choices["detect"].add_argument(
        "file", type=Path, metavar="FILE", help="a recording: pcap, pcapng, btsnoop, WAV, FLAC, video, SigMF or bare IQ"
    )
    commands.choices["detect"].add_argument("--as", dest="kind", metavar="KIND", help="what to look for, where the file does not tell")
    commands.choices["detect"].add_argument(
        "--plot",
        type=Path,
        metavar="FILE.png|mp4",
        help="draw it on one page as well; of pictures also a film with boxes, trails and labels",
    )
    _add_replay(commands.choices["replay"])
    _add_export(commands.choices["export"])
    for name in ("detect", "replay"):
        _add_pose(commands.choices[name].add_argument_group("how the array or the camera stood"))
        _add_sound(commands.choices[name].add_argument_group("how sound was recorded"))
        _add_pictures(commands.choices[name].add_argument_group("how pictures were recorded"))
        _add_iq(commands.choices[name].add_argument_group("how IQ was recorded, where neither SigMF nor the file's name says it"))
    _add_setup(commands.choices["setup"], commands.choices["sensors"])
    _add_flight(commands.choices["calibrate"])
    _add_walk(commands.choices["calibrate-array"])
    _add_black_box(commands.choices)
    commands.choices["demo"].add_argument("--seconds", type=float, default=60.0, help="how long (%(default)g)")
    commands.choices["demo"].add_argument(
        "--web", nargs="?", const="127.0.0.1:8600", metavar="HOST:PORT", help="show the C2's web page too"
    )
    return whole


def _add_replay(command: argparse.ArgumentParser) -> None:
    """Which recordings, and of a folder of the black box which part."""
    command.add_argument("files", type=Path, nargs="+", metavar="RECORDING", help="files of one time, or folders that the black box kept")
    part = command.add_argument_group("of a folder")
    _add_part(part)
    part.add_argument("--plot", type=Path, metavar="FILE.png|svg|pdf", help="draw every sensor and all tracks on one page as well")


def _add_export(command: argparse.ArgumentParser) -> None:
    """What becomes of which recording, and who will read it."""
    command.add_argument("folder", type=Path, metavar="FOLDER", help="what the black box kept")
    command.add_argument("--as", dest="form", choices=("html", "courageous", "geojson", "kml", "csv"), default="html", help="(%(default)s)")
    command.add_argument(
        "--role",
        choices=("public", "operator", "investigator"),
        default="public",
        help="who will read it: the public is shown least, an investigator all (%(default)s)",
    )
    command.add_argument("-o", "--out", type=Path, required=True, metavar="FILE", help="where to write it")
    command.add_argument("--again", action="store_true", help="find tracks anew instead of taking what was told live")
    _add_part(command.add_argument_group("a part of it"))


def _add_part(part: argparse._ArgumentGroup) -> None:
    """Of a recording."""
    part.add_argument("--from", dest="from_", metavar="WHEN", help="seconds from its begin, or a UTC time such as 2026-11-28T18:15:02Z")
    part.add_argument("--to", metavar="WHEN", help="likewise")
    part.add_argument("--sensor", action="append", metavar="NAME", help="only this one, its position and attitude; may be said again")
    part.add_argument("--key", type=Path, metavar="FILE", help="the private key, where it is encrypted")


def _add_setup(setup: argparse.ArgumentParser, sensors: argparse.ArgumentParser) -> None:
    """Where answers come from, and of which computer."""
    setup.add_argument("--answers", type=Path, metavar="FILE.toml", help="ask nothing: do as this file says (docs/setup.md)")
    setup.add_argument(
        "--first-boot",
        action="store_true",
        help="follow edge-node-setup.toml on the boot partition once, and write beside it what came of it",
    )
    setup.add_argument("--wait", type=float, default=15.0, metavar="S", help="how long to wait for C2 (%(default)g s)")
    sensors.add_argument("what", choices=("list", "suggest"), help="what is plugged in, or [[sensor]] tables for it")
    sensors.add_argument("--tables", action="store_true", help="only the tables, where there is no node.toml yet")
    for command in (setup, sensors):
        command.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="look for devices in the sysfs of another root")


def _add_doctor(command: argparse.ArgumentParser) -> None:
    """How long to listen, and what to write."""
    command.add_argument(
        "--listen", type=listen_s, default=3.0, metavar="S", help="how long to listen to each sensor, 0.5 to 600 (%(default)g s)"
    )
    command.add_argument(
        "--bundle", type=Path, metavar="FILE.zip", help="write all of it and the logs for who helps, keys and places blanked"
    )


def _add_pose(group: argparse._ArgumentGroup) -> None:
    """Where it looked, by the names of the driver's options."""
    for flag, words in (
        ("azimuth", "where the array's y axis, or the camera, points, clockwise from true north"),
        ("tilt", "how far that axis is raised above the horizon"),
        ("roll", "how far it is turned about that axis, right side down"),
    ):
        group.add_argument(f"--{flag}", dest=f"{flag}_deg", type=finite, metavar="DEG", help=words)


def _add_pictures(group: argparse._ArgumentGroup) -> None:
    """What no video says of its camera, by the names of the driver's options."""
    group.add_argument("--camera", metavar="NAME|PATH", help="the camera: a known one, or a .toml file of your own")
    group.add_argument(
        "--fov", dest="horizontal_fov_deg", type=finite, metavar="DEG", help="how wide it sees, where that differs or no camera is named"
    )
    group.add_argument("--mask", type=Path, metavar="FILE.toml", help="where nothing is looked for: masks and lowest_elevation_deg")


def _add_iq(group: argparse._ArgumentGroup) -> None:
    """What no file of bare IQ says of itself, by the names of the driver's options."""
    group.add_argument("--rate", dest="rate_hz", type=hertz, metavar="HZ", help="samples a second, such as 2.4M")
    group.add_argument("--center", dest="center_hz", type=hertz, metavar="HZ", help="where the receiver stood, such as 868.95M")
    group.add_argument("--format", metavar="FORMAT", help="how a sample is written: cu8, cs8, cs16 or cf32")


def _add_sound(group: argparse._ArgumentGroup) -> None:
    """What no sound file says of its microphones, by the names of the driver's options."""
    group.add_argument("--array", metavar="NAME|PATH", help="the microphones: a known array, or a .toml file of your own")
    group.add_argument("--temperature", dest="temperature_c", type=finite, metavar="C", help="of the air, which makes the speed of sound")
    group.add_argument("--calibration", metavar="FILE", help="the array's places, gains and delays as they were measured")


def _add_flight(command: argparse.ArgumentParser) -> None:
    """How long is flown, by whom, and what becomes of what is found."""
    command.add_argument("--seconds", type=flight_s, default=60.0, metavar="S", help="how long you fly, 10 to 600 (%(default)g)")
    command.add_argument("--id", metavar="SERIAL", help="the drone's serial number, where more than one says where it is")
    command.add_argument("--from", dest="recording", type=Path, metavar="FILE.jsonl", help="a flight that the hub recorded already")
    command.add_argument("--write", action="store_true", help="change the angles in node.toml; without it they are only shown")


def _add_walk(command: argparse.ArgumentParser) -> None:
    """What was walked, and around what."""
    command.add_argument("recording", type=Path, metavar="RECORDING", help="WAV or FLAC of the walk, all channels")
    command.add_argument("--array", required=True, metavar="NAME|PATH", help="the microphones: a known array, or a .toml file of your own")
    command.add_argument("--temperature", dest="temperature_c", type=finite, metavar="C", help="of the air, which makes the speed of sound")
    command.add_argument("--ahead", type=finite, default=0.0, metavar="S", help="how long the source stood straight ahead at first")
    way = command.add_mutually_exclusive_group()
    way.add_argument("--clockwise", action="store_true", default=None, help="it was carried around clockwise, seen from above")
    way.add_argument("--counter-clockwise", dest="clockwise", action="store_false", help="or the other way")
    command.add_argument("--no-delays", dest="delays", action="store_false", help="take all channels to be on time")
    command.add_argument("--out", type=Path, required=True, metavar="FILE.toml", help="where to write what was found")
    command.set_defaults(azimuth_deg=None, tilt_deg=None, roll_deg=None, calibration=None)


def _add_black_box(commands: dict[str, argparse.ArgumentParser]) -> None:
    """What is kept, and who opens it."""
    freeze, key, opened = commands["freeze"], commands["recording-key"], commands["open-recording"]
    freeze.add_argument("--seconds", type=kept_s, metavar="S", help="how long from now on, 0 to 300 (as [black_box] seconds_after says)")
    freeze.add_argument("--words", default="", metavar="TEXT", help="what it is for, 100 letters at most")
    key.add_argument("file", type=Path, metavar="FILE", help="where the private key goes: not on the node")
    opened.add_argument("folder", type=Path, metavar="RECORDING", help="its folder")
    opened.add_argument("--key", type=Path, metavar="FILE", help="the private key")
    opened.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where the plain recording goes: a new folder")


def kept_s(text: str) -> float:
    """Seconds from 0 to 300; raises ValueError."""
    seconds = finite(text)
    if not 0 <= seconds <= 300:
        raise ValueError(text)
    return seconds


def hertz(text: str) -> float:
    """A frequency such as 2400000, 2.4e6 or 2.4M (k, M, G); raises ValueError."""
    scale = {"k": 1e3, "M": 1e6, "G": 1e9}.get(text[-1:])
    return round(finite(text[:-1]) * scale, 3) if scale else finite(text)


def flight_s(text: str) -> float:
    """Seconds from 10 to 600; raises ValueError."""
    seconds = finite(text)
    if not 10 <= seconds <= 600:
        raise ValueError(text)
    return seconds


def listen_s(text: str) -> float:
    """Seconds from 0.5 to 600; raises ValueError."""
    seconds = finite(text)
    if not 0.5 <= seconds <= 600:
        raise ValueError(text)
    return seconds


def finite(text: str) -> float:
    """A finite number; raises ValueError."""
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def main() -> int:
    """Run one command; the exit code is 0, 1 for trouble, 2 for a wrong call, or one of sysexits."""
    arguments = parser().parse_args()
    module, _, function = COMMANDS[arguments.command][1].partition(":")
    try:
        return int(getattr(import_module(module), function)(arguments))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; that is no failure
        return 0
