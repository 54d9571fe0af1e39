"""What a file of answers decides on this computer, with what is plugged in now."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from drivers.known_devices import all_known
from edge_node.field.setup.answers import followed, read
from edge_node.field.setup.ask_sensors import Chosen, words
from edge_node.field.setup.choices import Choices, Former
from edge_node.field.setup.inventory import look
from edge_node.field.setup.suggest import advise


class Followed(NamedTuple):
    """`notes` are what is amiss with what is plugged in, in words."""

    made: Choices
    chosen: Chosen
    notes: tuple[str, ...]
    is_started: bool


def follow(file: Path, old: Former, root: Path) -> Followed:
    """Read it and look around; raises AnswersError."""
    said = read(file)
    advice = advise(look(root), all_known(), old.sensors, root)
    made, chosen, missing = followed(said, old, advice)
    return Followed(made, chosen, (*missing, *map(words, advice.findings)), said.service.start)
