"""What a page that shows an opened file needs to fetch its content: a permission of ten minutes that holds the key.

One opening gives the key of one file, once. The content is then fetched by the browser, in parts where it is long, and
whichever web process answers must have the key. It is kept by none of them: it goes to the browser of whoever opened
it, sealed by the server, bound to account, working session and file, in a cookie that only the address of the content
receives. Nothing of it is written on the server.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import hashlib
import secrets
import uuid
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from custody import clock
from custody.core.entries import Actor
from testimony.core.errors import SealedFileError

COOKIE: Final = "amana-shown"
_NONCE: Final = 12
_UNTIL: Final = 8


def give(*, key: bytes, file: uuid.UUID, actor: Actor, until: datetime.datetime) -> str:
    """The permission, as text of a cookie. Raises SealedFileError for whoever has no working session."""
    if not actor.session:
        raise SealedFileError("only a working session in the browser is shown a file")
    nonce, moment = secrets.token_bytes(_NONCE), int(until.timestamp())
    sealed = AESGCM(_own_key()).encrypt(nonce, moment.to_bytes(_UNTIL, "big") + key, _bound(file, actor))
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def read(untrusted: str, *, file: uuid.UUID, actor: Actor) -> bytes:
    """The key of the file. Raises SealedFileError for one given to another session or for another file, or over."""
    try:
        data = base64.b64decode(untrusted, altchars=b"-_", validate=True)
        plain = AESGCM(_own_key()).decrypt(data[:_NONCE], data[_NONCE:], _bound(file, actor))
    except (InvalidTag, ValueError, binascii.Error) as error:
        raise SealedFileError("this permission was not given to this session, or for another file") from error
    if int.from_bytes(plain[:_UNTIL], "big") <= clock.now().timestamp():
        raise SealedFileError("the time for which this file was shown is over")
    return plain[_UNTIL:]


def _own_key() -> bytes:
    return hashlib.sha256(f"amana shown key 1\n{settings.SECRET_KEY}".encode()).digest()


def _bound(file: uuid.UUID, actor: Actor) -> bytes:
    return f"amana shown 1\n{file}\n{actor.id}\n{actor.session}".encode()
