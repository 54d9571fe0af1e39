"""One transmitter, from burst to burst."""
