"""`edge-node setup --first-boot`: the file on the boot partition, applied once, and a page beside it for whoever has only a card reader."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from edge_node.config_file import ConfigError
from edge_node.field.setup import acts
from edge_node.field.setup.answers import AnswersError
from edge_node.field.setup.carrying_out import Work
from edge_node.field.setup.choices import NotAcceptedError, former
from edge_node.field.setup.first_boot import RESULT, Card
from edge_node.field.setup.following import follow
from edge_node.field.setup.toml_text import NotTomlError
from edge_node.publish.enrol_token import TokenError, decode

HANDLED = (AnswersError, NotAcceptedError, NotTomlError, ConfigError)
"""What the file says cannot be: it will not be better at the next boot, and is not tried again until somebody changes it."""

DONE, ALMOST = "DONE", "DONE, BUT SEE TO WHAT IS MARKED WITH !"
WAITING = "DONE, BUT C2 DOES NOT ANSWER YET: it is tried again every half minute, and at each boot, until the token is over"
NOT_DONE = "NOT DONE: the node is as it was before"


class Page:
    """What is written beside the file, and to the journal."""

    def __init__(self, card: Card) -> None:
        self._card, self._lines = card, [""]

    def say(self, text: str) -> None:
        """One more line, or several."""
        self._lines.append(text)
        sys.stdout.write(f"{text}\n")

    def finish(self, verdict: str) -> None:
        """Write all of it under its verdict, where the partition can be written."""
        sys.stdout.write(f"{verdict}\n")
        try:
            self._card.result(verdict, self._lines)
        except OSError as error:
            sys.stderr.write(f"edge-node: {RESULT} cannot be written: {error.strerror}\n")


def first_boot(file: Path, config: Path, root: Path, wait_s: float) -> int:
    """Exit code 0 done, 1 something is left to see to, 65 the file is wrong, 74 the disk is, 75 C2 could not be reached yet."""
    card = Card(file, config)
    page = Page(card)
    work = Work(config, page.say, wait_s)
    try:
        return _again(card, work, page) if card.is_handled else _apply(card, root, work, page)
    except HANDLED as error:
        page.say(str(error))
        card.handled(wrong=True)
        page.finish(NOT_DONE)
        return os.EX_DATAERR
    except OSError as error:  # of this boot perhaps: it is tried again at the next one
        page.say(f"{error.filename or file}: {error.strerror or error}")
        page.finish(NOT_DONE)
        return os.EX_IOERR
    except Exception as error:
        page.say(f"this program failed: {error!r}; please report it")
        page.finish(NOT_DONE)
        raise


def _again(card: Card, work: Work, page: Page) -> int:
    """The file was followed before; what may be left is the enrolment."""
    token = card.waiting_token
    if token is None or card.is_wrong:
        sys.stdout.write(f"{card.file} was followed already\n")
        return os.EX_OK
    code = _end(card, token, work, page)
    if code == os.EX_OK and acts.has_service():
        acts.reload()
    return code


def _apply(card: Card, root: Path, work: Work, page: Page) -> int:
    """Follow the file: its token goes out of it first, so that no later trouble leaves it there."""
    old = former(work.config)
    made, chosen, notes, is_started = follow(card.file, old, root)
    token = _taken(card, made.token, work)
    work.write(old, made)
    names = ", ".join(str(table.get("name")) for table in made.sensors) or "none"
    page.say(f"name {made.name}\nplace {made.place.words}\nsensors {names}")
    for note in notes:
        work.trouble(note)
    work.remind(made)
    work.name_adapters(chosen.adapters)
    card.handled()
    if is_started and acts.has_service():
        work.start()
    return _end(card, token, work, page)


def _taken(card: Card, token: str | None, work: Work) -> str | None:
    """The token to be used, which is in the file no more; one of an earlier boot where it was taken out then."""
    if token is None:
        return card.waiting_token
    card.wait_with(token)
    try:
        card.scrub(token)
        work.say("the token was taken out of the file")
    except OSError as error:
        work.trouble(f"the token is still in {card.file.name} ({error.strerror}): take it out yourself")
    return token


def _end(card: Card, token: str | None, work: Work, page: Page) -> int:
    """Keys, enrolment, and the page."""
    work.make_keys()
    is_later = token is not None and not _enrolled(card, token, work)
    page.finish(WAITING if is_later else ALMOST if work.wrong else DONE)
    return os.EX_TEMPFAIL if is_later else int(bool(work.wrong))


def _enrolled(card: Card, token: str, work: Work) -> bool:
    """Enrol; false where C2 does not answer and the token is good for a while. Else nothing is left to do with it."""
    try:
        is_over = decode(token).expires_utc_s <= time.time()
        is_settled = work.enrol(token)
    except TokenError as error:
        work.trouble(f"not enrolled: {error}")
        is_over = is_settled = True
    if is_settled or is_over:
        card.forget_token()
    return is_settled or is_over
