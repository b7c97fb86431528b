"""What is chosen and typed about the texts of certificates."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from testimony import wording
from testimony.certificates import Version, Which
from testimony.core.certificates import LANGUAGES, TITLE_SIGNS, Fault, FaultKind, Kind, kinds_under
from testimony.core.declarations import Jurisdiction
from testimony.models import CertificateKind

LANGUAGE_NAMES: Final[dict[str, Promise]] = {"ar": _("Arabic"), "en": _("English")}
_TITLE_FAULTS: Final = (FaultKind.NO_TITLE, FaultKind.LONG_TITLE)
_OF_ONE_PLACE: Final = (FaultKind.UNKNOWN_PLACE, FaultKind.STRAY_BRACE, FaultKind.UNSEEN_SIGN)


class WhichForm(forms.Form):
    """Which text is looked at: certificates by law, and the language."""

    text = forms.ChoiceField(
        label=_("Certificate"),
        choices=[
            (
                wording.JURISDICTIONS[law],
                [(f"{law.value}/{kind.value}", CertificateKind(kind.value).label) for kind in kinds_under(law)],
            )
            for law in Jurisdiction
        ],
    )
    language = forms.ChoiceField(label=_("Language"), choices=[(each, LANGUAGE_NAMES[each]) for each in LANGUAGES])

    @classmethod
    def start(cls) -> dict[str, str]:
        """What is looked at where nobody chose: the first, in the reader's language."""
        language = (get_language() or "en")[:2]
        return {"text": f"{Jurisdiction.US_INSIDE}/{Kind.CUSTODIAN}", "language": language}

    def which(self) -> Which:
        """The text that was chosen, of a form that is valid."""
        law, kind = self.cleaned_data["text"].split("/")
        return Which(Jurisdiction(law), Kind(kind), self.cleaned_data["language"])


class TextForm(forms.Form):
    """The next version of a text."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_SIGNS)
    text = forms.CharField(
        label=_("Paragraphs"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("An empty line stands between two paragraphs; the numbers are put by the software."),
    )
    since = forms.DateField(
        label=_("In force since"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def written_in(self, language: str) -> TextForm:
        """The same with fields that are written from the side of a language."""
        for name in ("title", "text"):
            self.fields[name].widget.attrs |= {"dir": "rtl" if language == "ar" else "ltr", "lang": language}
        return self

    def add_certificate_faults(self, faults: tuple[Fault, ...]) -> None:
        """Each fault to the field that it is about, with its paragraph."""
        for fault in faults:
            words = wording.CERTIFICATE_FAULTS[fault.kind] % {"place": fault.place}
            if fault.paragraph:
                words = _("Paragraph %(number)s: %(words)s") % {"number": fault.paragraph, "words": words}
            of_title = fault.kind in _TITLE_FAULTS or (fault.kind in _OF_ONE_PLACE and not fault.paragraph)
            self.add_error("title" if of_title else "text", words)


class HouseForm(forms.Form):
    """The day from which the house's text is in force again."""

    day = forms.DateField(
        label=_("Amana's own text in force again since"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


def typed(version: Version) -> dict[str, str]:
    """A text as it stands in the form."""
    return {"title": version.text.title, "text": "\n\n".join(version.text.paragraphs)}
