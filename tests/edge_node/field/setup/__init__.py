"""Setting a node up: made computers, real questions on a terminal, a real C2."""
