"""What stands still: how the camera moved against it, and what it mostly shows."""
