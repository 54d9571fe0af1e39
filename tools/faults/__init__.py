"""Faults that strike a running node by a scene's plan: devices that go, processes that die, clocks that step, a C2 that is gone."""
