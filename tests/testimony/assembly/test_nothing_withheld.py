"""Whatever witnesses answer: of those whose consent does not cover a dossier, no word, name or code stands in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testimony import identifying
from testimony.assembly import assemble
from testimony.consents import Answered
from testimony.core import dossier as tree
from testimony.core.consent import Disclosure, Recipient, Scope, State
from testimony.core.identifying import Bearing, Method
from testimony.gate import COURTS, Addressee, decision_for
from testimony.identifying import Basis
from testimony.models import BodySet, Statement
from tests.cast import Cast
from tests.testimony import files
from tests.testimony.assembly.records import SAID, another, chosen, show

_WORDS = ("saffron at the well", "quince on the sill", "juniper by the gate")
_USES = {Scope.COURT_DOSSIER: COURTS, Scope.DEFENCE: Addressee(Recipient.DEFENCE)}
_ANSWERS = st.fixed_dictionaries(
    {
        "state": st.sampled_from([State.YES, State.YES, State.NO, State.ASK_FIRST]),
        "scope": st.sampled_from(list(_USES)),
        "disclosure": st.sampled_from(list(Disclosure)),
    }
)


def _answer(statement: Statement, answers: list[dict[str, Any]]) -> None:
    for one in answers:
        to = Recipient.COURT if one["scope"] is Scope.COURT_DOSSIER else Recipient.DEFENCE
        files.answer(statement.witness, Answered(given_on=files.DAY, recipient=to, **one))


def _told_of_all(body: BodySet, file: files.File, rows: list[Statement]) -> None:
    """Each witness is behind a statement, a ground and a showing of pictures."""
    for place, row in enumerate(rows):
        bearing = Bearing.AGAINST if place % 2 else Bearing.FOR
        basis = Basis(method=Method.MARKS, bearing=bearing, witness=row.witness)
        identifying.identify(body=body, victim=file.victim, basis=basis, account=None, actor=files.ACTOR)
        show(row.witness, file.items)


@pytest.fixture
def rows(cast: Cast, file: files.File, body: BodySet) -> list[Statement]:
    """Three witnesses who answered nothing yet."""
    made = [another(cast.case, file.victim, words, None) for words in _WORDS]
    _told_of_all(body, file, made)
    return made


@given(
    answers=st.lists(st.lists(_ANSWERS, max_size=2), min_size=3, max_size=3),
    scope=st.sampled_from(list(_USES)),
    level=st.sampled_from(list(Disclosure)),
    redacted=st.booleans(),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_of_whoever_does_not_agree_nothing_stands_in_it(
    cast: Cast,
    file: files.File,
    rows: list[Statement],
    answers: list[list[dict[str, Any]]],
    scope: Scope,
    level: Disclosure,
    redacted: bool,
) -> None:
    for row, given_now in zip(rows, answers, strict=True):
        _answer(row, given_now)
    to = _USES[scope]
    dossier = assemble(chosen(cast.case, [file.victim], scope=scope, to=to, disclosure=level, redacted=redacted))
    written = tree.dumps(dossier).decode()
    allowed = [decision_for(row.witness, scope=scope, to=to, disclosure=level).allowed for row in rows]
    for row, words, may in zip(rows, _WORDS, allowed, strict=True):
        assert (words in written) is may
        assert (row.witness.code in written) is (may and level is not Disclosure.ANONYMOUS)
    told = sum(len(tie.grounds) for sheet in dossier.victims for tie in sheet.ties)
    assert (told, sum(tie.left_out for sheet in dossier.victims for tie in sheet.ties)) == (
        sum(allowed),
        3 - sum(allowed),
    )
    assert len(dossier.victims[0].recognitions) == sum(allowed)
    for never in (files.CANARY_NAME, files.CANARY_LATIN, 'by the well"', SAID):
        assert never not in written
    assert (file.victim.name_ar in written) is not redacted
    assert len(dossier.protection.withheld) <= dossier.protection.asked
