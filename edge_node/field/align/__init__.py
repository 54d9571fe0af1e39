"""How each bearing sensor really stands and how late it tells, from a flight whose place Remote ID says."""
