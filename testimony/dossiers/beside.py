"""The bundle beside a dossier: the originals of its exhibits, agreed on and handed out together with its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext as _

from custody.approvals import Told
from custody.core.canonical import JsonValue
from custody.models import Approval
from custody.purposes import CHOSEN_BY_PEOPLE, Purpose
from custody.wording import words_of_purpose
from evidence import releases
from evidence.access import Asker
from evidence.bundles import Main, Order, Selection
from evidence.bundles.described import bundle_in, describe
from evidence.bundles.selections import ITEMS
from evidence.derivatives import redacted_of
from evidence.models import EvidenceItem
from testimony.core.consent import Disclosure as Level
from testimony.core.errors import DossierError
from testimony.models import Dossier, DossierPart

FOLDER: Final = "bundle"


def exhibits_of(version: Dossier) -> list[EvidenceItem]:
    """The items that stand in a version, by number."""
    keys = DossierPart.objects.filter(dossier=version, kind="item").values("subject")
    return list(EvidenceItem.objects.filter(pk__in=keys).order_by("ern"))


def why_none(version: Dossier) -> str:
    """Why no bundle may lie beside a version, in words; empty where one may.

    An original shows what a redacted picture covers. Where the witnesses are not named, that holds for an exhibit with
    a redacted picture in this case, too, whichever of the two the pages show.
    """
    if version.redacted:
        return _("This is a redacted edition: the originals would show what it covers.")
    items = exhibits_of(version)
    if not items:
        return _("There is no exhibit in it.")
    if version.disclosure != Level.NAMED and redacted_of(items, version.case):
        return _(
            "Something in its exhibits was covered in this case, and its witnesses are not named: the originals would "
            "show it."
        )
    return ""


def describe_beside(version: Dossier, asker: Asker, authority: str) -> dict[str, JsonValue]:
    """What the bundle would let go now, for the request. Raises DossierError, and what evidence raises."""
    why = why_none(version)
    if why:
        raise DossierError(_("No bundle can lie beside it. %(why)s") % {"why": why})
    order = _order(version, asker, authority)
    leaving = releases.foresee_release(order)
    if not leaving.numbers:
        raise DossierError(_("No original of its exhibits may leave: ask for it without the bundle."))
    return describe(order, leaving)


def is_agreed_in(approval: Approval) -> bool:
    """Whether a request was for a bundle, too."""
    return bool(bundle_in(approval))


def acting(asker: Asker, approval: Approval) -> Asker:
    """Who hands out, for the purpose that was agreed on. Raises DossierError for one that nobody can choose."""
    purpose = bundle_in(approval).get("purpose")
    if purpose not in CHOSEN_BY_PEOPLE:
        raise DossierError(_("The request names no purpose for the bundle."))
    return replace(asker, purpose=Purpose(str(purpose)))


def order_for(version: Dossier, approval: Approval, asker: Asker, main: Main) -> Order:
    """The bundle that was agreed on, as of today. Raises DossierError where none may lie beside it any more."""
    why = why_none(version)
    if why:
        raise DossierError(_("No bundle can lie beside it. %(why)s") % {"why": why})
    return replace(_order(version, asker, approval.authority), approval=approval, main=main)


def _order(version: Dossier, asker: Asker, authority: str) -> Order:
    """File names stay here: a name may say more of a place or a person than the picture does."""
    numbers = tuple(item.ern for item in exhibits_of(version))
    return Order(asker=asker, party=version.recipient, authority=authority, selection=Selection(ITEMS, numbers))


def tell_beside(bundle: Mapping[str, JsonValue]) -> Sequence[Told]:
    """The bundle of a request in words; that there is none, where there is none."""
    if not bundle:
        return [Told(_("Bundle beside it"), _("none: the dossier leaves alone"))]
    words = _(
        "The originals of its exhibits, unchanged, with receipts, histories and proofs; no statement. They leave "
        "together."
    )
    return [
        Told(_("Bundle beside it"), words),
        Told(_("Purpose"), words_of_purpose(str(bundle.get("purpose", "")))),
        *releases.tell_items(bundle),
    ]
