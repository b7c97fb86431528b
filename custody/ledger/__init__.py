"""The ledger: one append-only sequence, and its only writer.

``append`` and ``append_many`` are the last statements of the transaction of the act they record. If the
entry can't be written the act does not happen.
"""

from custody.ledger.appending import (
    Appended,
    Draft,
    IdTaken,
    LedgerClosed,
    LedgerDamaged,
    RecoveryUnfinished,
    append,
    append_alone,
    append_many,
)
from custody.ledger.closed import CaseClosed
from custody.ledger.opening import open_ledger, origin
from custody.ledger.reading import (
    StoredEntry,
    body_of,
    count,
    details_of,
    entries_after,
    entries_in_streams,
    entries_with,
    entry_of,
    find_entries,
    find_entry,
    last_time,
    leaves_after,
    newest,
    newest_with,
    size,
    stream_entries,
    stream_has,
    stream_starts,
)
from custody.ledger.recovering import (
    begin_recovery,
    give_up_recovery,
    open_for_recovery,
    put_back,
    recovering_to,
)

__all__ = [
    "Appended",
    "CaseClosed",
    "Draft",
    "IdTaken",
    "LedgerClosed",
    "LedgerDamaged",
    "RecoveryUnfinished",
    "StoredEntry",
    "append",
    "append_alone",
    "append_many",
    "begin_recovery",
    "body_of",
    "count",
    "details_of",
    "entries_after",
    "entries_in_streams",
    "entries_with",
    "entry_of",
    "find_entries",
    "find_entry",
    "give_up_recovery",
    "last_time",
    "leaves_after",
    "newest",
    "newest_with",
    "open_for_recovery",
    "open_ledger",
    "origin",
    "put_back",
    "recovering_to",
    "size",
    "stream_entries",
    "stream_has",
    "stream_starts",
]
