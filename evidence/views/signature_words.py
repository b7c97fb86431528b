"""What a check of a signed document found, in words for a page: each signature by its facts, then the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from custody.core.verdicts import Finding, State
from custody.pades.answers import Reason

if TYPE_CHECKING:
    from custody.pades.validating import DocumentFacts, SignatureFacts

STATES: Final = {State.OK: "sound", State.BAD: "unsound", State.UNKNOWN: "unknown"}
# These four are told of each signature, where it stands.
_OF_A_SIGNATURE: Final = frozenset({"intact", "container", "trusted", "modifications"})
_BY_ANOTHER_LIST: Final = (
    "whether a certificate was withdrawn by a list that is neither in the file nor ours: no network is asked"
)
_UNTOLD: Final = {
    _BY_ANOTHER_LIST: gettext_lazy(
        "Whether a certificate was withdrawn by a list that is neither in the file nor ours: no network is asked."
    ),
    "whether the signer is who the certificate says: that rests on the root, compared on paper": gettext_lazy(
        "Whether the signer is who the certificate says: that rests on the root, compared on paper."
    ),
}
_REASONS: Final[dict[Reason, tuple[str | Promise, str | Promise]]] = {
    Reason.NO_PDF: (
        gettext_lazy("This is no PDF that can be read"),
        gettext_lazy("It is a file of another kind, or was damaged on its way. Ask whoever sent it for it anew."),
    ),
    Reason.ENCRYPTED: (
        gettext_lazy("The document is locked with a password"),
        gettext_lazy("Signatures are checked in open documents alone. Ask for the signed document without a password."),
    ),
    Reason.UNREADABLE: (
        gettext_lazy("A signature in the document can't be read"),
        gettext_lazy(
            "It is a PDF, but a signature in it breaks the rules of its form. Do not rely on it; ask for it anew."
        ),
    ),
    Reason.TOO_MUCH: (
        gettext_lazy("The check was stopped: the document asks for too much memory"),
        gettext_lazy(
            "One of many pages that several people signed may: whoever runs this installation checks it by command "
            "there. A short one may be made to do harm: do not rely on it; show it to an expert."
        ),
    ),
    Reason.TOO_LONG: (
        gettext_lazy("The check was stopped: it took too long"),
        gettext_lazy(
            "One of many pages may take longer than a page waits: whoever runs this installation checks it by command "
            "there. A short one may be damaged or made to hold you up: show it to an expert."
        ),
    ),
    Reason.STOPPED: (
        gettext_lazy("The check broke off"),
        gettext_lazy("What read the document ended without an answer. Try once more, then show it to an expert."),
    ),
}


@dataclass(frozen=True)
class Line:
    """One fact in words, with the state the sheet of styles knows; ``foreign`` when the words are English alone."""

    state: str
    words: str | Promise
    foreign: bool = False


@dataclass(frozen=True)
class Told:
    """One signature as the page tells of it: what the file claims, and what was found here."""

    facts: SignatureFacts
    title: str
    signer: str
    field: str
    state: str
    lines: tuple[Line, ...]
    level_claimed: str
    level_found: str

    @property
    def names_its_signer(self) -> bool:
        """Whether the name is more than a claim: the signature holds, and its certificate leads to a trusted root."""
        return self.facts.intact and self.facts.trusted


def words_of_reason(reason: Reason) -> tuple[str | Promise, str | Promise]:
    """Why a document was not checked, and what to do."""
    return _REASONS[reason]


def signatures(facts: DocumentFacts) -> list[Told]:
    """Each signature, oldest first."""
    return [_told(each) for each in facts.signatures]


def about_the_whole(facts: DocumentFacts) -> list[Line]:
    """What was found of the document and not of one signature."""
    return [_line(each) for each in facts.verdict.findings if each.fact not in _OF_A_SIGNATURE]


def not_checked(facts: DocumentFacts) -> list[Line]:
    """What the check left out; it belongs under every bottom line."""
    return [Line("unknown", _UNTOLD.get(each, each), each not in _UNTOLD) for each in facts.verdict.not_checked]


def bottom_words(facts: DocumentFacts) -> str:
    """The answer in one line."""
    if not facts.signatures:
        return _("The document holds no signature")
    return {
        "sound": _("Every signature holds"),
        "unsound": _("Not to be relied on"),
        "unknown": _("It can't be told whether to rely on it"),
    }[facts.verdict.bottom_line]


def _line(finding: Finding) -> Line:
    state = STATES[finding.state]
    if finding.fact == "signature":
        return Line(state, _("No signature was found in it, so nothing vouches for it: anybody could have made it."))
    if finding.fact == "coverage":
        return Line(state, _("Something was added after the last signature that no signature covers."))
    return Line(state, shown(finding.message), foreign=True)


def _told(facts: SignatureFacts) -> Told:
    is_stamp = facts.kind == "time-stamp"
    lines = (_intact(facts), _container(facts), _trusted(facts), _added(facts))
    states = {line.state for line in lines}
    return Told(
        facts=facts,
        title=_("Time-stamp over the document") if is_stamp else _("Signature"),
        signer=shown(facts.signer),
        field=shown(facts.field),
        state=next((state for state in ("unsound", "unknown") if state in states), "sound"),
        lines=lines,
        level_claimed=_level(facts.level_claimed),
        level_found=_level(facts.level_found),
    )


def _intact(facts: SignatureFacts) -> Line:
    if facts.intact:
        return Line("sound", _("Intact: what was signed is unchanged."))
    return Line("unsound", _("Not intact: what was signed was changed since, or the signature is not over it."))


def _container(facts: SignatureFacts) -> Line:
    if facts.container:
        return Line("sound", _("Container: around the signature stands nothing foreign."))
    return Line("unsound", _("Container: the bytes that hold the signature were touched."))


def _trusted(facts: SignatureFacts) -> Line:
    if facts.trusted:
        return Line(
            "sound",
            _(
                "Root: the certificate leads to a root that is trusted here, and counted at the time that is proved, "
                "or counts today."
            ),
        )
    return Line(
        "unknown",
        _(
            "Root: the certificate leads to no root that is trusted here, had ended or was withdrawn. "
            "Who signed can't be told."
        ),
    )


def _added(facts: SignatureFacts) -> Line:
    if facts.harmless:
        if facts.covers_whole_file:
            return Line("sound", _("Added after it: nothing."))
        if facts.reaches_end:
            return Line("sound", _("Added after it: only proofs about signatures."))
        return Line("sound", _("Added after it: only further signatures."))
    return Line("unsound", _more_than_signatures(facts.modifications))


def _more_than_signatures(kind: str) -> str:
    if kind == "form_filling":
        return _("Added after it: text in a form was filled in or changed.")
    if kind == "annotations":
        return _("Added after it: notes or marks on its pages.")
    return _("Added after it: the document itself was changed.")


def _level(level: str) -> str:
    """A level of PAdES is a name; that there is none is told in words."""
    if level == "none":
        return _("none proved")
    return _("no level of PAdES") if level == "no PAdES level" else shown(level)


def shown(untrusted: str) -> str:
    """What a foreign file says, as one line without signs that nobody sees."""
    return "".join(sign if sign.isprintable() else " " for sign in untrusted)
