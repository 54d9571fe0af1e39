"""How the node's processes begin: forked from one that has imported what they share, or by themselves where that cannot be."""
