"""Pure parts of evidence: bytes and names in, plain values out."""
