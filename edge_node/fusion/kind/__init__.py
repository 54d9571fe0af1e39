"""What an object is, by all sensors together."""
