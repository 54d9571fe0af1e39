"""What builds, feeds, measures and receives from a node; nothing here runs on the mast."""
