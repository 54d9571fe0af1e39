"""Judges of what is heard: each knows one physics that a single radio, or an invented flight, does not keep."""
