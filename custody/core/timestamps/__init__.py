"""Outside time: RFC 3161 time-stamps, asked for and verified. A stranger checks one with OpenSSL:

    openssl ts -verify -data FILE -in RESPONSE -CAfile CA -attime SECONDS

Sources: RFC 3161 with RFC 5816 (time-stamps), RFC 5652 (CMS), RFC 2634 and RFC 5035 (which certificate signed),
RFC 5754 and RFC 4055 (algorithms), RFC 5280 (certificates). Read in DER alone.
"""

from custody.core.timestamps.messages import MAX_RESPONSE_BYTES, TimestampRefused, read_response, request
from custody.core.timestamps.tokens import Stamp, Token
from custody.core.timestamps.tokens import read as read_token
from custody.core.timestamps.verification import REVOCATION, Answer, Signer, Verification, verify

__all__ = [
    "MAX_RESPONSE_BYTES",
    "REVOCATION",
    "Answer",
    "Signer",
    "Stamp",
    "TimestampRefused",
    "Token",
    "Verification",
    "read_response",
    "read_token",
    "request",
    "verify",
]
