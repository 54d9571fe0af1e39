"""The picture of a running node in a terminal: lines out of what it says of itself, and how few bytes show them."""
