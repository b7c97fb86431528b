"""A release as the register keeps it, made without writing any bundle."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from custody import acts, disclosures
from custody.actions import Action
from custody.actors import for_command
from custody.disclosures import DisclosureKind, Release
from custody.models import Case, Disclosure


def released(case: Case, item: Any = None, **more: Any) -> Disclosure:
    """Enter one; it holds the item, where one is given."""
    touches = [("item", str(item.pk))] if item is not None else []
    manifest = hashlib.sha256(uuid.uuid4().bytes).hexdigest()
    with acts.act(actor=for_command(), purpose="disclosure") as act:
        told: dict[str, Any] = {
            "case": case,
            "kind": DisclosureKind.BUNDLE,
            "code": case.code,
            "version": disclosures.next_version(case, DisclosureKind.BUNDLE, case.code),
            "recipient": None,
            "recipient_words": "The defence",
            "purpose": "disclosure",
            "manifest": manifest,
            "items": 1,
            "checkpoint": 1,
            "act": act.id,
            "touches": touches,
        }
        row = disclosures.enter(act, Release(**{**told, **more}))
        act.record(
            Action.EXPORT_CREATED,
            streams=(f"case/{case.pk}",),
            subject={**disclosures.subject_of(row), "tagmanifest": manifest, "heads": "00" * 32},
            snapshots=[row],
            authority=row.authority or None,
        )
    return row
