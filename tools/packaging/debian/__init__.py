"""What is installed beside the node itself: scripts of the package, and the health gate."""
