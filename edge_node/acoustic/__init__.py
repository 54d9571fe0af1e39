"""Sound: where it comes from, and that it is a rotor."""
