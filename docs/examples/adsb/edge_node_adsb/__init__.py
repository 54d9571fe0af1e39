"""ADS-B for edge-node, by what dump1090 or readsb has decoded."""
