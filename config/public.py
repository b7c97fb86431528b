"""The views that answer without a signed-in account, by name. Any other one redirects to the sign-in page."""

PUBLIC_VIEWS = frozenset(
    {
        "custody:sign-in",
        "custody:first-run",
        "custody:healthz",
        "custody:ledger-checkpoint",
        "custody:ledger-tile",
        "set_language",
    }
)
