"""What the codes of testimony mean, in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from custody.wording import words_of_reason
from evidence.access import Refusal
from testimony.core.certificates import FaultKind
from testimony.core.consent import Answer, Why
from testimony.core.declarations import Jurisdiction
from testimony.core.identifying import ConflictKind, Gone, Need, Status
from testimony.core.numbers import Agreement
from testimony.core.sequences import Clue
from testimony.core.statement import Missing
from testimony.models import ConsentCondition, DeclarationJurisdiction
from testimony.policies import (
    FAMILY_OBJECTS,
    NO_DATA_FOR_ROLE,
    NO_STATEMENT,
    NOT_REDACTED,
    NOT_THIS_RECIPIENT,
    NOT_THIS_ROLE,
)

REASONS: Final[dict[str, Promise]] = {
    Why.AGREED.value: _("agreed"),
    Why.NEVER_ASKED.value: _("the witness was never asked about this use"),
    Why.NOT_EXPLAINED.value: _("the answer of the witness rests on no conversation in which everything was explained"),
    Why.OTHER_CASE.value: _("the witness answered for another case"),
    Why.OTHER_RECIPIENT.value: _("the witness answered about this use for other recipients only"),
    Why.NOT_YET.value: _("the consent of the witness begins later"),
    Why.EXPIRED.value: _("the consent of the witness has expired"),
    Why.REVIEW_DUE.value: _("the day has passed on which the witness was to be asked again"),
    Why.ASK_FIRST.value: _("the witness wants to be asked first"),
    Why.ONE_REFUSED.value: _("no recipient is chosen yet, and the witness did not agree to each that it may be"),
    Why.CAPACITY_UNCLEAR.value: _("it is not clear whether the witness could decide"),
    Why.NO_GUARDIAN.value: _("the guardian or supporter of the witness has not agreed"),
    Why.OF_AGE.value: _("the witness has come of age since and decides anew"),
    Why.CONDITION_UNKNOWN.value: _("it is not on record whether the recipient meets a condition of the witness"),
    Why.CONDITION_NOT_MET.value: _("the recipient does not meet a condition of the witness"),
    Why.LEVEL_NOT_AGREED.value: _("the witness did not agree to appear in this way"),
    Why.NO_ASSENT.value: _("the witness did not assent, whatever the guardian says"),
    Why.REFUSED.value: _("the witness refused this use"),
    Why.WITHDRAWN.value: _("the witness withdrew the consent"),
    Why.KEEPING_REFUSED.value: _("the witness does not want it kept, so nothing else may be done with it"),
    Why.ERASED.value: _("the witness was erased"),
    Why.NO_SUCH_USE.value: _("no consent can cover this use by this recipient"),
    NO_STATEMENT: _("no statement speaks of this victim, so there is no consent to rest on"),
    NOT_REDACTED: _("a redacted edition shows redacted pictures only, and none was made of this one"),
    NOT_THIS_ROLE: _("dossiers are built by the lead or a lawyer of the case"),
    NO_DATA_FOR_ROLE: _("data of people is handed out by the lead or a lawyer of the case"),
    FAMILY_OBJECTS: _("the family objects to showing it outside the case"),
    Refusal.NO_PURPOSE.value: _("no purpose was chosen for this session"),
    NOT_THIS_RECIPIENT: _("no consent covers handing it to this recipient for this purpose"),
}

# What would let a piece in.
REMEDIES: Final[dict[str, Promise]] = {
    Why.NEVER_ASKED.value: _("would change when the witness is asked and agrees"),
    Why.NOT_EXPLAINED.value: _("would change when a conversation in which everything is explained is on record"),
    Why.OTHER_CASE.value: _("would change when the witness is asked about this case and agrees"),
    Why.OTHER_RECIPIENT.value: _("would change when the witness is asked about this recipient and agrees"),
    Why.NOT_YET.value: _("would change on the day on which the consent begins"),
    Why.EXPIRED.value: _("would change when the witness agrees again"),
    Why.REVIEW_DUE.value: _("would change when the witness agrees again"),
    Why.ASK_FIRST.value: _("would change when the witness is asked about this recipient and agrees"),
    Why.ONE_REFUSED.value: _("would change when the recipient is chosen, if the witness agreed to that one"),
    Why.CAPACITY_UNCLEAR.value: _("would change when a conversation records who decides"),
    Why.NO_GUARDIAN.value: _("would change when the guardian or supporter agrees"),
    Why.OF_AGE.value: _("would change when the witness agrees again"),
    Why.CONDITION_UNKNOWN.value: _("would change when the recipient's assurance is on record"),
    Why.CONDITION_NOT_MET.value: _("stays here unless the recipient gives its assurance"),
    Why.LEVEL_NOT_AGREED.value: _("stays here unless the witness changes the answer"),
    Why.NO_ASSENT.value: _("stays here unless the witness changes the answer"),
    Why.REFUSED.value: _("stays here unless the witness changes the answer"),
    Why.WITHDRAWN.value: _("stays here unless the witness agrees anew"),
    Why.KEEPING_REFUSED.value: _("stays here unless the witness changes the answer"),
    Why.NO_SUCH_USE.value: _("would change when it is on record that this recipient is one that consent can cover"),
    NOT_REDACTED: _("would change when a redacted picture is made"),
    NOT_THIS_RECIPIENT: _("would change when it is on record that this recipient is one that consent can cover"),
}

# What keeps a statement from being sealed.
MISSING: Final[dict[Missing, Promise]] = {
    Missing.PARAGRAPHS: _("It has no paragraphs, or one without words."),
    Missing.LANGUAGE: _("Its language is not given."),
    Missing.DAY: _("No day is given on which the witness was heard."),
    Missing.TRANSLATOR: _("It has a translation; a translator with a certificate is not named."),
    Missing.INTERPRETER_OATH: _("The interpreter has no code, or took no oath."),
    Missing.READ_BACK: _("It was not read back to the witness."),
    Missing.READ_BACK_CHANGED: _("It was changed after it was read back: read it back again."),
    Missing.DECLARATION: _("The declaration has no words."),
    Missing.SIGNATURE: _("The end is not signed, or the day of signing is not given."),
}
JURISDICTIONS: Final[dict[Jurisdiction, Promise | str]] = {
    each: DeclarationJurisdiction(each.value).label for each in Jurisdiction
}

# What keeps a text from being a certificate; `place` is a place or a sign, `number` that of a paragraph.
CERTIFICATE_FAULTS: Final[dict[FaultKind, Promise]] = {
    FaultKind.UNKNOWN_PLACE: _("There is no place {%(place)s}: look it up in the list of places."),
    FaultKind.STRAY_BRACE: _("The brace %(place)s belongs to no place."),
    FaultKind.MISSING_PLACE: _("The place {%(place)s} is missing: without it this certificate does not say enough."),
    FaultKind.NO_TITLE: _("It needs a title."),
    FaultKind.NO_PARAGRAPH: _("It has no paragraphs."),
    FaultKind.EMPTY_PARAGRAPH: _("This paragraph has no words of its own."),
    FaultKind.LONG_TITLE: _("The title is too long."),
    FaultKind.LONG_PARAGRAPH: _("This paragraph is too long: make two of it."),
    FaultKind.TOO_LONG: _("All paragraphs together are too long."),
    FaultKind.MANY_PARAGRAPHS: _("These are too many paragraphs."),
    FaultKind.UNSEEN_SIGN: _("It holds a sign that cannot be seen, %(place)s: type the words anew around it."),
}
CERTIFICATE_PLACES: Final[dict[str, Promise]] = {
    "dossier": _("number and version of the dossier"),
    "case": _("code of the case"),
    "exhibits": _("how many exhibits there are"),
    "first": _("the lowest evidence number"),
    "last": _("the highest evidence number"),
    "bytes": _("bytes of all exhibits together"),
    "digests": _("the kinds of digest that the manifest gives"),
    "originals": _("how many pictures are files as received"),
    "copies": _("how many pictures are working copies"),
    "not_shown": _("of how many exhibits no picture is shown"),
    "gaps": _("of how many exhibits the custody has a gap"),
    "sources": _("codes of the sources"),
    "earliest": _("when the first exhibit was received"),
    "latest": _("when the last exhibit was received"),
    "as_of": _("when the dossier was frozen"),
    "origin": _("name of the ledger"),
    "entries": _("how many entries the ledger had"),
    "root": _("head of the ledger's tree"),
    "software": _("name and version of the software"),
    "blank": _("a line to fill in by hand"),
}

STATES: Final[dict[Answer, str]] = {Answer.ALLOWED: "sound", Answer.ASK: "late", Answer.WITHHELD: "sealed"}
ANSWERS: Final[dict[Answer, Promise]] = {
    Answer.ALLOWED: _("goes in"),
    Answer.ASK: _("to be asked"),
    Answer.WITHHELD: _("stays here"),
}


STANDINGS: Final[dict[Status, Promise]] = {
    Status.ASSERTED: _("asserted"),
    Status.CORROBORATED: _("corroborated"),
    Status.CONFIRMED: _("confirmed"),
    Status.DISPUTED: _("disputed"),
    Status.EXCLUDED: _("excluded"),
}
GONE: Final[dict[Gone, Promise]] = {
    Gone.WITHDRAWN: _("no longer counted: withdrawn"),
    Gone.ERASED: _("no longer counted: the witness was erased"),
}
STANDING_MARKS: Final[dict[Status, str]] = {
    Status.ASSERTED: "unknown",
    Status.CORROBORATED: "late",
    Status.CONFIRMED: "sound",
    Status.DISPUTED: "unsound",
    Status.EXCLUDED: "sealed",
}
NEEDS: Final[dict[Need, Promise]] = {
    Need.SECOND_GROUND: _("A second source by another way is missing; recognition by sight alone stays asserted."),
    Need.PRIMARY: _("Fingerprints, teeth or DNA are missing."),
    Need.SECOND_PERSON: _("A second person has to decide."),
    Need.CONTRARY_ANSWERED: _("Something speaks against it and is not answered."),
    Need.SET_CHANGED: _("To be looked at again: the set has changed since the decision."),
    Need.OBJECTED_SINCE: _("To be looked at again: something spoke against it after the decision, and was dealt with."),
    Need.NOTHING: _("Nothing is open."),
}
AGREEMENTS: Final[dict[Agreement, Promise]] = {
    Agreement.ONE_READER: _("read by one person"),
    Agreement.AGREED: _("two readers agree"),
    Agreement.DIFFER: _("two readers differ"),
}
AGREEMENT_MARKS: Final[dict[Agreement, str]] = {
    Agreement.ONE_READER: "late",
    Agreement.AGREED: "sound",
    Agreement.DIFFER: "unsound",
}
CONFLICTS: Final[dict[ConflictKind, Promise]] = {
    ConflictKind.TWO_PERSONS: _("One body, several persons: at most one of these can hold."),
    ConflictKind.TWO_BODIES: _("One person, several bodies: at most one of these can hold, or the sets are one."),
}
# What a series of photographs tells of an image beside a set.
CLUES: Final[dict[Clue, Promise]] = {
    Clue.NAME: _("The number in its file name lies between those of the set."),
    Clue.PLACE: _("Its evidence number lies between those of the set."),
    Clue.TIME: _("Taken by the same camera within a minute, as the files claim."),
    Clue.NUMBER: _("A number read on the set stands in its file name."),
}
# Up to how many differing bits of the hashes.
_LIKENESSES: Final[tuple[tuple[int, Promise], ...]] = (
    (0, _("as good as the same picture")),
    (3, _("hardly a difference")),
    (64, _("much alike")),
)


def likeness(distance: int | None, *, same_bytes: bool) -> str:
    """How alike two pictures look, in words; empty where that is not known."""
    if same_bytes:
        return str(_("one file under two numbers"))
    if distance is None:
        return ""
    return str(next(words for most, words in _LIKENESSES if distance <= most))


def words_of(reason: str) -> str:
    """The sentence for a reason of testimony, or of the rooms below."""
    return str(REASONS[reason]) if reason in REASONS else words_of_reason(reason)


def words_of_condition(code: str) -> str:
    """What a witness demands of a recipient."""
    return str(ConsentCondition(code).label) if code in ConsentCondition.values else code


def remedy_for(reason: str) -> str:
    """What would change the decision; empty where nothing would."""
    return str(REMEDIES.get(reason, ""))
