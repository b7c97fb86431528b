"""Dossiers: planned by people, decided by the gate, frozen, set, signed, kept sealed, approved by two, handed out."""
