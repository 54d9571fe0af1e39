"""The running node: supervisor, workers, hub, and the pipeline that live and replay share."""
