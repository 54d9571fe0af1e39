"""A simulated world as devices that the real drivers of an unmodified node open."""
