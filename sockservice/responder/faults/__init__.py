"""Faults by name: what they break, when they strike, and which are armed."""
