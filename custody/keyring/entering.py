"""The entries about keys: made, and retired. Each is written once, however often a step is repeated after a stop."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from django.db import transaction

from custody import acts, approvals, clock, ledger, ledger_keys
from custody.actions import Action
from custody.core.entries import Actor
from custody.keyring import consent
from custody.models import Approval, KeyKind, KeyRecord


def enter_created(*, kind: KeyKind, fingerprint: str, public: str, about: Mapping[str, str], actor: Actor) -> None:
    """Keep the public form of a new key and say in the ledger whose place it takes."""
    if ledger.stream_has(_stream(fingerprint), Action.KEY_CREATED):
        return
    with transaction.atomic():
        KeyRecord.objects.create(kind=kind, fingerprint=fingerprint, public=public, created=clock.now())
        ledger.append(
            ledger.Draft(
                action=Action.KEY_CREATED,
                actor=actor,
                streams=(_stream(fingerprint), "ledger"),
                subject={"kind": kind.value, "fingerprint": fingerprint, **about},
            )
        )


def enter_use(fingerprint: str, *, about: Mapping[str, str], actor: Actor) -> None:
    """Say in the ledger, before the root signs, that it is used: for which certificate, or which list.

    An entry for each use. A stop between the two leaves an entry without what was to be signed; the next run writes
    its own.
    """
    _enter_of_root(Action.KEY_USED, fingerprint, about, actor)


def enter_list(fingerprint: str, *, about: Mapping[str, str], actor: Actor) -> None:
    """Say in the ledger which list of withdrawn certificates the root has signed."""
    _enter_of_root(Action.KEY_LIST_SIGNED, fingerprint, about, actor)


def _enter_of_root(action: Action, fingerprint: str, about: Mapping[str, str], actor: Actor) -> None:
    ledger.append_alone(
        ledger.Draft(
            action=action,
            actor=actor,
            streams=(_stream(fingerprint), "ledger"),
            subject={"kind": KeyKind.AUTHORITY.value, "fingerprint": fingerprint, **about},
        )
    )


def enter_retired(
    *, kind: str, fingerprint: str, actor: Actor, approval: Approval | None, successor: str | None = None
) -> None:
    """Say in the ledger that this key signs nothing more. Raises ConsentMissing, ApprovalRefused."""
    if is_retired(kind, fingerprint):
        return
    subject = {"kind": str(kind), "fingerprint": fingerprint, **({"successor": successor} if successor else {})}
    refusing = approvals.recorded_refusals(approval, actor) if approval is not None else contextlib.nullcontext()
    with refusing, acts.act(actor=actor) as act:
        consent.spend(act, fingerprint, approval)
        if approval is not None:
            subject["approval"] = str(approval.pk)
        act.record(Action.KEY_RETIRED, streams=(_stream(fingerprint), "ledger"), subject=subject)


def is_retired(kind: str, fingerprint: str) -> bool:
    """Whether the ledger says so; of one of its own keys, by an entry that counts."""
    if kind == KeyKind.LEDGER:
        return ledger_keys.is_retired(fingerprint)
    return ledger.stream_has(_stream(fingerprint), Action.KEY_RETIRED)


def _stream(fingerprint: str) -> str:
    return f"key/{fingerprint}"
