"""A station, its page and nodes that speak, in one process over loopback: what tests, benches and screenshots of the page play on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread

from edge_node.messages import Track
from edge_node.publish.keys import KeyPair, load_or_make
from tools.c2.station import Station
from tools.c2.web.server import Page, Settings
from tools.simulate.nodes import JUDGEMENTS, POSTS, SCENE, Post, SpeakingNode, Watch, place_of
from tools.simulate.world import World

SEED = 2026
TURN_S = 0.05
Tracks = Callable[[Post, float], Sequence[Track]]


class WebStage:
    """Nodes speak and C2 listens in one thread, from `with` on; the page has its own."""

    def __init__(self, folder: Path, posts: Sequence[Post], settings: Settings) -> None:
        self.state_dir, self.posts = folder / "c2", posts
        self.world = World.load(SCENE, SEED)
        self.keys = load_or_make(self.state_dir)
        self.c2 = Station("tcp://127.0.0.1:0", self.keys, self.state_dir)
        self.page = Page(settings, self.state_dir)
        self.node_keys: dict[str, KeyPair] = {post.name: load_or_make(folder / post.name) for post in posts}
        for name, keys in self.node_keys.items():
            self.c2.enrolment.enrol(name, keys.public)
        watches = {post.name: Watch(self.world, post, posts, JUDGEMENTS) for post in posts}
        self.tracks: Tracks = lambda post, t_s: watches[post.name].tracks(t_s, time.monotonic_ns())
        self.nodes: list[SpeakingNode] = []
        self._begun_s = time.monotonic()
        self._stop = Event()

    @property
    def t_s(self) -> float:
        """Time of the scene."""
        return time.monotonic() - self._begun_s

    @contextmanager
    def playing(self) -> Iterator[WebStage]:
        """All nodes speak while the block lasts; then the page and the station are closed."""
        with ExitStack() as open_nodes:
            for post in self.posts:
                keys, place = self.node_keys[post.name], place_of(self.world, post)
                self.nodes.append(open_nodes.enter_context(SpeakingNode(self.c2.endpoint, self.keys.public, keys, post, place)))
            thread = Thread(target=self._play, name="play")
            thread.start()
            try:
                yield self
            finally:
                self._stop.set()
                thread.join()
                self.page.close()
                self.c2.close()

    def _play(self) -> None:
        while not self._stop.is_set():
            for node in self.nodes:
                node.say(self.tracks(node.post, self.t_s))
            for event in self.c2.events(TURN_S):
                self.page.take(event)


@contextmanager
def web_stage(folder: Path, posts: Sequence[Post] = POSTS, settings: Settings | None = None) -> Iterator[WebStage]:
    """The simulated harbour behind a page on a free port."""
    with WebStage(folder, posts, settings or Settings("127.0.0.1:0")).playing() as stage:
        yield stage
