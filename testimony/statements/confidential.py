"""Opening the confidential side of a statement.

Kept apart on purpose: nothing that serves or exports (`testimony.handing_out`, `testimony.dossiers` and what they
import) may import this module, and a test walks the imports.
"""

from __future__ import annotations

from custody.core.entries import Actor
from testimony import sealed
from testimony.core import statement as tree
from testimony.core.errors import StatementError
from testimony.core.statement import Confidential
from testimony.models import Opening, Statement, StatementConfidential
from testimony.permits import Permit

__all__ = ["open_confidential"]


def open_confidential(
    *, statement: Statement, permit: Permit, actor: Actor, purpose: str, opening: Opening | None
) -> Confidential:
    """Open the confidential side, with an entry. Raises StatementError when there is none or it was changed."""
    permit.check_team(statement.witness_id)
    kept = StatementConfidential.objects.filter(statement=statement).first()
    if kept is None:
        raise StatementError(f"nothing confidential is kept beside statement {statement.code}")
    plaintext = sealed.open_sealed(
        sealed.kept(kept.sealed_sha256),
        person=statement.witness.person,
        case=statement.case,
        actor=actor,
        purpose=purpose,
        opening=opening,
    )
    return tree.loads_confidential(plaintext)
