"""Eight words for two people to compare by voice: that both ends of an enrolment saw the same keys and the same secret."""

from __future__ import annotations

import hashlib

from edge_node.publish.keys import raw

WORDS = tuple(
    """
    acorn actor admiral album almond amber anchor apple apron arrow atlas autumn bacon badge bamboo banana barrel basket beaver beetle
    bishop blanket bottle breeze bridge bronze bucket button cabin cactus camel candle canyon carbon carpet castle cement cherry
    chimney cinema circus clover cobra coffee comet copper cotton cowboy crystal curtain cyclone daisy dancer delta denim diamond
    dinner doctor dolphin domino donkey dragon drummer eagle easel echo elbow engine escape fabric falcon farmer feather fiddle flute
    forest fossil freckle galaxy garden garlic gazelle ginger giraffe glacier glove goblet granite gravity guitar hammer harvest hazel
    helmet hermit hexagon hockey honey horizon hotel iceberg igloo indigo island ivory jacket jaguar jasmine jelly jigsaw journey
    jungle juniper kettle kitchen kiwi koala ladder lagoon lantern laptop lemon leopard lettuce library lizard lobster lotus magnet
    mammoth mango marble meadow mercury mirror mosaic muffin museum napkin nephew nickel noodle novel nutmeg oasis ocean octopus olive
    onion opera orange orchid ostrich otter oven oxygen oyster paddle palace parrot pastry peanut pebble pelican pencil pepper piano
    picnic pigeon pilot pirate planet plumber poet pony potato pumpkin puppet puzzle pyramid quartz quilt quiver rabbit radar rainbow
    raven ribbon river robin rocket rooster rubber ruby salad salmon sandal satin scarf school scooter shadow sheriff shovel silver
    snail soccer sofa spider spinach sponge stable statue sugar summit sunset swallow target teapot temple tennis thunder tiger timber
    tomato topaz torch tornado tower tractor trumpet tulip tunnel turkey turtle unicorn valley vanilla velvet village violin volcano
    vulture waffle wagon walnut walrus whistle willow window winter wombat yellow yogurt zebra zipper
    """.split()  # noqa: SIM905  (for a reader, not one word a line)
)

# Eight words are 64 bits. Who sits in the middle and knows the secret must find two keys, one to show to each end, for which the words
# are the same: 2^32 tries for each (birthday) of 50 ms and 16 MiB of scrypt. For one of them that is seven years of one core, or 360 000
# cores within a token's ten minutes. Without scrypt it would be an hour of one.
N, R, P = 2**14, 8, 1


def words(node_key: str, server_key: str, secret: bytes) -> str:
    """The words of one enrolment, from both public keys in Z85 and the token's secret; raises ValueError for no key."""
    keys = raw(node_key) + raw(server_key)
    digest = hashlib.scrypt(secret, salt=b"edge_node enrolment 1" + keys, n=N, r=R, p=P, dklen=8)
    return " ".join(WORDS[byte] for byte in digest)
