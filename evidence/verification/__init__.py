"""Checking the evidence: originals, receipts, examinations, batches, and vault and database in both directions."""
