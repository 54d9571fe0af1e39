"""The picture of a running node in a terminal."""
