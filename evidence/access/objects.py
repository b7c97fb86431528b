"""Finding the object behind an item and a form, and opening it only when its bytes are those on record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from custody import data
from custody.models import Case
from evidence.access.asking import Asker, Form
from evidence.access.refusing import sound_alarm
from evidence.access.sending import Opened
from evidence.core.errors import DamagedObjectError, UnknownObjectError, UnsafePathError
from evidence.derivatives import pictures_of, redacted_of
from evidence.digesting import of_descriptor
from evidence.models import DerivativeKind, EvidenceItem
from evidence.vault import Vault

UNKNOWN_TYPE: Final = "application/octet-stream"


@dataclass(frozen=True)
class Stored:
    """An object of the vault as the rows describe it."""

    sha256: str
    size: int
    media_type: str
    width: int = 0
    height: int = 0


def find_objects(case: Case, items: Iterable[EvidenceItem], form: Form) -> dict[UUID, Stored]:
    """By item id; items of which no such picture was made are left out. Redacted pictures belong to their case."""
    items = list(items)
    if form is Form.ORIGINAL:
        return {item.pk: Stored(item.sha256, item.size, UNKNOWN_TYPE) for item in items}
    found = redacted_of(items, case) if form is Form.REDACTED else pictures_of(items, DerivativeKind(form.value))
    return {pk: Stored(made.sha256, made.size, made.media_type, made.width, made.height) for pk, made in found.items()}


def find_object(case: Case, item: EvidenceItem, form: Form) -> Stored | None:
    """The same for one item."""
    return find_objects(case, [item], form).get(item.pk)


def open_checked(asker: Asker, item: EvidenceItem, form: Form, stored: Stored, *, act: str) -> Opened:
    """Open and read it whole once. Raises AccessRefused, after an alarm entry, when the bytes differ."""
    vault = Vault(data.vault())
    try:
        file = vault.open(stored.sha256)
    except (UnknownObjectError, UnsafePathError) as error:
        raise sound_alarm(asker, item, form, wanted=stored.sha256, found="") from error
    try:
        found = of_descriptor(file.fileno())
        if found.sha256 != stored.sha256:
            raise DamagedObjectError(stored.sha256, found.sha256)
        file.seek(0)
    except DamagedObjectError as error:
        file.close()
        raise sound_alarm(asker, item, form, wanted=stored.sha256, found=error.found) from error
    except BaseException:
        file.close()
        raise
    return Opened(
        asker=asker,
        item=item,
        form=form,
        sha256=stored.sha256,
        size=stored.size,
        media_type=stored.media_type,
        act=act,
        _file=file,
    )
