"""Short permissions: a page of many pictures is recorded as one act, and each picture is then fetched by itself.

A grant is a signed value, bound to the working session, the item, the form and the very bytes. It opens for
ten minutes, and only while the membership and the policies still allow it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from django.core import signing

from evidence.access import objects, policies
from evidence.access.asking import Asker, Form
from evidence.access.refusing import Refusal, refuse
from evidence.access.sending import Opened
from evidence.admissions import items_in

GRANT_SECONDS: Final = 600
_SALT: Final = "evidence.access.grant"


@dataclass(frozen=True)
class Grant:
    """What stands in the signed value."""

    session: str
    account: str
    case: str
    item: str
    form: str
    sha256: str
    act: str
    purpose: str


def sign(asker: Asker, *, item: str, form: Form, sha256: str, act: str) -> str:
    """The value for the page."""
    grant = Grant(
        session=asker.actor.session,
        account=asker.actor.id,
        case=str(asker.case.pk),
        item=item,
        form=form.value,
        sha256=sha256,
        act=act,
        purpose=asker.purpose_code or "",
    )
    return signing.TimestampSigner(salt=_SALT).sign_object(asdict(grant))


def read(asker: Asker, value: str) -> Grant:
    """Check signature, age, and that it was given to this session and case. Raises AccessRefused, recorded."""
    signer = signing.TimestampSigner(salt=_SALT)
    try:
        grant = Grant(**signer.unsign_object(value, max_age=GRANT_SECONDS))
    except signing.SignatureExpired as error:
        raise refuse(asker, None, None, Refusal.GRANT_EXPIRED) from error
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise refuse(asker, None, None, Refusal.GRANT_INVALID) from error
    same = (grant.session, grant.account, grant.case) == (asker.actor.session, asker.actor.id, str(asker.case.pk))
    if not same or not grant.session:
        raise refuse(asker, None, None, Refusal.GRANT_INVALID)
    return grant


def open_granted(asker: Asker, value: str) -> Opened:
    """Open what a page was granted. No new entry: the page's act named this item before the page was sent.

    Raises AccessRefused, with an entry, when the grant is over or foreign, or the rules have changed since.
    """
    if not asker.is_member:
        raise refuse(asker, None, None, Refusal.NOT_A_MEMBER)
    grant = read(asker, value)
    item = items_in(asker.case).filter(pk=grant.item).first()
    if item is None:
        raise refuse(asker, None, None, Refusal.NOT_IN_CASE)
    form = Form(grant.form)
    reasons = policies.withheld(policies.Question(asker=asker, items=(item,), form=form))
    if reasons:
        raise refuse(asker, item, form, reasons[item.pk])
    wanted = objects.find_object(asker.case, item, form)
    if wanted is None or wanted.sha256 != grant.sha256:
        raise refuse(asker, item, form, Refusal.GRANT_INVALID)
    return objects.open_checked(asker, item, form, wanted, act=grant.act)
