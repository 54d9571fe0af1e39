"""Names against one another: of the aircraft, its maker, its address, its network and its operator."""

from __future__ import annotations

import re
from collections import OrderedDict

from edge_node.messages import RemoteIdDetection
from edge_node.remote_id.judges.heard import Fix, Heard, apart_m

# CTA-2063-A: four characters of the maker, one that says how many follow (1 to 9, A to F), without the letters O and I.
SERIAL = re.compile(r"[0-9A-HJ-NP-Z]{4}([1-9A-F])([0-9A-HJ-NP-Z]*)")
PLAIN = re.compile(r"[0-9A-Z-]+")
CTA_TRANSPORTS = frozenset({"wifi_beacon", "wifi_probe_response", "wifi_nan", "ble_legacy", "ble_extended", "mavlink"})
# EN 4709-002 and (EU) 2019/947: the country, twelve characters and a check character.
EU_COUNTRIES = frozenset(re.findall("...", "AUTBELBGRHRVCYPCZEDNKESTFINFRADEUGRCHUNISLIRLITALIELVALTULUXMLTNLDNORPOLPRTROUSVKSVNESPSWECHE"))
EU_OPERATOR = re.compile(r"[A-Z]{3}[0-9a-z]{13}")
EU_LENGTHS = range(13, 21)
# Makers by serial code, and addresses assigned to each by the IEEE; a board of another maker does not fly in its aircraft.
MAKERS = {"1581": "DJI", "1588": "Parrot"}
ADDRESSES = {
    "DJI": ("60:60:1f", "48:1c:b9", "34:d2:62", "04:a8:5a", "e4:7a:2c", "58:b8:58"),
    "Parrot": ("90:3a:e6", "90:03:b7", "a0:14:3d", "00:12:1c", "00:26:7e"),
    "Espressif": ("84:cc:a8", "24:0a:c4", "30:ae:a4", "7c:9e:bd", "a4:cf:12", "c8:f0:9e", "ec:fa:bc", "5c:cf:7f", "34:85:18", "f4:12:fa"),
    "Raspberry Pi": ("b8:27:eb", "dc:a6:32", "e4:5f:01", "d8:3a:dd", "28:cd:c1", "2c:cf:67"),
}
MAKER_OF = {prefix: maker for maker, prefixes in ADDRESSES.items() for prefix in prefixes}
MOST_SERIALS, NAMED_TWICE = 16, 2
# What does not change is looked at now and then, well within the time for which a suspicion stands.
FORM_EVERY = 8
MANY_IDS = 3

# Two receivers of one aircraft hear it within two seconds of its flight; half a kilometre is another aircraft.
APART_M, APART_S, APART_MPS, ALTERNATIONS, ALTERNATING_S = 500.0, 3.0, 60.0, 3, 60.0
MOST_IDS, MOST_KEY_LENGTH = 1_000, 96


class Names:
    """Of one transmitter: how many serial numbers it names, their form, and whether address and network agree with them."""

    __slots__ = ("_dropped", "_operators", "_serials")

    def __init__(self) -> None:
        self._serials: OrderedDict[str, int] = OrderedDict()
        self._dropped = self._operators = 0

    def hear(self, heard: Heard) -> None:
        """Judge the names of one frame."""
        said = heard.said
        for uas_id in said.ids:
            if uas_id.type == "serial_number" and len(uas_id.value) <= MOST_KEY_LENGTH:
                self._serial(heard, uas_id.value)
        if said.operator_id:
            self._operators += 1
            if self._operators % FORM_EVERY == 1:
                _operator(heard, said.operator_id)
        if said.ssid and said.ssid.startswith("RID-") and self._serials:
            named = said.ssid[4:].rstrip("\0 ")
            if named and not any(serial.startswith(named) or named.startswith(serial) for serial in self._serials):
                words = f"its network is called {said.ssid[:40]}, its serial number is {next(reversed(self._serials))[:24]}"
                heard.suspect("ssid_mismatch", 0.7, words)

    def _serial(self, heard: Heard, serial: str) -> None:
        times = self._serials.get(serial, 0) + 1
        self._serials[serial] = times
        self._serials.move_to_end(serial)
        if len(self._serials) > MOST_SERIALS:
            self._serials.popitem(last=False)
            self._dropped += 1
        if (times == 1 and len(self._serials) > 1) or len(self._serials) >= MANY_IDS:
            self._many(heard)
        if times % FORM_EVERY == 1 and heard.said.transport in CTA_TRANSPORTS:
            _form(heard, serial)
            _maker(heard, serial)

    def _many(self, heard: Heard) -> None:
        """Each heard twice, for a damaged frame may misname one once."""
        many = sum(times >= NAMED_TWICE for times in self._serials.values()) + self._dropped // NAMED_TWICE
        if many >= MANY_IDS and heard.said.transport != "mavlink":
            heard.suspect_station("transmitter_many_ids", 0.9, f"one transmitter names {len(self._serials)} aircraft")


