"""Pictures with something to cover, received and examined as in life."""

from __future__ import annotations

import io
import random

from PIL import Image

from custody.actors import for_command
from custody.models import Account, Case
from custody.purposes import Purpose
from evidence import access, examining
from evidence.access import Asker
from evidence.core.boxes import Box, BoxReason
from evidence.models import EvidenceItem
from tests.exhibits import receive

FACE = Box(40, 30, 24, 20, BoxReason.FACE)


def noise(width: int = 200, height: int = 140, *, orientation: int = 1, seed: int = 1) -> bytes:
    """A JPEG in which every pixel differs from its neighbours."""
    picture = Image.frombytes("RGB", (width, height), random.Random(seed).randbytes(width * height * 3))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=92, exif=exif)
    return stream.getvalue()


def examined(case: Case, content: bytes | None = None, name: str = "shot.jpg") -> EvidenceItem:
    """One item, through the real intake and the real examination."""
    receive(case, {name: content or noise()})
    examining.examine_waiting(actor=for_command())
    return EvidenceItem.objects.get(name__display=name)


def asker(case: Case, account: Account, purpose: Purpose | None = Purpose.CASE_PREPARATION) -> Asker:
    """A member with a purpose."""
    return access.asker_for_command(case=case, purpose=purpose, account=account)
