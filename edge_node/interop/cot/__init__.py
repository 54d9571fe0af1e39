"""Cursor on Target, what TAK speaks: events of tracks and nodes, as XML and as TAK protobuf of version 1."""
