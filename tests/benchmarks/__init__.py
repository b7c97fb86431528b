"""Measurements: ours and the peer side by side, in one run, on the same files. Run by ``make bench``."""
