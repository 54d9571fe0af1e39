"""What C2 holds of its nodes, line by line: events in words, or history and events as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from edge_node.publish import wire
from edge_node.publish.fact_words import SURELY_THERE, doing
from edge_node.publish.reliable_wire import decode_event
from tools.c2.store import Store

Event = dict[str, Any]
LINKS = {
    "elrs_900": "ELRS 900 link",
    "elrs_2400": "ELRS 2.4 link",
    "crossfire": "Crossfire link",
    "frsky_r9": "FrSky R9 link",
    "sik": "SiK telemetry link",
    "dji_ocusync": "DJI OcuSync link",
    "analog_video": "analog video sender",
    "lora": "LoRa link",
    "fsk": "FSK link",
}
"""What makes tracks, or was taken for that."""
LOUDER_DBPS = 0.2
"""4 dB in 20 s; less is fading."""


def events(store: Store, stream: str = "events", node: str | None = None, newest: int | None = None) -> Iterator[Event]:
    """Rows of a stream decoded, in the order of their arrival; a row that cannot be read says so."""
    for row in store.rows(stream, node, newest):
        head = {name: row[name] for name in ("name", "epoch", "seq", "t_utc_ms", "received_utc_ms")}
        said = {"node": head.pop("name"), "stream_epoch": head.pop("epoch"), "best_t_utc_ms": head.pop("t_utc_ms"), **head}
        try:
            content = decode_event(row["payload"]) if stream == "events" else wire.decode_tracks(row["payload"])
        except wire.WireError as error:
            content = {"malformed": str(error)}
        yield content | said


def sentence(event: Event) -> str:
    """One event as a person reads it."""
    told_ms = event["best_t_utc_ms"] if event["best_t_utc_ms"] is not None else event.get("t_utc_ms")
    when = _when(told_ms)
    sure = "" if event["best_t_utc_ms"] is not None else " (clock not vouched for)"
    return f"{when}{sure}  {event['node']:<16} {what(event)}"


def _when(utc_ms: int | None) -> str:
    """A node may say any time, and a calendar ends."""
    try:
        return "at an unknown time" if utc_ms is None else f"{datetime.fromtimestamp(utc_ms / 1000, UTC):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return f"{utc_ms} ms after 1970"


def what(event: Event) -> str:
    """What happened, without when and where."""
    if "malformed" in event:
        return f"row {event['seq']} cannot be read: {event['malformed']}"
    track, words = event.get("track"), event.get("words")
    subject = f"track {track.get('number')} {event['event']}" if track else str(event["event"])
    ids = track["identity"]["ids"] if track and track.get("identity") else []
    name = ids[0]["value"] if ids else sensed(track or {})
    into = "" if event.get("other") is None else f"{'into' if event['event'] == 'merged' else 'from'} track {event['other']}"
    way = f"after {len(event['trail'])} places" if event.get("trail") else ""
    return plain("  ".join(filter(None, (subject, event.get("about"), event.get("verdict"), into, name, judged(track or {}), way, words))))


def heard(track: Event) -> str:
    """What a track sounds like and how surely it is a drone, like "multirotor heard, 87 %"; empty for one that was not heard."""
    sound = track.get("sound")
    if not sound:
        return ""
    label = "something" if sound["label"] in (None, "none") else sound["label"].replace("_", "-")
    return f"{label} heard, {sound['probability_percent']:.0f} %"


def seen(track: Event) -> str:
    """What a track looks like, how surely and about how far, like "bird seen, 93 %, ~310 m"; empty for one that was not seen."""
    sight = track.get("sight")
    if not sight:
        return ""
    label, sure, far = sight["label"], sight["label_probability_percent"], sight["range_m"]
    if label in (None, "unknown") or sure is None:
        how = f"{label if label not in (None, 'unknown') else 'something'} seen, drone {sight['probability_percent']:.0f} %"
    else:
        how = f"{label} seen, {sure:.0f} %"
    return how if far is None else f"{how}, ~{far:.0f} m"


def received(track: Event) -> str:
    """Which link a track sends and where, like "ELRS 900 link 866.4 MHz, 50 packets/s, getting stronger"; empty for one without."""
    emission = track.get("emission")
    if not emission:
        return ""
    link, center_hz, rate_hz = emission["link"], emission["center_hz"], emission["packet_rate_hz"]
    name = LINKS.get(link) or f"{(link or 'unknown').replace('_', ' ')} link"
    where = "" if center_hz is None else f" {center_hz / 1e6:.1f} MHz"
    rate = "" if rate_hz is None else f"{rate_hz:.0f} packets/s"
    withdrawn = "no drone's after all" if emission["alarm"] == "withdrawn" else ""
    return ", ".join(filter(None, (name + where, rate, trend(emission["level_rate_dbps"]), withdrawn)))


def told(track: Event) -> str:
    """What another sensor says it is and how it is named, like "aeroplane DLH4AB 3C6444, 95 %"; empty for one without."""
    target = track.get("target")
    if not target:
        return ""
    label, sure = target["label"], target["label_probability_percent"]
    drone = target["probability_percent"] or 0
    what = (label or "unknown").replace("_", "-") if label != "unknown" else "drone" if drone > 50 else "something"
    names = " ".join(one["value"] for one in sorted(target["ids"], key=lambda one: one["type"] != "callsign"))
    certain = "" if sure is None else f"{sure:.0f} %"
    return ", ".join(filter(None, (f"{what} {names}".rstrip(), certain)))


def judged(track: Event) -> str:
    """What all sensors together make of it, like "is multirotor 93 %, approaches reactor in 74 s"; empty where that is nothing."""
    said = track.get("judgement")
    if not said:
        return ""
    shares, existence = said["probabilities"], said["existence_percent"]
    drone = shares.get("multirotor", 0) + shares.get("fixed_wing", 0)
    label, sure = said["label"], said["label_probability_percent"]
    if label == "unknown" and drone > 50:
        label, sure = "drone", drone
    kind = "" if label in (None, "unknown") or sure is None else f"is {label.replace('_', '-')} {sure:.0f} %"
    there = "" if existence is None or existence >= 100 * SURELY_THERE else f"there {existence:.0f} %"
    claim = "" if said["claim_percent"] is None else f"where it says {said['claim_percent']:.0f} %"
    return ", ".join(filter(None, (kind, there, claim, *(doing(one["name"], one["value"], one["about"]) for one in said["behaviour"]))))


def trend(level_rate_dbps: float | None) -> str:
    """Whether something comes nearer, as far as its loudness tells."""
    if level_rate_dbps is None or abs(level_rate_dbps) < LOUDER_DBPS:
        return ""
    return "getting stronger" if level_rate_dbps > 0 else "getting weaker"


def sensed(track: Event) -> str:
    """What a track that says nothing of itself was heard, seen or received as."""
    return ", ".join(filter(None, (heard(track), seen(track), received(track), told(track))))


def plain(text: str) -> str:
    """What a node says is hostile until shown otherwise: no control codes."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
