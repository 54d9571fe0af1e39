"""Tracks out to C2: keys, wire format, live plane."""
