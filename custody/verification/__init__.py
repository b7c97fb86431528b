"""Checking the whole of it: entries, tree, checkpoints, mirror, histories, keys; other rooms add their own checks."""

from custody.verification.inspection import Check, Inspection, inspect, register_check

__all__ = ["Check", "Inspection", "inspect", "register_check"]
