"""Who outside is trusted to vouch for the ledger: an act of its own, on record with the certificate or key."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from custody import acts, clock
from custody.actions import Action
from custody.core import authority, notes, withdrawals
from custody.core.cosignatures import CosignerKey
from custody.core.entries import Actor
from custody.core.errors import CustodyError, NoteError
from custody.models import AnchorKind, AnchorParty


class AnchoringError(CustodyError):
    """An outside party can't be trusted, asked or understood; what it said before stays on record."""


def trust_authority(*, name: str, url: str, certificates: bytes, actor: Actor) -> AnchorParty:
    """Ask this time authority from now on. ``certificates`` is PEM: the pinned one first, then the rest of its chain.

    Pinned is the certificate itself, never its name. Lists of withdrawn certificates in the file are kept, too. Raises
    AnchoringError, SignatureError, ValidationError.
    """
    chain = _read_chain(certificates)
    listed = b"".join(each.public_bytes(Encoding.PEM) for each in withdrawals.load_lists(certificates))
    public = (b"".join(authority.certificate_pem(each) for each in chain) + listed).decode()
    party = AnchorParty(
        kind=AnchorKind.TIME_AUTHORITY,
        name=name,
        url=_checked(url, wanted=True),
        public=public,
        fingerprint=authority.fingerprint(chain[0]),
    )
    return _trust(party, actor)


def trust_cosigner(*, name: str, url: str, key: str, actor: Actor) -> AnchorParty:
    """Count this cosigner from now on; without an address its signature lines are carried by hand.

    ``key`` is its verifier key (``name+id+base64``), compared with paper. Raises AnchoringError, ValidationError.
    """
    try:
        public = CosignerKey.parse(key.strip()).encode()
    except NoteError as error:
        raise AnchoringError(f"this is no cosigner's key: {error}") from error
    party = AnchorParty(
        kind=AnchorKind.COSIGNER,
        name=name,
        url=_checked(url, wanted=False),
        public=public,
        fingerprint=notes.fingerprint(public),
    )
    return _trust(party, actor)


def end_trust(party: AnchorParty, *, actor: Actor) -> AnchorParty:
    """Ask this party no more. What it vouched for keeps its worth, and is still checked with its key."""
    if party.ended is None:
        party.ended = clock.now()
        with acts.act(actor=actor) as act:
            act.save(party)
            act.record(Action.ANCHOR_PARTY_ENDED, streams=_streams(party), subject=_subject(party), snapshots=[party])
    return party


def parties() -> QuerySet[AnchorParty]:
    """Everybody who is or was asked."""
    return AnchorParty.objects.order_by("kind", "name")


def find_party(name: str) -> AnchorParty | None:
    """The party of this name or fingerprint."""
    return AnchorParty.objects.filter(name=name).first() or AnchorParty.objects.filter(fingerprint=name).first()


def authorities() -> list[AnchorParty]:
    """The time authorities that are asked now."""
    return list(parties().filter(kind=AnchorKind.TIME_AUTHORITY, ended=None))


def cosigners() -> list[AnchorParty]:
    """The cosigners that count now."""
    return list(parties().filter(kind=AnchorKind.COSIGNER, ended=None))


def certificates_of(party: AnchorParty) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """The pinned certificate, and the rest of its chain. Raises AnchoringError when the row does not hold them."""
    pinned, *chain = _read_chain(party.public.encode())
    if authority.fingerprint(pinned) != party.fingerprint:
        raise AnchoringError(f"the certificate kept for {party.name} is not the one that was pinned")
    return pinned, chain


def lists_of(party: AnchorParty) -> list[x509.CertificateRevocationList]:
    """The lists of withdrawn certificates that came with an authority's certificates. Raises SignatureError."""
    return withdrawals.load_lists(party.public.encode())


def key_of(party: AnchorParty) -> CosignerKey:
    """The cosigner's key. Raises AnchoringError when the row does not hold the one that was trusted."""
    try:
        key = CosignerKey.parse(party.public)
    except NoteError as error:
        raise AnchoringError(f"the key kept for {party.name} can't be read: {error}") from error
    if notes.fingerprint(party.public) != party.fingerprint:
        raise AnchoringError(f"the key kept for {party.name} is not the one that was trusted")
    return key


def stream_of(party: AnchorParty) -> str:
    """The stream of everything about one outside party: that of its key."""
    return f"key/{party.fingerprint}"


def _trust(party: AnchorParty, actor: Actor) -> AnchorParty:
    with acts.act(actor=actor) as act:
        act.save(party)
        act.record(Action.ANCHOR_PARTY_TRUSTED, streams=_streams(party), subject=_subject(party), snapshots=[party])
    return party


def _streams(party: AnchorParty) -> tuple[str, ...]:
    return (stream_of(party), "ledger")


def _subject(party: AnchorParty) -> Mapping[str, str]:
    return {"anchor": str(party.pk), "kind": str(party.kind), "fingerprint": party.fingerprint}


def _read_chain(pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise AnchoringError("this is no certificate in PEM form") from error


def _checked(url: str, *, wanted: bool) -> str:
    address = url.strip()
    try:
        found = urlsplit(address)
    except ValueError as error:
        raise ValidationError({"url": _("This address can't be read.")}) from error
    if not address and not wanted:
        return ""
    if found.scheme not in ("http", "https") or not found.hostname:
        raise ValidationError({"url": _("An address begins with http:// or https://.")})
    return address
