"""From a signer's certificate up to one that is pinned (RFC 5280 section 6, as far as time-stamps need it)."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID

from custody.core.errors import SignatureError
from custody.core.timestamps import signing

MAX_CHAIN: Final = 6
_PURPOSES: Final = {ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}

Chain = tuple[x509.Certificate, ...]


def find(
    signer: x509.Certificate,
    *,
    between: Sequence[x509.Certificate],
    pinned: Sequence[x509.Certificate],
    usable: Callable[[x509.Certificate], bool],
) -> Chain | None:
    """The shortest chain of usable certificates from the signer to a pinned one; None where there is none.

    Pinned is the very certificate, byte for byte: one of the same name or key is another. The certificates `between`
    are foreign and may be any: they are followed only where each signed the one below and may sign certificates.
    Each is looked at once, so that many of them cost no more than their number squared.
    """
    if not usable(signer):
        return None
    # Pinned ones first: the shortest way to trust is the one to tell of.
    candidates = [each for each in (*pinned, *between) if usable(each)]
    waiting: deque[Chain] = deque([(signer,)])
    seen = {signer}
    while waiting:
        chain = waiting.popleft()
        if chain[-1] in pinned:
            return chain
        if len(chain) == MAX_CHAIN:
            continue
        for above in candidates:
            if above not in seen and _issued(chain, above):
                seen.add(above)
                waiting.append((*chain, above))
    return None


def _issued(chain: Chain, above: x509.Certificate) -> bool:
    """Whether `above` signed the last of the chain, with a digest that is relied on, and was allowed to."""
    below = chain[-1]
    try:
        if below.issuer != above.subject or below.signature_hash_algorithm is None:
            return False
        if below.signature_hash_algorithm.name not in signing.HASHES:
            return False
        below.verify_directly_issued_by(above)
        return _may_issue(above, len(chain) - 1)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, SignatureError):
        # It does not belong here; another one may.
        return False


def _may_issue(certificate: x509.Certificate, authorities_below: int) -> bool:
    """Whether the certificate is that of an authority that may have so many authorities below it in the chain."""
    found = {kind: extension.value for kind, extension in signing.extensions(certificate).items()}
    basic, usage = found.get(x509.BasicConstraints), found.get(x509.KeyUsage)
    purposes = found.get(x509.ExtendedKeyUsage)
    if not isinstance(basic, x509.BasicConstraints) or not basic.ca:
        return False
    if basic.path_length is not None and basic.path_length < authorities_below:
        return False
    if isinstance(usage, x509.KeyUsage) and not usage.key_cert_sign:
        return False
    return not isinstance(purposes, x509.ExtendedKeyUsage) or not _PURPOSES.isdisjoint(purposes)
