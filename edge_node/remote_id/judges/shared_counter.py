"""One 802.11 sequence counter under several addresses (IEEE 802.11-2020 section 10.3.2.14)."""

from __future__ import annotations

from collections import OrderedDict
from math import log2

from edge_node.remote_id.judges.heard import Heard

NUMBERS = 4096
# A shared counter moves on by what its radio sent between two frames that were heard: by less than this at any usual loss.
MOST_STEP = 64
RECENT_S = 2.0
FORGOTTEN_S = 120.0
MOST_MEMBERS, MOST_SENSORS, MOST_FELLOWS, FELLOWS_SEEN = 1_000, 8, 64, 8
# Evidence is counted in bits against chance: a newcomer's, by how close it follows, and some, but not without end, for each that
# took its turn again and was not wrong. Fleets are switched on together, so that their counters begin side by side: where nobody
# has come back yet, more is asked for.
ENOUGH_BITS, ENOUGH_WITHOUT_RETURN_BITS = 24.0, 40.0
MOST_TURN_BITS, MOST_LINE_TURN_BITS, TURNS_A_LATE_BIT = 2, 8, 16
RETURNS, TWO_AIRCRAFT_BITS, TWO_AIRCRAFT_TURNS = 3, 20.0, 30
PROVEN_TURNS, PROVEN_BITS, PROVEN_AT_ONCE_BITS = 2, 7.5, 10.0
# Several counters stepped by one loop hold one number at one moment; of a genuine fleet two may, hardly four.
SAME_MOMENT_S = 0.02
LOCK_STEP_AIRCRAFT, LOCK_STEP_TIMES = 4, 3
MOST_HOLDERS = 64


class SharedCounter:
    """A radio has one counter: whoever takes turns on it with others speaks for more aircraft than one.

    Genuine transmitters count for themselves, so a frame of another fits between two of theirs by chance alone. One that always
    says the same number (as some DJI do) says nothing, and several addresses of one aircraft may share a counter.
    """

    def __init__(self) -> None:
        self._sensors: dict[str, _Counters] = {}

    def hear(self, heard: Heard) -> None:
        """Take in one frame; each sensor's frames are in order, those of two sensors need not be."""
        number = heard.said.sequence_number
        if number is None or not 0 <= number < NUMBERS:
            return
        counters = self._sensors.get(heard.said.sensor)
        if counters is None:
            if len(self._sensors) >= MOST_SENSORS:
                return
            counters = self._sensors[heard.said.sensor] = _Counters()
        counters.hear(heard, number)


class _Line:
    """Transmitters that seem to count on one counter: when, with which number and for whom each spoke last."""

    __slots__ = ("bits", "fellows", "frames", "returns", "turn_bits", "turns")

    def __init__(self) -> None:
        self.bits = 0.0
        self.turns = self.returns = self.frames = self.turn_bits = 0
        self.fellows: OrderedDict[str, tuple[float, int, str]] = OrderedDict()


class _Member:
    __slots__ = ("bits", "frames", "last", "last_s", "line", "link_bits", "lock_steps", "seen", "turn_bits")

    def __init__(self, number: int, t_s: float) -> None:
        self.line = _Line()
        self.last, self.last_s = number, t_s
        self.bits = self.link_bits = 0.0
        self.turn_bits = self.lock_steps = self.frames = self.seen = 0

    @property
    def proven(self) -> bool:
        """Whether it belongs to its line by more than chance; one that joined a proven line by chance is out of it with the next turn."""
        return self.turn_bits >= PROVEN_TURNS or self.link_bits >= (PROVEN_BITS if self.frames > 1 else PROVEN_AT_ONCE_BITS)

    def leave(self, name: str) -> None:
        """Have a line of its own."""
        line = self.line
        line.fellows.pop(name, None)
        line.bits = line.bits - self.bits if len(line.fellows) > 1 else 0.0
        self.line, self.bits, self.link_bits, self.turn_bits, self.frames, self.seen = _Line(), 0.0, 0.0, 0, 0, 0


