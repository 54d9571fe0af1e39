"""Every flag in a sentence for who never saw one; docs/remote-id.md and docs/fusion.md say more of each."""

from __future__ import annotations

WORDS = {
    "shared_sequence_counter": "one radio speaks for several aircraft: they share one counter",
    "sequence_in_lock_step": "several aircraft count in step, as one loop would",
    "tsf_random": "the transmitter's timer goes as no timer does",
    "tsf_out_of_step": "the transmitter's timer drifts more than a crystal can",
    "tsf_shared": "several aircraft tell one timer",
    "address_run": "it is one of several with addresses in a row",
    "transmitter_flood": "it appeared with hundreds of others within seconds",
    "transmitter_many_ids": "one transmitter names several aircraft",
    "rssi_flat": "it is equally loud however far it claims to be",
    "rssi_alike": "several aircraft that claim to be far apart are equally loud",
    "rssi_too_strong": "it is too loud for where it claims to be",
    "position_jump": "it moved faster than it claims to fly",
    "speed_mismatch": "its claimed places and its claimed speed do not agree",
    "course_mismatch": "its claimed places and its claimed course do not agree",
    "climb_mismatch": "its claimed altitudes and its claimed climb do not agree",
    "timestamp_frozen": "the time in its messages stands still",
    "timestamp_never_set": "the time in its messages was never set",
    "timestamp_replayed": "the time in its messages goes back again and again",
    "timestamp_late": "the time in its messages is late",
    "timestamp_ahead": "the time in its messages is ahead",
    "timestamp_out_of_step": "its clock goes faster or slower than time does",
    "message_counter_frozen": "its message counter does not count",
    "message_counter_random": "its message counter does not count its messages",
    "id_in_two_places": "its id is said from two places that nobody flies between",
    "id_conflict": "it names an id that is surely another's",
    "maker_mismatch": "its serial number is of one maker, its address of another",
    "ssid_mismatch": "its network's name holds another serial number",
    "serial_form": "its serial number is none by CTA-2063-A",
    "operator_id_form": "its operator's number is none",
    "operator_far": "its operator is said to be far away",
    "position_implausible": "it claims a place where a receiver without a fix would be",
    "altitude_implausible": "nothing of its class flies so high",
    "speed_implausible": "nothing of its class flies so fast",
    "claim_without_body": "nothing is where it claims to be, though it would be sensed there",
    "claim_elsewhere": "it is not where it claims to be",
    "body_without_claim": "it is surely a drone and says no Remote ID",
}


def in_words(name: str) -> str:
    """Of a flag or a suspicion; one that has no sentence here is told by its name."""
    return WORDS.get(name) or name.replace("_", " ")
