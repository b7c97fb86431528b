"""How testimony knows bytes by their digest: the dossiers that were built here and handed out."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from custody import clock
from evidence.access import Asker
from evidence.checking import Fact, Known
from testimony.models import Dossier


def dossiers_known(asker: Asker, sha256: str) -> Sequence[Known]:
    """Dossiers of this case whose file had exactly these bytes. The file itself is not kept."""
    return [
        Known(
            asker.case,
            _("a dossier built here"),
            f"{dossier.code}/{dossier.version}",
            ("testimony:victim", dossier.victim.code),
            (
                Fact(_("The same bytes: SHA-256 agrees with the record of its building.")),
                Fact(_("Built on %(when)s UTC, as of entry %(seq)s.") % _when(dossier)),
            ),
        )
        for dossier in Dossier.objects.filter(case=asker.case, sha256=sha256).select_related("victim")
    ]


def _when(dossier: Dossier) -> dict[str, object]:
    return {"when": clock.stamp(dossier.built), "seq": dossier.entries}
