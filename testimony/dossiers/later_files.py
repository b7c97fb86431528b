"""Later files of a version: signed by others too, or time-stamped anew. The earlier ones stay beside them."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Final

from django.utils.translation import gettext

from custody import acts
from custody.actions import Action
from evidence.access import Asker
from testimony.core.errors import DossierError
from testimony.dossiers import due_dates, keeping
from testimony.dossiers.keeping import Plain, VersionKey
from testimony.dossiers.refusing import streams_of
from testimony.dossiers.signing import time_authority
from testimony.dossiers.versions import files_of, open_kept
from testimony.models import Dossier, DossierFile, DossierFileKind, DossierPlan
from testimony.pictures.gathering import tray

_PIECE: Final = 1 << 20


def take_countersigned(
    *, version: Dossier, plan: DossierPlan, volume: int, untrusted: Path, asker: Asker
) -> DossierFile:
    """Take a volume back that others have signed: our file byte for byte, with signatures added and nothing else.

    Raises DossierError for any other file, ConsentError, recorded, and what `open_kept` raises.
    """
    from custody.pades import house
    from custody.pades.countersigning import accept_countersigned

    file = _file(version, volume)
    key = open_kept(version, plan, asker)
    with tray() as waiting:
        ours, theirs = waiting.folder / "ours.pdf", waiting.folder / "theirs.pdf"
        keeping.write_plain(key, file, ours)
        # A copy: what was looked at is what is kept, whoever changes the other meanwhile.
        shutil.copyfile(untrusted, theirs)
        with theirs.open("rb") as stream:
            answer = accept_countersigned(ours, stream, trust=house.roots())
        if not answer.accepted:
            earlier = _earlier_revision(file, theirs)
            if earlier is not None:
                raise DossierError(_outdated(earlier, file))
            raise DossierError(gettext("It was not taken: %(why)s.") % {"why": answer.why_not})
        return _keep(version, plan, key, file, theirs, DossierFileKind.COUNTERSIGNED, asker, file.level)


def _earlier_revision(newest: DossierFile, untrusted: Path) -> DossierFile | None:
    """The earlier file of this volume that these bytes go on from, as when others signed it before it was followed."""
    same = DossierFile.objects.filter(dossier=newest.dossier, volume=newest.volume, revision__lt=newest.revision)
    return next((each for each in same.order_by("-revision") if _begins_as(untrusted, each)), None)


def _begins_as(untrusted: Path, file: DossierFile) -> bool:
    digest, left = hashlib.sha256(), file.size
    with untrusted.open("rb") as stream:
        while piece := stream.read(min(left, _PIECE)):
            digest.update(piece)
            left -= len(piece)
    return left == 0 and digest.hexdigest() == file.sha256


def _outdated(earlier: DossierFile, newest: DossierFile) -> str:
    return gettext(
        "It was not taken: it was signed on revision %(signed)s of this volume, and revision %(newest)s has followed "
        "since (it was renewed, or others signed too). Keep the file as evidence, and have revision %(newest)s signed."
    ) % {"signed": earlier.revision, "newest": newest.revision}


def renew(*, version: Dossier, plan: DossierPlan, asker: Asker) -> list[DossierFile]:
    """Add a document time-stamp to every volume, and today's lists of withdrawn certificates.

    Raises DossierError without an authority, AuthorityUnavailable, and what `open_kept` raises.
    """
    from custody.pades import house, renewing

    authority = time_authority()
    if authority is None:
        raise DossierError(gettext("No time-stamp authority is trusted here; nothing was renewed."))
    key = open_kept(version, plan, asker)
    trust, made, due = house.roots(), [], []
    with tray() as waiting:
        for file in files_of(version):
            ours, stamped = waiting.folder / f"{file.volume}.pdf", waiting.folder / f"{file.volume}-stamped.pdf"
            keeping.write_plain(key, file, ours)
            done = renewing.renew(ours, stamped, time_authority=authority, trust=trust)
            ours.unlink()
            due.append(done.due)
            made.append((file, stamped, done.level))
        # All or nothing: an authority that falls silent half-way leaves the version as it was.
        kept = [
            _keep(version, plan, key, file, path, DossierFileKind.RENEWED, asker, level) for file, path, level in made
        ]
    due_dates.note(version, min(due))
    return kept


def _file(version: Dossier, volume: int) -> DossierFile:
    for file in files_of(version):
        if file.volume == volume:
            return file
    raise DossierError(gettext("This version has no such volume."))


def _keep(  # noqa: PLR0913, PLR0917
    version: Dossier,
    plan: DossierPlan,
    key: VersionKey,
    before: DossierFile,
    path: Path,
    kind: DossierFileKind,
    asker: Asker,
    level: str,
) -> DossierFile:
    plain = Plain(
        path=path,
        kind=kind,
        volume=before.volume,
        name=before.name,
        revision=before.revision + 1,
        pages=before.pages,
        level=level,
    )
    row, stored = keeping.add_file(key, plain)
    action = Action.DOSSIER_RENEWED if kind is DossierFileKind.RENEWED else Action.DOSSIER_COUNTERSIGNED
    try:
        with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
            row.save(force_insert=True)
            act.record(
                action,
                streams=(f"dossier/{version.pk}", *streams_of(plan, asker))[:4],
                subject={
                    "dossier": str(version.pk),
                    "case": str(version.case_id),
                    "file": str(row.pk),
                    "sha256": row.sha256,
                    "record": keeping.file_digest(row),
                },
            )
    except BaseException:
        # The row is not committed: nothing names the file.
        stored.unlink(missing_ok=True)
        raise
    return row
