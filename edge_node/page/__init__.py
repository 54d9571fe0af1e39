"""The node's own status page: served by a process that lives while somebody looks."""
