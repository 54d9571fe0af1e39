"""What stands out in one picture."""
