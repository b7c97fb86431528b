"""Consents: conversations and the answers that come of them, the form as a paper, and what recipients must meet."""

from testimony.consents.answers import (
    MUST_BE_TOLD,
    Answered,
    Held,
    consents_of,
    conversations_of,
    last_conversation,
    record_conversation,
    releases_touched,
    today,
    was_explained,
    withdraw,
    withdraw_everything,
)

__all__ = [
    "MUST_BE_TOLD",
    "Answered",
    "Held",
    "consents_of",
    "conversations_of",
    "last_conversation",
    "record_conversation",
    "releases_touched",
    "today",
    "was_explained",
    "withdraw",
    "withdraw_everything",
]
