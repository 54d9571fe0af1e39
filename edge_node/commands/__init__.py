"""What `edge-node` can be asked for: one command to a file, imported when it runs."""
