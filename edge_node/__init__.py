"""An open, passive sensor node that detects drones locally and publishes compact, encrypted tracks."""

__version__ = "0.1.0"
