"""That it is a rotor: what one second of sound is, and what seconds say together."""
