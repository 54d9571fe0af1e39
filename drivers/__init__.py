"""Hardware in, time-stamped blocks out. Knows nothing of detection, configuration files or edge_node."""
