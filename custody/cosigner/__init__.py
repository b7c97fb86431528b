"""The cosigner: a partner's own program, on a partner's own machine, that vouches for what a ledger signed.

It remembers, for each ledger it watches, the last checkpoint it cosigned, and cosigns only what extends that. So an
operator who rewrites history cannot get the new history cosigned. It never sees an entry. Standard library,
`cryptography` and `custody.core` only; run it as `python -m custody.cosigner`.
"""
