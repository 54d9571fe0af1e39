"""What is kept on the node: black box, formats, log."""
