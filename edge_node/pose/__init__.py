"""How a vehicle that carries the node stands, at any time of the last seconds, and what that makes of its sensors' bearings."""
