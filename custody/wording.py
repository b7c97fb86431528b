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
    Action.ANCHOR_FAILED: _("An outside party did not vouch"),
    Action.ANCHOR_PARTY_ENDED: _("Outside party asked no more"),
    Action.ANCHOR_PARTY_TRUSTED: _("Outside party trusted"),
    Action.ANCHOR_TSA: _("Checkpoint dated by an outside authority"),
    Action.APPROVAL_APPROVED: _("Approved by a second person"),
    Action.APPROVAL_ASKED: _("Approval asked for"),
    Action.APPROVAL_DECLINED: _("Approval declined"),
    Action.APPROVAL_EXPIRED: _("Approval ran out"),
    Action.APPROVAL_REFUSED: _("Step of an approval refused"),
    Action.APPROVAL_USED: _("Approval used up"),
    Action.APPROVAL_WITHDRAWN: _("Request withdrawn"),
    Action.BATCH_CLOSED: _("Intake closed"),
    Action.BATCH_OPENED: _("Intake opened"),
    Action.BATCH_RESUMED: _("Intake taken up again"),
    Action.BODY_CHANGED: _("Body set changed"),
    Action.BODY_CREATED: _("Body set made"),
    Action.BODY_MERGED: _("Body sets merged"),
    Action.BODY_SPLIT: _("Body set split"),
    Action.BODY_UNDONE: _("Split or merge taken back"),
    Action.CASE_ACCESS_REFUSED: _("Case not opened: no member"),
    Action.CASE_ACT_REFUSED: _("Act refused in the case"),
    Action.CASE_CHANGED: _("Case changed"),
    Action.CASE_CLOSED: _("Case closed"),
    Action.CASE_CREATED: _("Case created"),
    Action.CASE_REOPENED: _("Case reopened"),
    Action.CASE_VIEWED: _("Page of the case opened"),
    Action.CLOCK_SUSPECT: _("The clock can't be believed"),
    Action.COLLECTION_ADMITTED: _("Collection admitted to the case"),
    Action.COLLECTION_CHANGED: _("Collection changed"),
    Action.COLLECTION_CREATED: _("Collection created"),
    Action.CONSENT_CHANGED: _("Consent changed"),
    Action.CONSENT_GIVEN: _("Consent given"),
    Action.CONSENT_REFUSED: _("Consent refused"),
    Action.CONSENT_TALKED: _("Consent talked over"),
    Action.CONSENT_WITHDRAWN: _("Consent withdrawn"),
    Action.CUSTODY_RECORDED: _("Earlier custody recorded as told"),
    Action.DISCLOSURE_BROKEN_OFF: _("Release broken off: nobody has it"),
    Action.DISCLOSURE_RECEIVED: _("Recipient's countersignature recorded"),
    Action.DISCLOSURE_SEALED: _("Bundle sealed and finished"),
    Action.DISCLOSURE_TOLD: _("Recipient told of a withdrawal or correction"),
    Action.DISPOSAL_REFUSED: _("Disposal refused"),
    Action.DOCUMENT_SIGNED: _("Document signed with the house's key"),
    Action.DOSSIER_BUILT: _("Dossier built"),
    Action.DOSSIER_COMPARED: _("Versions of a dossier compared"),
    Action.DOSSIER_COUNTERSIGNED: _("Signature of another person added to a dossier"),
    Action.DOSSIER_OPENED: _("Dossier opened"),
    Action.DOSSIER_PLANNED: _("Dossier planned"),
    Action.DOSSIER_PREVIEWED: _("Dossier previewed"),
    Action.DOSSIER_REFUSED: _("Dossier refused"),
    Action.DOSSIER_RELEASED: _("Dossier handed out"),
    Action.DOSSIER_RENEWED: _("Signatures of a dossier time-stamped anew"),
    Action.EXAMINATION_CLOSED: _("Examination closed"),
    Action.EXAMINATION_OPENED: _("Examination opened"),
    Action.EXPORT_CREATED: _("Bundle handed out"),
    Action.EXPORT_OPENED: _("Bundle begun"),
    Action.FILE_REFUSED: _("File refused at intake"),
    Action.FIXITY_ACKNOWLEDGED: _("Alarm acknowledged"),
    Action.FIXITY_CLOSED: _("Reading back closed, report signed"),
    Action.FIXITY_FAILED: _("Stored bytes not as recorded: alarm"),
    Action.FIXITY_OPENED: _("Reading back begun"),
    Action.HANDOVER_ACCEPTED: _("Hand-over accepted"),
    Action.HANDOVER_DECLINED: _("Hand-over declined"),
    Action.HANDOVER_PROPOSED: _("Hand-over proposed"),
    Action.HANDOVER_REFUSED: _("Step of a hand-over refused"),
    Action.HANDOVER_RETURNED: _("Handed back"),
    Action.HANDOVER_WITHDRAWN: _("Hand-over withdrawn"),
    Action.HOLD_LIFTED: _("Legal hold lifted"),
    Action.HOLD_PLACED: _("Legal hold placed"),
    Action.HOLD_REFUSED: _("Legal hold refused"),
    Action.IDENTIFICATION_ASSERTED: _("Identification asserted"),
    Action.IDENTIFICATION_GROUNDED: _("Ground of an identification recorded"),
    Action.IDENTIFICATION_RULED: _("Identification decided"),
    Action.ITEM_ACCESS_INTERRUPTED: _("Sending broke off"),
    Action.ITEM_ACCESS_REFUSED: _("Not opened"),
    Action.ITEM_ADMITTED: _("Admitted to the case"),
    Action.ITEM_BYTES_REMOVED: _("Bytes removed after disposal"),
    Action.ITEM_DESCRIBED: _("Described"),
    Action.ITEM_DISPOSED: _("Disposed of"),
    Action.ITEM_DOWNLOADED: _("Original taken out"),
    Action.ITEM_EXAMINED: _("Examined"),
    Action.ITEM_DIGEST_ADDED: _("Digest of a newer algorithm added"),
    Action.ITEM_RECEIVED: _("Received, hashed, stored"),
    Action.ITEM_RECEIVED_AGAIN: _("Received again, already held"),
    Action.ITEM_REDACTED: _("Redacted picture made"),
    Action.ITEM_VERIFIED: _("Read back and compared"),
    Action.ITEM_VIEWED: pgettext_lazy("action", "Shown"),
    Action.KEY_CREATED: _("Key created"),
    Action.KEY_LIST_SIGNED: _("List of withdrawn certificates signed"),
    Action.KEY_RETIRED: _("Key retired"),
    Action.KEY_REWRAPPED: _("Master key changed, keys of persons wrapped anew"),
    Action.KEY_USED: _("Key used"),
    Action.LEDGER_ENTRIES_READ: _("Entries of the ledger taken out"),
    Action.LEDGER_OPENED: _("Ledger opened"),
    Action.LEDGER_RECOVERED: _("Entries recovered from the mirror"),
    Action.LEDGER_VIEWED: _("Ledger page opened"),
    Action.MEMBERSHIP_ENDED: _("Membership ended"),
    Action.MEMBERSHIP_GRANTED: _("Membership granted"),
    Action.MEMBERSHIP_REFUSED: _("Membership not granted or not ended"),
    Action.NOTARY_HEARTBEAT: _("Notary alive"),
    Action.NOTARY_REMEMBERED: _("The notary's lost memory made anew"),
    Action.OBJECT_CHANGED: _("Physical object described anew"),
    Action.OBJECT_REGISTERED: _("Physical object registered"),
    Action.PARTY_CHANGED: _("Party changed"),
    Action.PARTY_CREATED: _("Party created"),
    Action.PEOPLE_EXPORTED: _("Data of people handed out"),
    Action.PERSON_ERASED: _("Person erased"),
    Action.PERSON_KEY_CREATED: _("Key of a person created"),
    Action.READING_RECORDED: _("Number read"),
    Action.RECIPIENT_TERMS: _("Terms of a recipient recorded"),
    Action.RECOGNITION_RECORDED: _("Pictures shown to a witness"),
    Action.RESEMBLANCE_DISMISSED: _("Look-alikes said not to be one body"),
    Action.RESEMBLANCE_RECALLED: _("Decision on look-alikes taken back"),
    Action.SEALED_FILED: _("File of a witness sealed"),
    Action.SEALED_OPENED: _("Seal opened"),
    Action.SEALED_SEARCHED: _("Searched under seal"),
    Action.SEALED_REFUSED: _("Seal not opened"),
    Action.STATEMENT_CORRECTED: _("Statement added to or corrected by a later one"),
    Action.STATEMENT_CREATED: _("Statement created"),
    Action.STATEMENT_DRAFT_DISCARDED: _("Draft of a statement discarded"),
    Action.STATEMENT_DRAFT_OPENED: _("Draft of a statement opened again"),
    Action.STATEMENT_READ_BACK: _("Statement read back to the witness"),
    Action.STATEMENT_SEALED: _("Statement sealed"),
    Action.TALLY_RECORDED: _("Count recorded"),
    Action.TEMPLATE_CHANGED: _("Words of a declaration or certificate changed"),
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
    "set-back": _("the clock was set back"),
    "behind-last-entry": _("the clock is behind the last entry"),
    "behind-outside": _("the clock is behind an outside time-stamp"),
    "jumped-ahead": _("the clock jumped ahead"),
    "ahead-of-outside": _("the clock was ahead of an outside time-stamp"),
    "no-such-case": _("no such case"),
    "case-closed": _("the case is closed"),
    "not-a-member": _("not a member of the case"),
    "no-purpose": _("no purpose was chosen"),
    "not-in-case": _("not admitted to this case"),
    "privileged": _("privileged: work product"),
    "grant-expired": _("the permission of the page had expired"),
    "grant-invalid": _("the permission did not belong to this session"),
    "digest-mismatch": _("the stored bytes do not give the recorded digest"),
    "bytes-unreadable": _("the stored bytes cannot be read"),
    "record-differs": _("the signed record of it does not hold"),
    "bytes-missing": _("the stored bytes are missing"),
    "not-made": _("no such picture was made of it"),
    "wrong-credentials": _("wrong address or password"),
    "account-closed": _("the account is closed"),
    "not-oneself": _("nobody admits themselves"),
    "not-the-lead": _("only the lead of the case manages its members"),
    "already-used": _("the approval was used before"),
    "altered": _("the request is not the one that was entered"),
    "approval-expired": _("the time of the request is over"),
    "not-approved": _("no second person has approved it"),
    "not-in-office": _("not for this role"),
    "not-of-the-two": _("only who asked or who approved carries it out"),
    "not-the-asker": _("only who asked can withdraw it"),
    "not-waiting": _("it does not wait for a decision any more"),
    "other-content": _("approved was something else"),
    "own-request": _("nobody approves their own request"),
    "being-examined": _("it is being examined now"),
    "disposed": _("disposed of"),
    "not-disposable": _("another case relies on it"),
    "under-hold": _("under legal hold"),
    "consent-withdrawn": _("the consent was withdrawn"),
    "consent-refused": _("the consent was turned into a refusal"),
    "family-objects": _("the family objects to showing it outside the case"),
    "item-described-anew": _("it was described anew"),
    "item-disposed-of": _("it was disposed of"),
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
