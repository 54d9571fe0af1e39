"""Many transmitters that appear at once, or in a row: what a program makes, and no fleet."""

from __future__ import annotations

from collections import OrderedDict, deque

from edge_node.remote_id.judges.heard import Heard

# A show launches some hundred aircraft within minutes, each heard for minutes; a flood names more within seconds.
FLOOD, FLOOD_WITHIN_S = 300, 10.0
PROVEN_S, PROVEN_FRAMES = 20.0, 20
# Addresses one after the other: a batch from a factory has gaps, and one device has two or three.
RUN, MOST_ADDRESSES, RUN_WITHIN_S = 4, 1_000, 120.0


class Crowd:
    """Newcomers at a rate, or with addresses, that no fleet has."""

    def __init__(self) -> None:
        self._births: deque[float] = deque(maxlen=FLOOD)
        self._flooded_s = -1e18
        self._addresses: OrderedDict[int, tuple[float, str]] = OrderedDict()

    def hear(self, heard: Heard) -> None:
        """Count newcomers, and suspect those of a flood that have not been heard for long."""
        station, t_s = heard.station, heard.t_s
        if station.frames == 1:
            self._births.append(t_s)
            if len(self._births) == FLOOD and t_s - self._births[0] <= FLOOD_WITHIN_S:
                self._flooded_s = t_s
        if station.frames >= PROVEN_FRAMES and t_s - station.first_s >= PROVEN_S:
            station.evidence.withdraw("transmitter_flood")
        elif t_s - self._flooded_s <= FLOOD_WITHIN_S and station.first_s >= self._flooded_s - FLOOD_WITHIN_S:
            words = f"one of at least {FLOOD} transmitters that appeared within {FLOOD_WITHIN_S:.0f} s"
            heard.suspect_station("transmitter_flood", 0.5, words)
        if station.frames in (1, 8, 64):
            self._run(heard)

    def _run(self, heard: Heard) -> None:
        """How many addresses in a row, this one's among them, speak for different aircraft."""
        text = heard.station.transmitter.replace(":", "")
        if len(text) != 12 or heard.said.transport == "mavlink":
            return
        try:
            address = int(text, 16)
        except ValueError:
            return
        self._addresses[address] = heard.t_s, heard.station.who
        self._addresses.move_to_end(address)
        if len(self._addresses) > MOST_ADDRESSES:
            self._addresses.popitem(last=False)
        row = {heard.station.who}
        for side in (-1, 1):
            at = address + side
            while len(row) < 2 * RUN and (seen := self._addresses.get(at)) and heard.t_s - seen[0] <= RUN_WITHIN_S:
                row.add(seen[1])
                at += side
        if len(row) >= RUN:
            heard.suspect_station(
                "address_run", 0.5, f"{len(row)} aircraft with addresses in a row, {heard.station.transmitter} among them"
            )
