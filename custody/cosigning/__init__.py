"""Asking outside cosigners to vouch for the ledger's checkpoints."""
