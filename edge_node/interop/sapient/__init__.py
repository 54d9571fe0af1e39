"""SAPIENT, BSI Flex 335 v2.0: the node as an edge node of a fusion node; protocol buffers by hand, from one table of all messages."""
