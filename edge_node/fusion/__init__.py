"""Detections of every kind in, tracks out; pure: time comes with what is measured."""
