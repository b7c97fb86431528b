"""What the codes of the ledger mean, in the reader's language. The codes themselves are never translated."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from custody.actions import Action
from custody.core.entries import Outcome
from custody.models import KeyKind
from custody.purposes import Purpose

ACTIONS: Final[dict[Action, Promise]] = {
    Action.ACCOUNT_CHANGED: _("Account changed"),
    Action.ACCOUNT_CREATED: _("Account created"),
    Action.ACCOUNT_SIGNED_IN: _("Signed in"),
    Action.ACCOUNT_SIGNED_OUT: _("Signed out"),
    Action.ACCOUNT_SIGN_IN_REFUSED: _("Sign-in refused"),
    Action.BATCH_CLOSED: _("Intake closed"),
    Action.BATCH_OPENED: _("Intake opened"),
    Action.BATCH_RESUMED: _("Intake taken up again"),
    Action.CASE_ACCESS_REFUSED: _("Case not opened: no member"),
    Action.CASE_CHANGED: _("Case changed"),
    Action.CASE_CREATED: _("Case created"),
    Action.CASE_VIEWED: _("Page of the case opened"),
    Action.COLLECTION_ADMITTED: _("Collection admitted to the case"),
    Action.COLLECTION_CHANGED: _("Collection changed"),
    Action.COLLECTION_CREATED: _("Collection created"),
    Action.CONSENT_CHANGED: _("Consent changed"),
    Action.CONSENT_GIVEN: _("Consent given"),
    Action.CONSENT_REFUSED: _("Consent refused"),
    Action.CONSENT_WITHDRAWN: _("Consent withdrawn"),
    Action.CUSTODY_RECORDED: _("Earlier custody recorded as told"),
    Action.DOSSIER_BUILT: _("Dossier built"),
    Action.DOSSIER_REFUSED: _("Dossier refused"),
    Action.EXAMINATION_CLOSED: _("Examination closed"),
    Action.EXAMINATION_OPENED: _("Examination opened"),
    Action.EXPORT_CREATED: _("Bundle handed out"),
    Action.EXPORT_OPENED: _("Bundle begun"),
    Action.FILE_REFUSED: _("File refused at intake"),
    Action.IDENTIFICATION_ASSERTED: _("Identification asserted"),
    Action.ITEM_ACCESS_INTERRUPTED: _("Sending broke off"),
    Action.ITEM_ACCESS_REFUSED: _("Not opened"),
    Action.ITEM_ADMITTED: _("Admitted to the case"),
    Action.ITEM_DESCRIBED: _("Described"),
    Action.ITEM_DOWNLOADED: _("Original taken out"),
    Action.ITEM_EXAMINED: _("Examined"),
    Action.ITEM_RECEIVED: _("Received, hashed, stored"),
    Action.ITEM_RECEIVED_AGAIN: _("Received again, already held"),
    Action.ITEM_VERIFIED: _("Read back and compared"),
    Action.ITEM_VIEWED: pgettext_lazy("action", "Shown"),
    Action.KEY_CREATED: _("Key created"),
    Action.KEY_RETIRED: _("Key retired"),
    Action.KEY_USED: _("Key used"),
    Action.LEDGER_OPENED: _("Ledger opened"),
    Action.LEDGER_VIEWED: _("Ledger page opened"),
    Action.MEMBERSHIP_ENDED: _("Membership ended"),
    Action.MEMBERSHIP_GRANTED: _("Membership granted"),
    Action.MEMBERSHIP_REFUSED: _("Membership not granted or not ended"),
    Action.NOTARY_HEARTBEAT: _("Notary alive"),
    Action.PARTY_CHANGED: _("Party changed"),
    Action.PARTY_CREATED: _("Party created"),
    Action.PERSON_KEY_CREATED: _("Key of a person created"),
    Action.SEALED_OPENED: _("Seal opened"),
    Action.SEALED_REFUSED: _("Seal not opened"),
    Action.STATEMENT_CREATED: _("Statement created"),
    Action.STATEMENT_SEALED: _("Statement sealed"),
    Action.VERIFY_RUN: _("Verification run"),
    Action.VICTIM_CHANGED: _("Victim file changed"),
    Action.VICTIM_CREATED: _("Victim file created"),
    Action.WITNESS_CHANGED: _("Witness changed"),
    Action.WITNESS_CREATED: _("Witness created"),
}

OUTCOMES: Final[dict[Outcome, Promise]] = {
    Outcome.DONE: pgettext_lazy("outcome", "done"),
    Outcome.GRANTED: pgettext_lazy("outcome", "granted"),
    Outcome.DENIED: pgettext_lazy("outcome", "refused"),
    Outcome.FAILED: pgettext_lazy("outcome", "failed"),
    Outcome.INTERRUPTED: pgettext_lazy("outcome", "interrupted"),
}

# What a row of entries looks like: a refusal is worth a look, a failure is an alarm.
OUTCOME_STATES: Final[dict[Outcome, str]] = {
    Outcome.DENIED: "late",
    Outcome.INTERRUPTED: "late",
    Outcome.FAILED: "unsound",
}

KEYS: Final[dict[str, Promise]] = {
    KeyKind.AUTHORITY: _("Certificate authority (checks receipts)"),
    KeyKind.REGISTRAR: _("Registrar (signs receipts)"),
    KeyKind.LEDGER: _("Ledger (signs checkpoints)"),
    KeyKind.MASTER: _("Master key (wraps keys of persons)"),
}

REASONS: Final[dict[str, Promise]] = {
    "no-such-case": _("no such case"),
    "not-a-member": _("not a member of the case"),
    "no-purpose": _("no purpose was chosen"),
    "not-in-case": _("not admitted to this case"),
    "privileged": _("privileged: work product"),
    "grant-expired": _("the permission of the page had expired"),
    "grant-invalid": _("the permission did not belong to this session"),
    "digest-mismatch": _("the stored bytes do not give the recorded digest"),
    "bytes-missing": _("the stored bytes are missing"),
    "not-made": _("no such picture was made of it"),
    "wrong-credentials": _("wrong address or password"),
    "account-closed": _("the account is closed"),
    "not-oneself": _("nobody admits themselves"),
    "not-the-lead": _("only the lead of the case manages its members"),
}


def words_of_action(action: str) -> str:
    """The sentence for a verb; the verb itself for one that a later version wrote."""
    return str(ACTIONS[Action(action)]) if action in set(Action) else action


def words_of_reason(reason: str) -> str:
    """The sentence for a reason code; the code itself for one that another room registered."""
    return str(REASONS.get(reason, reason))


def words_of_purpose(purpose: str | None) -> str:
    """The words for a purpose code, empty for none."""
    return str(Purpose(purpose).label) if purpose in Purpose.values else purpose or ""


def words_of_key(kind: str) -> str:
    """What a key is for."""
    return str(KEYS.get(kind, kind))
