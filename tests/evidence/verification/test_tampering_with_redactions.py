"""The tamper table of redacted pictures."""

from __future__ import annotations

import pytest

from custody.verification import Inspection, inspect
from evidence import redactions
from evidence.models import Redaction
from tests.cast import Cast
from tests.evidence.redactions.shots import FACE, asker, examined
from tests.evidence.verification.test_tampering import sql, unfenced
from tests.exhibits import damage
from tests.prepared import prepared


@pytest.fixture
def redacted(cast: Cast) -> Redaction:
    """Two versions; the second is the one that counts."""
    made: Redaction = prepared("two redactions", lambda: _redacted(cast))
    return made


def _redacted(cast: Cast) -> Redaction:
    item = examined(cast.case)
    redactions.redact(asker=asker(cast.case, cast.lead), item=item, boxes=[FACE])
    return redactions.redact(asker=asker(cast.case, cast.lead), item=item, boxes=[FACE])


ZEROS = "0" * 64
TABLE = {
    "its digest": f"UPDATE evidence_redaction SET sha256 = '{ZEROS}' WHERE version = 2",  # noqa: S608 - a constant
    "its recipe": "UPDATE evidence_redaction SET recipe = 'none' WHERE version = 1",
    "its size": "UPDATE evidence_redaction SET width = 7 WHERE version = 1",
    "its number": "UPDATE evidence_redaction SET version = 3 WHERE version = 2",
    "the newest gone": "DELETE FROM evidence_redaction WHERE version = 2",
    "the first gone": "DELETE FROM evidence_redaction WHERE version = 1",
    "the digest of its record": f"UPDATE evidence_redaction SET record_sha256 = '{ZEROS}' WHERE version = 1",  # noqa: S608 - a constant
}


@pytest.mark.usefixtures("redacted")
@pytest.mark.parametrize("statement", TABLE.values(), ids=TABLE)
def test_tampering_is_found(statement: str) -> None:
    unfenced(lambda: sql(statement))()
    verdict = inspect(Inspection())
    assert verdict.bottom_line == "unsound"
    assert "redaction" in {finding.fact for finding in verdict.findings}, verdict.findings


def test_damaged_bytes_are_found(redacted: Redaction) -> None:
    damage(redacted.sha256)
    verdict = inspect(Inspection())
    assert "redaction" in {finding.fact for finding in verdict.findings}


@pytest.mark.usefixtures("redacted")
def test_what_is_as_it_was_made_is_sound() -> None:
    verdict = inspect(Inspection())
    assert not [finding for finding in verdict.findings if finding.fact in {"redaction", "vault"}], verdict.findings
