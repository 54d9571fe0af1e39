"""What rises above the floor for a while."""
