"""Asking time-stamp authorities, and being one where no other can be reached.

What an answer proves is told by ``custody.core.timestamps``.
"""
