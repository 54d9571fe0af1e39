"""From what is plugged in to a node that runs: what is there, what node.toml says of it, and a few questions."""