def _form(heard: Heard, serial: str) -> None:
    """Genuine numbers of small makers break the form in their letters' meaning, but nobody's is not of capitals and digits."""
    form = SERIAL.fullmatch(serial)
    broken = serial[:4] in MAKERS and (form is None or len(form[2]) != int(form[1], 16))
    if broken or not PLAIN.fullmatch(serial):
        heard.suspect("serial_form", 0.4, f"{serial[:24]} is no serial number by CTA-2063-A")


def _maker(heard: Heard, serial: str) -> None:
    maker = MAKERS.get(serial[:4])
    board = MAKER_OF.get(heard.station.transmitter[:8].lower()) if heard.said.transport.startswith("wifi") else None
    if maker and board and maker != board:
        heard.suspect("maker_mismatch", 0.6, f"the serial number is of {maker}, the address of {board}")


def _operator(heard: Heard, operator_id: str) -> None:
    """Judged only where it means to be an EU number; people mistype them, so this says little."""
    if operator_id[:3] in EU_COUNTRIES and len(operator_id) in EU_LENGTHS and not EU_OPERATOR.fullmatch(operator_id):
        heard.suspect("operator_id_form", 0.2, f"{operator_id[:24]} is no operator number by EN 4709-002")


class _Seen:
    __slots__ = ("alternations", "fix", "since_s", "transmitter")

    def __init__(self, transmitter: str, fix: Fix) -> None:
        self.transmitter, self.fix = transmitter, fix
        self.alternations, self.since_s = 0, fix.t_s


class TwoPlaces:
    """One id, said by two transmitters at once from places that nobody flies between; which of them is true is not known."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def hear(self, heard: Heard) -> None:
        """Compare with the last fix of the same id from another transmitter."""
        name, fix, me = heard.flight.name, heard.flight.fix, heard.station.transmitter
        if not heard.fresh or not name or fix is None or heard.said.transport == "mavlink":
            return
        seen = self._seen.get(name)
        if seen is None:
            self._seen[name] = _Seen(me, fix)
            if len(self._seen) > MOST_IDS:
                self._seen.popitem(last=False)
            return
        self._seen.move_to_end(name)
        if seen.transmitter != me:
            self._compare(heard, seen, fix)
        seen.transmitter, seen.fix = me, fix

    def _compare(self, heard: Heard, seen: _Seen, fix: Fix) -> None:
        between_s = fix.t_s - seen.fix.t_s
        apart = apart_m(seen.fix.place, fix.place)
        allowed_m = APART_M + APART_MPS * max(between_s, 0.0) + fix.horizontal_m + seen.fix.horizontal_m
        if between_s > APART_S or apart <= allowed_m:
            return
        if fix.t_s - seen.since_s > ALTERNATING_S:
            seen.alternations, seen.since_s = 0, fix.t_s
        seen.alternations += 1
        if seen.alternations >= ALTERNATIONS:
            both = f"{heard.station.transmitter} and {seen.transmitter}"
            words = f"{heard.flight.name[:24]} is heard from {both}, {apart / 1e3:.1f} km apart within {between_s:.1f} s"
            heard.suspect("id_in_two_places", 0.85, words)


def flight_name(said: RemoteIdDetection) -> str | None:
    """The id to know an aircraft by, the serial number where it is said."""
    best = None
    for uas_id in said.ids:
        if 0 < len(uas_id.value) <= MOST_KEY_LENGTH and (best is None or uas_id.type == "serial_number"):
            best = uas_id.value
    return best
