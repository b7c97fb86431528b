"""Redacting a picture: boxes over faces, names, places make a new picture; the original stays as it is.

(1) The door opens the original for work in this house. (2) A limited child decodes it, fills the boxes and encodes
a new picture. (3) It goes into the vault. (4) Row and entry, in one transaction. What this does not do: it covers what
somebody drew a box over, and nothing else; whether that is enough, a second pair of eyes has to say.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from custody import acts, clock, data
from custody.actions import Action
from custody.cases import Role
from evidence import access, holdings, intake, vault
from evidence.access import Asker, Form
from evidence.core import redactions as records
from evidence.core.boxes import Box, BoxError, check
from evidence.core.errors import ExaminationError
from evidence.core.redactions import MOST_VERSIONS, RedactionRecord
from evidence.derivatives import pictures_of
from evidence.examination.findings import DERIVED_TYPE
from evidence.examination.redacted import RECIPE, Outcome, Redacted
from evidence.examination.sandbox import ChildExaminer
from evidence.models import DerivativeKind, EvidenceItem, Redaction
from evidence.vault import Placed

__all__ = ["MAY_REDACT", "NOT_THIS_ROLE", "boxes_of", "redact", "redactions_of", "upright_size"]

# Those who hand out what they have covered. The operator at the console is on record by that office.
MAY_REDACT: Final = frozenset({Role.LEAD, Role.INVESTIGATOR, Role.LAWYER})
NOT_THIS_ROLE: Final = "not-in-office"


def redactions_of(item: EvidenceItem, asker: Asker) -> list[Redaction]:
    """The versions made in this case, newest first."""
    made = Redaction.objects.filter(item=item, case=asker.case).select_related("made_by")
    return list(made.order_by("-version"))


def boxes_of(redaction: Redaction) -> tuple[Box, ...]:
    """What was covered in a version. Raises RecordError for a record that is none."""
    return records.decode(bytes(redaction.record)).boxes


def upright_size(item: EvidenceItem) -> tuple[int, int] | None:
    """Width and height in pixels of the original when it stands upright; None when no picture was made of it."""
    preview = pictures_of([item], DerivativeKind.PREVIEW).get(item.pk)
    if preview is None:
        return None
    claims = preview.examination.claims
    try:
        width, height = int(claims["image.width"]), int(claims["image.height"])
    except (KeyError, ValueError):
        return preview.width, preview.height
    # What was made of it stands upright: where that lies across, so does the original.
    across = (preview.width > preview.height) != (width > height) and width != height
    return (height, width) if across else (width, height)


def redact(*, asker: Asker, item: EvidenceItem, boxes: Sequence[Box]) -> Redaction:
    """Make the next redacted picture of an item. Raises AccessRefused, recorded, and ValidationError.

    Two that are made at once get two versions: whoever comes second with the same number is asked to try again.
    """
    if asker.account is not None and asker.role not in MAY_REDACT:
        raise access.refuse(asker, item, Form.REDACTED, NOT_THIS_ROLE)
    size = upright_size(item)
    if size is None:
        raise ValidationError(_("No picture could be made of this file, so there is nothing to redact."))
    wanted = tuple(sorted(boxes))
    try:
        check(wanted, *size)
    except BoxError as error:
        raise ValidationError(_("A box lies outside of the picture, or none was drawn.")) from error
    made, tool = _made(asker, item, wanted)
    return _keep(asker, item, wanted, made, tool)


def _made(asker: Asker, item: EvidenceItem, boxes: Sequence[Box]) -> tuple[Redacted, str]:
    opened = access.open_here(asker, item)
    with tempfile.TemporaryFile(dir=data.work()) as original, ChildExaminer() as child:
        try:
            for block in opened:
                original.write(block)
        finally:
            opened.close()
        original.flush()
        try:
            made = child.redact(original.fileno(), boxes)
        except ExaminationError as error:
            raise ValidationError(_("The file could not be read to its end, so no picture was made.")) from error
        tool = f"{child.tool.name} {child.tool.version}"
    if made.outcome is not Outcome.MADE:
        raise ValidationError(_WHY_NOT[made.outcome]())
    return made, tool


_WHY_NOT: Final[dict[Outcome, Any]] = {
    Outcome.TOO_LARGE: lambda: _("The picture is too large to be redacted here."),
    Outcome.UNDECODABLE: lambda: _("The file could not be read to its end, so no picture was made."),
    Outcome.OTHER_SIZE: lambda: _("A box lies outside of the picture, or none was drawn."),
}


def _keep(asker: Asker, item: EvidenceItem, boxes: tuple[Box, ...], made: Redacted, tool: str) -> Redaction:
    with vault.open_run(intake.store(), holdings.known_objects) as run:
        placed = run.receive_bytes(made.content)
        run.flush()
        try:
            return _record(asker, item, boxes, made, placed, tool)
        finally:
            run.release({placed.digests.sha256})


def _record(
    asker: Asker, item: EvidenceItem, boxes: tuple[Box, ...], made: Redacted, placed: Placed, tool: str
) -> Redaction:
    moment = clock.now()
    with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        version, replaces = _next(item, asker)
        record = records.encode(
            RedactionRecord(
                item=str(item.pk),
                case=str(asker.case.pk),
                original=item.sha256,
                version=version,
                replaces=replaces,
                boxes=boxes,
                sha256=placed.digests.sha256,
                bytes=placed.digests.size,
                width=made.width,
                height=made.height,
                recipe=RECIPE,
                tool=tool,
                made=clock.stamp(moment),
                made_by=asker.actor.id,
            )
        )
        redaction = Redaction(
            item=item,
            case=asker.case,
            version=version,
            made=moment,
            made_by=asker.account,
            sha256=placed.digests.sha256,
            size=placed.digests.size,
            width=made.width,
            height=made.height,
            media_type=DERIVED_TYPE,
            recipe=RECIPE,
            record=record,
            record_sha256=hashlib.sha256(record).hexdigest(),
        )
        redaction.full_clean()
        redaction.save(force_insert=True)
        act.record(
            Action.ITEM_REDACTED,
            streams=access.streams_of(asker, item),
            subject={
                "item": str(item.pk),
                "case": str(asker.case.pk),
                "version": str(version),
                "sha256": redaction.sha256,
                "record": redaction.record_sha256,
            },
        )
    return redaction


def _next(item: EvidenceItem, asker: Asker) -> tuple[int, str]:
    """The next version of an item, and the digest of the record that it replaces in this case."""
    newest = Redaction.objects.filter(item=item).order_by("-version").first()
    version = newest.version + 1 if newest else 1
    if version > MOST_VERSIONS:
        raise ValidationError(_("This item has as many redacted pictures as can be counted."))
    replaced = redactions_of(item, asker)
    return version, replaced[0].record_sha256 if replaced else ""
