"""The keys enclosed in a bundle, and the fingerprints on paper that alone make them worth anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography import x509

from custody.core import authority, notes
from custody.core.bags import Bag
from custody.core.bundles import layout
from custody.core.errors import BundleError, NoteError, SignatureError
from custody.core.notes import VerifierKey
from custody.core.reports import Report

MAX_KEY_BYTES = 4096


@dataclass(frozen=True)
class Keys:
    """The root certificate and the ledger's key; None where the file could not be read.

    `confirmed` are the fingerprints from paper that fit some key of the bundle, whosever it is.
    """

    root: x509.Certificate | None
    ledger: VerifierKey | None
    confirmed: frozenset[str] = frozenset()


def load(bag: Bag, report: Report, fingerprints: Sequence[str], outside: Mapping[str, str]) -> Keys:
    """Read the enclosed keys and hold them against the `fingerprints` from paper.

    `outside`: the fingerprints of the keys of outside parties, each with what it is; who needs those tells of the rest.
    """
    root, ledger = _load_root(bag, report), _load_ledger_key(bag, report)
    _check_signers(bag, report, root)
    enclosed = {}
    if root:
        enclosed[authority.fingerprint(root)] = "the authority's certificate"
    if ledger:
        enclosed[notes.fingerprint(ledger.encode())] = "the ledger's key"
    wanted = {"".join(text.split()).replace(":", "").lower() for text in fingerprints}
    confirmed = frozenset(wanted & {*enclosed, *outside})
    for text in sorted(wanted - confirmed):
        report.bad("key", text, "no key of this bundle has the fingerprint you gave")
    for text in sorted(confirmed - enclosed.keys()):
        report.ok("key", text, f"{outside[text]} has the fingerprint you gave")
    for text, what in enclosed.items():
        if text in wanted:
            report.ok("key", text, f"{what} has the fingerprint you gave")
        else:
            report.not_checked.append(
                f"whether {what} is genuine: trust comes from paper; compare its SHA-256 fingerprint {text}"
            )
    return Keys(root, ledger, confirmed)


def _load_root(bag: Bag, report: Report) -> x509.Certificate | None:
    try:
        return authority.load_root(bag.read(layout.ROOT_CERTIFICATE, limit=authority.MAX_PEM_BYTES))
    except (BundleError, SignatureError) as error:
        report.bad("key", layout.ROOT_CERTIFICATE, f"the authority's certificate: {error}")
        return None


def _load_ledger_key(bag: Bag, report: Report) -> VerifierKey | None:
    try:
        text = bag.read(layout.LEDGER_KEY, limit=MAX_KEY_BYTES).decode()
        return VerifierKey.parse(text.removesuffix("\n"))
    except (BundleError, NoteError, UnicodeDecodeError) as error:
        report.bad("key", layout.LEDGER_KEY, f"the ledger's key: {error}")
        return None


def _check_signers(bag: Bag, report: Report, root: x509.Certificate | None) -> None:
    """The enclosed signers' certificates are for reading along; each signature holds its own."""
    if root is None:
        return
    try:
        for certificate in authority.load_chain(bag.read(layout.SIGNER_CERTIFICATES, limit=authority.MAX_PEM_BYTES)):
            authority.check_signer(certificate, root)
    except (BundleError, SignatureError) as error:
        report.bad("key", layout.SIGNER_CERTIFICATES, f"the registrar's certificate: {error}")
