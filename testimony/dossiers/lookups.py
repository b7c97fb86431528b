"""How testimony knows bytes by their digest: the files of the dossiers that were built here."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from custody import clock
from evidence.access import Asker
from evidence.checking import Fact, Known
from testimony.models import Dossier


def dossiers_known(asker: Asker, sha256: str) -> Sequence[Known]:
    """Dossiers of this case of which a file had exactly these bytes."""
    return [
        Known(
            asker.case,
            _("a dossier built here"),
            f"{version.code}/{version.version}",
            ("testimony:dossier", version.code),
            (
                Fact(_("The same bytes: SHA-256 agrees with the record of its building.")),
                Fact(_("Built on %(when)s UTC, as of entry %(seq)s.") % _when(version)),
            ),
        )
        for version in Dossier.objects.filter(Q(sha256=sha256) | Q(files__sha256=sha256), case=asker.case).distinct()
    ]


def _when(dossier: Dossier) -> dict[str, object]:
    return {"when": clock.stamp(dossier.built), "seq": dossier.entries}
