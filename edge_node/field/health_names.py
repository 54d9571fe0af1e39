"""All that can be found to be wrong with a running node, by name: what it means and what to touch. The first explain the later ones."""

from __future__ import annotations

from msgspec import Struct

from edge_node.messages import Finding, Grade


class Named(Struct, frozen=True):
    """What a finding means, and what to touch where the one who finds it says nothing better."""

    meaning: str
    touch: str
    grade: Grade = "warn"


def _fails(meaning: str, touch: str) -> Named:
    return Named(meaning, touch, "fail")


NAMES: dict[str, Named] = {
    "hub_down": _fails("the process that tracks and tells does not run", "read what it says, and journalctl -u edge-node"),
    "configuration_refused": Named("node.toml cannot be read as it is now; the one before stays in force", "mend the line that it names"),
    "storage_hung": _fails("the disk does not answer", "exchange the SD card; the node goes on as long as it can"),
    "sensor_absent": _fails("its device is not there, or fell out", "plug it in: it is found by itself"),
    "sensor_stalled": _fails("its device or its process hung and was ended", "look at its cable and hub; it is started again by itself"),
    "sensor_crashed": _fails("its process ended", "look at its cable and hub; it is started again by itself"),
    "library_missing": _fails("a library that its driver needs cannot be loaded", "install what it names: it is found by itself"),
    "sensor_off": _fails("its table is wrong, its driver cannot be used, or its recording is at its end", "mend its [[sensor]] table"),
    "sensor_starting": Named("it is on its way", "wait"),
    "no_data": _fails("it runs and hands over nothing, or nothing new", "look at its plug and cable; unplug it for 5 s"),
    "too_little_data": Named("it hands over less than it should", "look at its cable, its hub and the computer's load"),
    "data_lost": Named("much of its data is lost on the way", "look at its cable, its hub and the computer's load"),
    "hub_overloaded": Named("the hub does not take what sensors find", "look at the computer's load and temperature"),
    "blind": _fails("it works and senses nothing now", "take away what covers it; of night and weather there is nothing to touch"),
    "hampered": Named("part of it hears noise of its own: nobody knows how much is left", "look for a loose plug, water or wind there"),
    "deaf": Named("its noise has fallen below anything usual here", "look at antenna, plug and cover"),
    "jammed": _fails("the noise is far above anything usual, over the whole band", "look for a transmitter nearby; the link may be jammed"),
    "hazy": Named("it shows less than it ever did here: fog, drops or dirt", "wipe the window; of fog there is nothing to touch"),
    "smeared": Named("part of its pictures has lost its fine detail: drops, dirt or a web", "wipe the window"),
    "muffled": Named(
        "high sounds come through weaker than ever: a cover is soaked, iced or dirty", "dry or exchange the microphones' covers"
    ),
    "never_heard": Named(
        "it has heard no frame of anybody yet: nobody knows whether it hears",
        "hold a phone with Wi-Fi and Bluetooth on near",
    ),
    "fallen_silent": Named("no frame of anybody for far longer than is usual here", "look at antenna and monitor mode; unplug it for 5 s"),
    "flooded": Named("so many frames that Remote ID may be lost among them", "somebody makes them: look for a transmitter nearby"),
    "clipped": Named("the signal is too strong for the receiver", "lower gain_db"),
    "microphones_silent": _fails("no microphone says anything but one value", "look at the array's plug and power"),
    "microphones_clipped": Named("microphones are at full scale much of the time", "turn the gain down, or shield them from wind"),
    "microphone_silent": Named("a microphone hears nothing", "look at its plug, its cable and for water in the hole"),
    "microphone_clipped": Named("a microphone runs into its rails", "turn its gain down, or shield it from wind"),
    "microphone_gain": Named("a microphone is louder or softer than the others", "look for dirt or water in the hole, or calibrate"),
    "microphone_inverted": Named("a microphone is upside down", "exchange its two wires"),
    "microphone_late": Named("a microphone comes too late or too early", "restart the sound device; if it stays, calibrate the array"),
    "microphone_swapped": Named("microphones are in each other's place", "exchange their plugs, or their places in the array's file"),
    "microphone_mirrored": Named("microphones are in reverse order", "look at the channel map in the array's file"),
    "no_fix": Named("the receiver knows no place", "give its antenna a view of the sky"),
    "fix_refused": Named("the receiver says a place where the node cannot be", "look for a jammer or a spoofer; the last place is kept"),
    "weak_satellites": Named("satellites are far weaker than usual here", "look at antenna and cable; it may be jammed"),
    "sensor_problem": Named("the detector says that something is wrong", "do as it says"),
    "clock_not_kept": Named("nobody vouches for the clock: C2 cannot tell when things were", "give the node NTP or a GNSS receiver"),
    "clock_stepped": Named("the system's clock was set", "look at what sets it (chronyc sources)"),
    "c2_unreached": Named("no C2 answers", "look at the network and at [c2]; nothing is lost while there is room in the spool"),
    "c2_refuses_key": Named("C2 does not know this node's key, or knows it no longer", "enrol it at C2"),
    "c2_wrong_key": Named("who answers has another key than [c2] server_key says, or is no C2", "look at [c2] server_key"),
    "c2_cannot_store": Named("C2 is there and cannot store", "look at C2's disk"),
    "spool_unwritable": Named("what C2 has not taken cannot be kept on the disk, only in memory", "make room, or exchange the SD card"),
    "status_unwritable": Named("tracks or status cannot be shown on the node", "make room in run_dir"),
    "recording_failed": Named("a recording that C2 asked for cannot be written", "make room in state_dir"),
    "black_box_failed": Named("the black box cannot keep what it should", "make room in state_dir, or take a faster SD card"),
    "key_renewal": Named("the next key cannot be taken into use", "do as it says"),
    "lamp_dark": Named("the lamp or the buzzer cannot be switched", "look at [lamp]"),
    "authorisation": Named("a list of known aircraft or of zones is not used", "mend the file that it names"),
}

C2_NOT_REACHED = frozenset({"c2_unreached", "c2_refuses_key", "c2_wrong_key", "c2_cannot_store"})
NOT_KEPT = frozenset({"spool_unwritable"})
PAST = frozenset({
    "under_voltage_seen", "cpu_throttled_seen", "usb_over_current", "over_current", "memory_ran_out", "restarted_by_under_voltage",
    "restarted_by_watchdog", "restarted_by_heat", "kernel_crashed",
})  # fmt: skip
"""Of what was since the computer started: said as long as it is news, and no reason for amber, as it is over."""
LONGEST_WORDS, LONGEST_TOUCH = 200, 120


def found(about: str, name: str, words: str, touch: str | None = None) -> Finding:
    """A finding of the table; words and touch are cut to what a status has room for."""
    named = NAMES[name]
    do = named.touch if touch is None else touch
    return Finding(about=about, name=name, grade=named.grade, words=words[:LONGEST_WORDS], touch=do[:LONGEST_TOUCH])


def of_words(about: str, name: str, words: str) -> Finding:
    """Of one sentence "what is wrong: what to do", as a detector says it."""
    wrong, _, do = words.partition(": ")
    return found(about, name, wrong if do else words, do or None)
