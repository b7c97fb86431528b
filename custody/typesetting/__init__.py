"""Putting text and pictures on pages: shaping, right-to-left, and a PDF written as a stream."""
