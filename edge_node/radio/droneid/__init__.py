"""DJI DroneID of OcuSync 2, from IQ of 15 MS/s or more: found without knowing when or where, decoded, told as Remote ID."""
