"""Whether a time-stamp token proves that data existed at a time, told in separate facts and one answer."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from custody.core import authority
from custody.core.errors import CustodyError, SignatureError
from custody.core.timestamps import chains, signing, tokens
from custody.core.timestamps.chains import Chain
from custody.core.timestamps.tokens import Stamp, Token
from custody.core.verdicts import Finding, State, Verdict

CLOCK_TOLERANCE: Final = timedelta(minutes=10)
"""How far this machine's clock may be behind the authority's before that is said."""

REVOCATION: Final = "whether the authority's certificate was revoked: no revocation list is asked for"

_SUBJECT: Final = "time-stamp"
_DER: Final = serialization.Encoding.DER


class Answer(StrEnum):
    """The bottom line about one token. The second is no failure: certificates expire, what they proved remains."""

    VALID = "valid"
    VALID_WHEN_STAMPED = "valid-when-stamped"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose certificate signed. `fingerprint`: SHA-256 of the certificate in hex; `expires`: its last moment."""

    fingerprint: str
    name: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found about one token.

    `stamp` is what the token says (None if it can't be read): a fact only where `proves_time` is true. `pinned` is the
    SHA-256 fingerprint of the pinned certificate that vouches, if one does. `expires` is when the first certificate
    of that chain ends or ended.
    """

    answer: Answer
    findings: tuple[Finding, ...]
    stamp: Stamp | None = None
    signer: Signer | None = None
    pinned: str | None = None
    expires: datetime | None = None

    @property
    def proves_time(self) -> bool:
        """Whether the data existed at `stamp.time`, by the word of a pinned authority."""
        return self.answer in {Answer.VALID, Answer.VALID_WHEN_STAMPED}

    @property
    def reason(self) -> str:
        """The first thing that is wrong, else the first that could not be told, else when it was stamped; in words."""
        for state in (State.BAD, State.UNKNOWN):
            for finding in self.findings:
                if finding.state is state:
                    return finding.message
        return self.findings[-1].message

    def about(self, subject: str) -> tuple[Finding, ...]:
        """The findings with the name of what was stamped ("checkpoint 17"), for the report of a larger check."""
        return tuple(replace(finding, subject=subject) for finding in self.findings)

    @property
    def verdict(self) -> Verdict:
        """The findings as a verdict of its own."""
        return Verdict(self.findings, {}, (REVOCATION,))


def verify(
    untrusted: bytes,
    data: bytes,
    *,
    authorities: Sequence[x509.Certificate],
    chain: Sequence[x509.Certificate] = (),
    now: datetime,
    nonce: int | None = None,
) -> Verification:
    """What a token, or the response of an authority that holds it, proves about `data`. Raises nothing for any bytes.

    `authorities` are pinned: the authority's own certificate or one above it. `chain` are further certificates that
    may lie between; like those inside the token they are not trusted. `now` (aware) decides only between the two good
    answers. `nonce`: the number sent with the request.

    (1) It is a token as RFC 3161 asks for. (2) It repeats the nonce. (3) Its imprint is the digest of the data.
    (4) The signer's certificate, the one that the signature itself names by digest and by issuer and number, is there.
    (5) That certificate's key signed. (6) It is for time-stamps alone. (7) A pinned certificate vouches for it, and
    every certificate in between was valid at the time stamped. (8) That time has come.

    Where nothing is pinned the answer is UNKNOWN: anybody can be an authority. It does not prove that the certificate
    was not revoked (see `REVOCATION`), that nobody else had the authority's key, even after it expired, nor that its
    clock was right. What the token holds outside the
    signature (unsigned attributes, further certificates, revocation lists) may change without notice.
    """
    try:
        token = tokens.read(untrusted)
    except CustodyError as error:
        return Verification(Answer.BAD, (Finding("stamp-form", _SUBJECT, str(error), State.BAD),))
    return _Verifier(token, authorities, now).run(data, chain, nonce)


class _Verifier:
    """One token under verification: collects the findings, in the order of the steps."""

    def __init__(self, token: Token, pinned: Sequence[x509.Certificate], now: datetime) -> None:
        self._token = token
        self._pinned = pinned
        self._now = now
        self._findings: list[Finding] = []
        self._add("stamp-form", State.OK, "it is a time-stamp in the form that RFC 3161 asks for")

    def run(self, data: bytes, between: Sequence[x509.Certificate], nonce: int | None) -> Verification:
        self._check_nonce(nonce)
        self._check_imprint(data)
        certificate = self._find_signer(between)
        chain = None
        if certificate is not None:
            self._check_signature(certificate)
            self._check_purpose(certificate)
            chain = self._find_chain(certificate, between)
        self._check_clock()
        return Verification(
            answer=self._answer(chain),
            findings=tuple(self._findings),
            stamp=self._token.stamp,
            signer=_facts(certificate) if certificate else None,
            pinned=authority.fingerprint(chain[-1]) if chain else None,
            expires=_expiry(chain) if chain else None,
        )

    def _add(self, fact: str, state: State, message: str) -> None:
        self._findings.append(Finding(fact, _SUBJECT, message, state))

    def _check_nonce(self, nonce: int | None) -> None:
        if nonce is None:
            return
        if self._token.stamp.nonce == nonce:
            self._add("stamp-nonce", State.OK, "it answers this very request")
        else:
            self._add("stamp-nonce", State.BAD, "it is not the answer to this request: the nonce is another")

    def _check_imprint(self, data: bytes) -> None:
        stamp = self._token.stamp
        if hashlib.new(stamp.algorithm, data).digest() == stamp.imprint:
            self._add("stamp-data", State.OK, "it was made for these data")
        else:
            self._add("stamp-data", State.BAD, f"it was made for other data ({stamp.algorithm} {stamp.imprint.hex()})")

    def _find_signer(self, between: Sequence[x509.Certificate]) -> x509.Certificate | None:
        held = [each.public_bytes(_DER) for each in (*self._pinned, *between)]
        try:
            found = signing.find(self._token, [*self._token.certificates, *held])
            if found is not None:
                return signing.load(found)
        except SignatureError as error:
            self._add("stamp-signature", State.BAD, str(error))
            return None
        self._add(
            "stamp-signature",
            State.UNKNOWN,
            "the certificate that the signature names is neither inside the time-stamp nor among those given",
        )
        return None

    def _check_signature(self, certificate: x509.Certificate) -> None:
        try:
            signing.check_signature(self._token, certificate)
        except SignatureError as error:
            self._add("stamp-signature", State.BAD, str(error))
        else:
            self._add("stamp-signature", State.OK, "the signature is that of the certificate it names")

    def _check_purpose(self, certificate: x509.Certificate) -> None:
        try:
            signing.check_purpose(certificate)
        except SignatureError as error:
            self._add("stamp-purpose", State.BAD, str(error))
        else:
            self._add("stamp-purpose", State.OK, "the certificate is for time-stamps alone")

    def _find_chain(self, certificate: x509.Certificate, between: Sequence[x509.Certificate]) -> Chain | None:
        if not self._pinned:
            self._add("stamp-authority", State.UNKNOWN, "no authority is pinned, and anybody can call himself one")
            return None
        stamped, pool = self._token.stamp.time, [*between, *_enclosed(self._token)]
        for moments in ((stamped, self._now), (stamped,), ()):
            chain = chains.find(
                certificate,
                between=pool,
                pinned=self._pinned,
                usable=partial(_is_valid, moments=moments),
            )
            if chain is not None:
                self._tell_chain(chain, valid_then=bool(moments))
                return chain
        self._add(
            "stamp-authority",
            State.BAD,
            "its signer is not vouched for by a pinned authority, or a certificate in between is missing",
        )
        return None

    def _tell_chain(self, chain: Chain, *, valid_then: bool) -> None:
        pinned = authority.fingerprint(chain[-1])
        self._add("stamp-authority", State.OK, f"the pinned certificate {pinned} vouches for the signer")
        written, expiry = _in_words(self._token.stamp.time), _in_words(_expiry(chain))
        if not valid_then:
            self._add("stamp-time", State.BAD, f"a certificate of the authority was not valid at the time of {written}")
        elif _expiry(chain) < self._now:
            message = f"valid when stamped, {written}; the authority's certificate has since expired, {expiry}"
            self._add("stamp-time", State.OK, message)
        else:
            self._add("stamp-time", State.OK, f"stamped {written}; the authority's certificate is valid until {expiry}")

    def _check_clock(self) -> None:
        if self._token.stamp.time > self._now + CLOCK_TOLERANCE:
            self._add("stamp-time", State.UNKNOWN, "it is of a time to come: one of two clocks is wrong")

    def _answer(self, chain: Chain | None) -> Answer:
        states = {finding.state for finding in self._findings}
        if State.BAD in states:
            return Answer.BAD
        if State.UNKNOWN in states or chain is None:
            return Answer.UNKNOWN
        return Answer.VALID if self._now <= _expiry(chain) else Answer.VALID_WHEN_STAMPED


def _enclosed(token: Token) -> Iterator[x509.Certificate]:
    """The certificates inside the token that can be read: one that can't be is no link of a chain."""
    for encoded in token.certificates:
        try:
            yield signing.load(encoded)
        except SignatureError:
            continue


def _is_valid(certificate: x509.Certificate, moments: tuple[datetime, ...]) -> bool:
    return all(certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc for at in moments)


def _expiry(chain: Chain) -> datetime:
    return min(each.not_valid_after_utc for each in chain)


def _in_words(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _facts(certificate: x509.Certificate) -> Signer:
    try:
        name = certificate.subject.rfc4514_string()
    except ValueError:
        name = ""
    shown = "".join(letter if letter.isprintable() else " " for letter in name)
    return Signer(authority.fingerprint(certificate), shown, certificate.not_valid_after_utc)
