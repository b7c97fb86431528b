"""Signatures on PDF files (PAdES, ETSI EN 319 142-1): made, added to, checked. It knows PDFs and no dossiers.

Nothing is imported here: pyHanko costs a second, and only what signs or checks a document pays it.
"""
