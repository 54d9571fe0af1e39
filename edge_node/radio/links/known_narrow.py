"""Narrow signals that everybody knows, named as what they are so that they raise no alarm."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, structs

from edge_node.messages import LinkKind
from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links import fsk, keyed, lora
from edge_node.radio.links.finding import Finding

PUBLIC = 0x34
"""LoRaWAN's sync word."""
LORAWAN_BANDWIDTHS_HZ, LORAWAN_SPREADING = (125e3, 250e3), range(7, 13)
GATEWAYS_HZ = 500e3
"""Downlinks in the Americas and Australia, on channels that remote controls have as well: told by their sync word alone."""
UNREAD = 0.7
"""How surely chirps of LoRaWAN's numbers are its own where the sync word was not read."""
ELSEWHERE = 0.7
"""And keying of the right numbers where nobody knows the centre."""


class Keyed(Struct, frozen=True):
    """Numbers that tell a keying: rate, its tolerance as a share, deviations, and where it may be (Hz)."""

    link: LinkKind
    rate_bd: float
    rate_off: float
    deviations_hz: tuple[float, float]
    bands_hz: tuple[tuple[float, float], ...]


KNOWN = (
    Keyed("wmbus", 100e3, 0.015, (35e3, 65e3), ((868.8e6, 869.1e6),)),
    Keyed("radiosonde", 4_800, 0.005, (800, 3_600), ((400e6, 406.1e6),)),
    Keyed("ble", 1e6, 0.003, (150e3, 320e3), ((2400e6, 2483.5e6),)),
)
"""EN 13757-4 modes T and C (a meter's chips may be 1 % off), RS41 (whose preamble alone reads low), and Bluetooth Core 5.4 6/A."""


def look(burst: Burst) -> Finding | None:
    """The narrow kind that a burst is, known or not."""
    kinds: tuple[Callable[[Burst], Finding | None], ...] = (keyed.aircraft, lora.look, fsk.look, keyed.on_off)
    found = next((finding for kind in kinds if (finding := kind(burst)) is not None), None)
    return None if found is None else named(found, burst.center_hz)


def named(finding: Finding, center_hz: float | None) -> Finding:
    """The same finding under a known one's name where its numbers are that one's."""
    if finding.link == "lora":
        return _chirped(finding)
    if finding.link == "fsk":
        return _shifted(finding, center_hz)
    return finding


def _chirped(finding: Finding) -> Finding:
    numbers = finding.parameters
    bandwidth_hz, word = numbers.get("chirp_bandwidth_hz"), numbers.get("sync_word")
    if bandwidth_hz not in (*LORAWAN_BANDWIDTHS_HZ, GATEWAYS_HZ) or numbers.get("spreading_factor") not in LORAWAN_SPREADING:
        return finding
    if word != PUBLIC and (word is not None or bandwidth_hz == GATEWAYS_HZ):
        return finding
    return structs.replace(finding, link="lorawan", score=finding.score * (UNREAD if word is None else 1.0))


def _shifted(finding: Finding, center_hz: float | None) -> Finding:
    for known in KNOWN:
        if _is(known, finding.parameters) and (center_hz is None or any(low <= center_hz <= high for low, high in known.bands_hz)):
            return structs.replace(finding, link=known.link, score=finding.score * (ELSEWHERE if center_hz is None else 1.0))
    return finding


def _is(known: Keyed, numbers: Mapping[str, float | str]) -> bool:
    rate_bd, deviation_hz = numbers.get("symbol_rate_bd"), numbers.get("deviation_hz")
    if not isinstance(rate_bd, float) or not isinstance(deviation_hz, float):
        return False
    return abs(rate_bd / known.rate_bd - 1) < known.rate_off and known.deviations_hz[0] < deviation_hz < known.deviations_hz[1]