class _Counters:
    """Who of those heard by one sensor used each number last, and who follows whom."""

    def __init__(self) -> None:
        self._user = [""] * NUMBERS
        self._used_s = [-1e18] * NUMBERS
        self._holders: dict[int, list[str]] = {}
        self._members: OrderedDict[str, _Member] = OrderedDict()
        self._lines, self._counted_s = 0, -1e18

    def hear(self, heard: Heard, number: int) -> None:
        me, t_s = heard.station.transmitter, heard.t_s
        member = self._members.get(me)
        if member is not None and member.last == number:
            return
        if member is None:
            member = self._members[me] = _Member(number, t_s)
            self._count_lines(t_s)
            if number == 0:
                return
        self._members.move_to_end(me)
        self._part_if_wrong(me, member, number, t_s)
        self._follow(me, member, number, t_s)
        self._hold(me, number, t_s)
        self._user[number], self._used_s[number] = me, t_s
        member.last, member.last_s = number, t_s
        member.frames += 1
        member.line.frames += 1
        member.seen = member.line.frames
        self._accuse(heard, member, number)

    def _count_lines(self, t_s: float) -> None:
        """How many counters run at the moment: counted anew once a second, one more for each newcomer meanwhile."""
        self._lines += 1
        while len(self._members) > MOST_MEMBERS or t_s - next(iter(self._members.values())).last_s > FORGOTTEN_S:
            name, member = self._members.popitem(last=False)
            member.line.fellows.pop(name, None)
        if abs(t_s - self._counted_s) > 1.0:
            self._counted_s = t_s
            self._lines = len({id(member.line) for member in self._members.values() if t_s - member.last_s <= RECENT_S})

    def _part_if_wrong(self, me: str, member: _Member, number: int, t_s: float) -> None:
        """Of two fellows, of whom one counts behind the other that was heard just before, the less proven has its own counter.

        And so has one that counted less than half of what its line was heard to say meanwhile.
        """
        between = member.line.frames - member.seen
        if between > 2 * ((number - member.last) % NUMBERS) and t_s - member.last_s <= RECENT_S and len(member.line.fellows) > 1:
            self._lines += 1
            member.leave(me)
            return
        for seen, (fellow, (heard_s, last, _)) in enumerate(reversed(member.line.fellows.items())):
            if seen >= FELLOWS_SEEN or t_s - heard_s > RECENT_S:
                return
            if fellow != me and (last - number) % NUMBERS < MOST_STEP:
                break
        else:
            return
        other = self._members.get(fellow)
        self._lines += 1
        if other is not None and (other.turn_bits, other.bits) < (member.turn_bits, member.bits):
            other.leave(fellow)
        else:
            member.leave(me)

    def _follow(self, me: str, member: _Member, number: int, t_s: float) -> None:
        """Join the line of the transmitter that used the nearest lower number lately, unless that was my own."""
        users, used_s, since_s = self._user, self._used_s, t_s - RECENT_S
        for step in range(1, MOST_STEP):
            if used_s[number - step] >= since_s:
                break
        else:
            return
        user = users[number - step]
        other = self._members.get(user)
        if user == me or other is None:
            return
        line = other.line
        if line is member.line:
            line.turns += 1
            line.returns += 1
            member.turn_bits = min(member.turn_bits + 1, MOST_TURN_BITS)
            line.turn_bits = min(line.turns, MOST_LINE_TURN_BITS) + min(line.turns // TURNS_A_LATE_BIT, MOST_LINE_TURN_BITS)
        elif len(member.line.fellows) < 2:
            member.bits = self._surprise(number, step, since_s)
            member.link_bits, other.link_bits = member.bits, max(member.bits, other.link_bits)
            member.line = line
            line.bits += member.bits
            line.turns += 1
            self._lines -= 1

    def _surprise(self, number: int, step: int, since_s: float) -> float:
        """Bits by which this step is smaller than chance makes it, among so many counters and with the next one so close ahead."""
        room = NUMBERS / max(self._lines - 1, 1)
        for ahead in range(1, MOST_STEP):
            if self._used_s[(number + ahead) % NUMBERS] >= since_s:
                room = min(room, ahead + step)
                break
        return max(0.0, log2(room / step))

    def _hold(self, me: str, number: int, t_s: float) -> None:
        """Count who held one number at one moment with several others."""
        user = self._user[number]
        if user in ("", me) or t_s - self._used_s[number] > SAME_MOMENT_S:
            self._holders.pop(number, None)
            return
        if len(self._holders) >= MOST_HOLDERS:
            self._holders.clear()
        holders = self._holders.setdefault(number, [user])
        holders.append(me)
        for name in holders if len(holders) == LOCK_STEP_AIRCRAFT else holders[LOCK_STEP_AIRCRAFT:][-1:]:
            member = self._members.get(name)
            if member:
                member.lock_steps += 1

    def _accuse(self, heard: Heard, member: _Member, number: int) -> None:
        line, me = member.line, heard.station.transmitter
        line.fellows[me] = (heard.t_s, number, heard.station.who)
        line.fellows.move_to_end(me)
        if len(line.fellows) > MOST_FELLOWS:
            line.fellows.popitem(last=False)
        self._accuse_of_sharing(heard, member)
        if member.lock_steps >= LOCK_STEP_TIMES:
            heard.suspect_station(
                "sequence_in_lock_step",
                0.8,
                f"{member.lock_steps} times at least {LOCK_STEP_AIRCRAFT} transmitters sent the same 802.11 sequence number within "
                f"{SAME_MOMENT_S} s",
            )

    def _accuse_of_sharing(self, heard: Heard, member: _Member) -> None:
        line = member.line
        if len(line.fellows) < 2:
            heard.station.evidence.withdraw("shared_sequence_counter")
        bits, many = line.bits + line.turn_bits, len({who for _, _, who in line.fellows.values()})
        if many > 2:
            enough = bits >= (ENOUGH_BITS if line.returns >= RETURNS else ENOUGH_WITHOUT_RETURN_BITS)
        else:
            enough = many == 2 and bits >= TWO_AIRCRAFT_BITS and line.turns >= TWO_AIRCRAFT_TURNS
        if enough and member.proven:
            heard.suspect_station(
                "shared_sequence_counter",
                1 - 0.5 ** (2 + many),
                f"{many} aircraft count on one 802.11 sequence counter: {line.turns} changes of transmitter in a row step forward by "
                f"less than {MOST_STEP}, by chance 1 in 2^{bits:.0f}",
            )
