"""Keys that are renewed while the node runs: its own, when a next one lies beside it, and C2's, when C2 tells of its next."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from edge_node import enrolment_file
from edge_node.config import Config
from edge_node.publish.key_rotation import finish_rotation, next_pair
from edge_node.publish.keys import KeyFileError
from edge_node.publish.live import LivePublisher
from edge_node.publish.outbox import Outbox


class Renewal:
    """Looks once a second. C2 hears of the node's next key over the old session; only when it knows it does the node change over."""

    def __init__(self, config: Config, live: LivePublisher, outbox: Outbox) -> None:
        self._state_dir, self._live, self._outbox = config.node.state_dir, live, outbox
        self._server_key_told = config.c2.next_server_key or config.c2.server_key
        self.problem = ""

    def look(self, now_ns: int) -> Iterator[str]:
        """Do what is to be done; each change in words, for the audit."""
        try:
            self.problem = ""
            yield from self._own(now_ns)
            yield from self._of_c2()
        except KeyFileError as error:
            self.problem = str(error)
        except (OSError, enrolment_file.EnrolmentFileError) as error:
            self.problem = f"C2's next key cannot be kept in {self._state_dir / enrolment_file.FILE}: {error}"

    def _own(self, now_ns: int) -> Iterator[str]:
        coming = next_pair(self._state_dir)
        self._outbox.announce(coming.public if coming else None)
        if coming and self._outbox.key_taken == coming.public:
            keys = finish_rotation(self._state_dir)
            self._live.rekey(keys, now_ns)
            self._outbox.rekey(keys)
            yield f"this node's key was renewed; its fingerprint is now {keys.fingerprint}"

    def _of_c2(self) -> Iterator[str]:
        works, coming = self._outbox.server_keys
        if coming is None or coming in (works, self._server_key_told):
            return
        self._server_key_told = coming
        self._live.learn_server_key(coming)
        enrolled = enrolment_file.read(self._state_dir)
        if enrolled is None:
            yield f"C2 will have another key: let next_server_key in [c2] be '{coming}'"
            return
        enrolment_file.write(self._state_dir, replace(enrolled, server_key=works, next_server_key=coming))
        yield f"C2 will have another key, {coming}; it is kept in {self._state_dir / enrolment_file.FILE}"
