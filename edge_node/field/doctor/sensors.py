"""Findings of sensors that were tried, and of sensors that a running node tells of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from edge_node.field.doctor.grades import finding, in_two
from edge_node.field.doctor.tried import Tried
from edge_node.messages import Finding, SensorStatus

AIR = ("wifi_monitor", "ble_hci", "ble_sniffle", "mavlink_rid")
"""These say nothing while nobody sends."""
STEADY = ("mic_array", "rtl_sdr", "rtl_tcp", "soapy_sdr")
"""These give many blocks in every second."""
COUNTED = re.compile(r"\b(\d+) blocks, (\d+)/s")
PATIENCE = re.compile(r"; (looks again every|starts again in) [\d.]+ s\b")
"""What a supervisor adds to a sentence is of no use to who stands before the node."""
LEAST_HEARD = 0.7
SILENT_S = 2.5
"""A GNSS receiver speaks once a second, everything else more often."""
MOST_LOST = 0.005
CABLE = "look at its plug, cable and hub; unplug it for 5 s"
TOUCHES = {
    "wifi_monitor": "hold a phone with Wi-Fi on near it; look at its antenna and at the channel plan",
    "ble_hci": "hold a phone with Bluetooth on near it; look at its antenna",
    "ble_sniffle": "hold a phone with Bluetooth on near it; look at its antenna",
    "mavlink_rid": "nothing, where no drone with Remote ID is near; else look at port and baud",
}
LIBRARIES = {
    "mic_array": "sudo apt-get install libportaudio2",
    "rtl_sdr": "sudo apt-get install librtlsdr2 (Debian 12: librtlsdr0); if it lacks symbols: pip install 'pyrtlsdr[lib]'",
    "soapy_sdr": "sudo apt-get install python3-soapysdr and the soapysdr-module of the device",
}
STATES = {"absent": "sensor_absent", "stalled": "sensor_stalled", "crashed": "sensor_crashed", "off": "sensor_off"}


def of_tried(tried: Tried) -> tuple[Finding, ...]:
    """What was found of one sensor; a single line where all is well."""
    wrong = tuple(_troubled(tried)) or (*tried.findings, *_data(tried), *_limited(tried))
    if any(one.grade != "ok" for one in wrong):
        return wrong
    return (finding(tried.name, "sensor_ok", "ok", _well(tried)),)


def _well(tried: Tried) -> str:
    return "; ".join(filter(None, (tried.words.split("; ")[0], tried.signal))) or f"{tried.blocks} blocks"


def _troubled(tried: Tried) -> Iterator[Finding]:
    """How it ended before its time; at most one."""
    words, touch = in_two(tried.error)
    match tried.trouble:
        case "absent":
            yield finding(tried.name, "sensor_absent", "fail", words, touch or "plug it in, or name the one that is there in node.toml")
        case "misconfigured" if "install " in tried.error:
            yield finding(tried.name, "library_missing", "fail", words, LIBRARIES.get(tried.driver, touch))
        case "misconfigured":
            yield finding(tried.name, "sensor_off", "fail", words, touch or "mend its [[sensor]] table")
        case "stalled":
            yield finding(tried.name, "sensor_stalled", "fail", words, touch or CABLE)
        case "lost":
            yield finding(tried.name, "sensor_lost", "fail", words, touch or CABLE)
        case "failed":
            yield finding(
                tried.name,
                "sensor_crashed",
                "fail",
                f"driver {tried.driver!r} failed: {tried.error}",
                "send this line to the driver's makers",
            )
        case None if tried.stage != "done":
            yield _ended(tried)


def _ended(tried: Tried) -> Finding:
    """Its process was killed or died."""
    doing = {"starting": "while its driver was loaded", "opening": "while it was opened", "listening": "while it was listened to"}
    when = doing.get(tried.stage, "")
    if tried.ended:
        return finding(tried.name, "sensor_crashed", "fail", f"its process ended {when} ({tried.ended})", CABLE)
    return finding(
        tried.name, "sensor_hangs", "fail", f"it hung {when} and was ended", "unplug it for 5 s; if it hangs again, restart the computer"
    )


def _data(tried: Tried) -> Iterator[Finding]:
    if not tried.blocks:
        yield _silent(tried)
        return
    quiet_s = tried.seconds - tried.last_s
    if quiet_s > SILENT_S and tried.driver not in AIR:
        yield finding(tried.name, "no_data", "fail", f"it gave nothing for the last {quiet_s:.1f} s", CABLE)
    elif tried.heard is not None and tried.heard < LEAST_HEARD:
        said = f"only {tried.heard:.0%} of what it should give came"
        yield finding(tried.name, "too_little_data", "warn", said, "look at its cable, its hub and the computer's load")
    elif tried.lost > MOST_LOST:
        yield finding(
            tried.name, "data_lost", "warn", f"{tried.lost:.1%} of its data was lost", "look at its cable, its hub and the computer's load"
        )
    if tried.problem and not any(one.grade != "ok" for one in tried.findings):
        yield finding(tried.name, "sensor_problem", "warn", *in_two(tried.problem))


def _silent(tried: Tried) -> Finding:
    for_s = f"for {tried.seconds:.0f} s"
    if tried.driver in AIR:
        words = "; ".join(filter(None, (f"it heard nobody {for_s}", tried.words)))
        return finding(tried.name, "never_heard", "warn", words, TOUCHES[tried.driver])
    words = "; ".join(filter(None, (f"it is open and gave nothing {for_s}", tried.words)))
    return finding(tried.name, "no_data", "fail", words, CABLE)


def _limited(tried: Tried) -> Iterator[Finding]:
    for limit in tried.limits:
        yield finding(tried.name, "limited", "warn", *in_two(limit, "take a device that can, where it matters"))


def of_running(sensors: Sequence[SensorStatus], told: Sequence[Finding]) -> Iterator[Finding]:
    """What a running node says of its sensors: its own findings, else a line of the state of each."""
    for sensor in sensors:
        own = [one for one in told if one.about == sensor.name and one.grade != "ok"]
        yield from own or (_state(sensor),)


def _state(sensor: SensorStatus) -> Finding:
    """That it runs is not enough: what it has handed over so far says whether it does anything."""
    sentence = PATIENCE.sub("", sensor.sentence)
    words, touch = in_two(sentence)
    counted = COUNTED.search(sentence)
    match sensor.state:
        case "running" if counted and counted[1] == "0" and sensor.driver in AIR:
            return finding(sensor.name, "never_heard", "warn", f"it runs and has heard nobody yet; {sentence}", TOUCHES[sensor.driver])
        case "running" if counted and counted[2 if sensor.driver in STEADY else 1] == "0":
            return finding(sensor.name, "no_data", "fail", f"it runs and gives nothing; {sentence}", CABLE)
        case "running":
            return finding(sensor.name, "sensor_ok", "ok", sentence)
        case "starting" | "stopping":
            return finding(sensor.name, "sensor_starting", "warn", f"it is {sensor.state}: {sentence}", "wait a little and ask again")
        case state:
            return finding(sensor.name, STATES[state], "fail", words, touch or "edge-node doctor with the node stopped tells more")
