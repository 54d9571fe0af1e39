"""What is it: how probable it is that a track is a drone, something else that flies, or nothing at all."""
