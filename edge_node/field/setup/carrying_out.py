"""From choices to a node: node.toml, keys, enrolment, adapters, service; what was done, and what is wrong, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from edge_node.config_file import load
from edge_node.field.setup import acts, choices
from edge_node.field.setup.acts import Keys
from edge_node.field.setup.ask_sensors import open_poses
from edge_node.field.setup.choices import Choices, Former
from edge_node.field.setup.suggestion import Adapter


class Work:
    """What is done about one node.toml, told to `say` as it happens; `wrong` is what somebody has to see to."""

    def __init__(self, config: Path, say: Callable[[str], None], wait_s: float) -> None:
        self.config, self.say, self._wait_s = config, say, wait_s
        self.wrong: list[str] = []
        self.is_written = False

    def write(self, old: Former, chosen: Choices) -> None:
        """Write node.toml. Raises NotAcceptedError, NotTomlError and OSError, and node.toml is then as it was."""
        backup = choices.write(self.config, old, chosen)
        self.is_written = True
        self.say(f"{self.config} is written" + (f"; the old one is {backup.name}" if backup else ""))

    def make_keys(self) -> None:
        """The node's key pair, which stays if there is one."""
        made = acts.make_keys(self.config, self._state_dir)
        if isinstance(made, Keys):
            self.say(f"public key {made.public}\nfingerprint {made.fingerprint}")
        else:
            self.trouble(f"no keys: {made.words}")

    def enrol(self, token: str) -> bool:
        """Enrol at the token's C2; false where the same may go well later."""
        self.say("Asking C2 ...")
        did = acts.enrol(self.config, self._state_dir, token, self._wait_s)
        if did.well:
            self.say(did.words)
        else:
            self.trouble(f"not enrolled: {did.words}")
        return not did.later

    def name_adapters(self, wanted: Mapping[str, Adapter]) -> None:
        """Have Wi-Fi adapters listen under names that stay, where this computer can be told so."""
        for name, adapter in wanted.items():
            if not acts.has_service():
                self.trouble(f"{adapter.interface} ({adapter.mac}) has to be called {name} and put in monitor mode: docs/setup.md")
                continue
            did = acts.listen(name, adapter)
            if did.well:
                self.say(did.words)
            else:
                self.trouble(f"{name} does not listen yet: {did.words}")

    def start(self) -> None:
        """Start the service."""
        did = acts.start()
        if did.well:
            self.say(did.words)
        else:
            self.trouble(f"the node does not run: {did.words}")

    def remind(self, chosen: Choices) -> None:
        """Say what is still open though nothing is wrong."""
        names = open_poses(chosen.sensors)
        if names:
            self.say(f"still open: where {' and '.join(names)} look; say azimuth_deg, or fly a drone and run 'edge-node calibrate'")

    def look_over(self) -> None:
        """Have the node's doctor say how it is."""
        acts.doctor(self.config, self._state_dir)

    def trouble(self, words: str) -> None:
        """Something that somebody has to see to."""
        self.wrong.append(words)
        self.say(f"! {words}")

    @property
    def _state_dir(self) -> Path:
        return load(self.config, c2=False).node.state_dir
