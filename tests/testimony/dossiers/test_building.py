"""Building a version: consent first, everything on record, nothing in clear left, and kept only under its entry."""

from __future__ import annotations

import datetime
import hashlib
import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import time_machine

from custody import data
from custody.actions import Action
from custody.anchoring.watch import Anchored
from custody.core.entries import decode
from custody.models import Account, Entry, SignedCheckpoint
from custody.purposes import Purpose
from custody.typesetting.errors import MissingGlyphError
from evidence.access import asker_for_command
from testimony.consents import withdraw
from testimony.core.consent import State
from testimony.core.errors import ConsentError
from testimony.dossiers import building, keeping, plans, versions
from testimony.dossiers.readiness import readiness
from testimony.models import Dossier, DossierPlan, PicturesWish
from testimony.pictures.gathering import sweep, tray
from testimony.rendering import render
from testimony.victims import create_victim, set_wish
from tests.cast import Cast
from tests.testimony import files


def _newest(action: Action) -> Entry:
    return Entry.objects.filter(action=action).latest("seq")


def test_a_version_is_built_and_its_entry_names_its_digests(cast: Cast, tmp_path: Path) -> None:
    version = files.build(files.file_of(cast.case, tmp_path / "in"))
    content = files.read_dossier(version, tmp_path / "d.pdf")
    assert hashlib.sha256(content).hexdigest() == version.sha256
    entry = decode(bytes(_newest(Action.DOSSIER_BUILT).body))
    assert (entry.subject["sha256"], entry.subject["content"]) == (version.sha256, version.content_sha256)
    assert entry.subject["unsigned"] == version.unsigned_sha256
    assert [each.id for each in entry.streams][:2] == [f"dossier/{version.pk}", f"dossier/{version.plan_id}"]
    with pikepdf.open(tmp_path / "d.pdf") as pdf:
        assert len(pdf.pages) == version.pages >= 15


def test_every_picture_and_statement_was_opened_on_record_before(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    start = Entry.objects.count()
    files.build(file)
    actions = [entry.action for entry in Entry.objects.filter(seq__gte=start).order_by("seq")]
    assert actions.count(Action.ITEM_DOWNLOADED) + actions.count(Action.ITEM_VIEWED) == len(file.items)
    assert actions.count(Action.SEALED_OPENED) == 1
    assert Action.DOSSIER_BUILT in actions[-2:]


def test_nothing_leaves_by_being_built(cast: Cast, tmp_path: Path) -> None:
    version = files.build(files.file_of(cast.case, tmp_path / "in"))
    assert not versions.releases_of(version)
    words = files.CANARY_WORDS.encode()
    assert all(words not in path.read_bytes() for path in data.dossiers().rglob("*") if path.is_file())
    assert not list(data.work().glob("dossier-*"))


@pytest.mark.parametrize(("answer", "reason"), [(None, "never-asked"), (State.NO, "refused")])
def test_without_consent_it_is_refused_on_record_and_nothing_is_opened(
    cast: Cast, tmp_path: Path, answer: State | None, reason: str
) -> None:
    plan = files.plan(files.file_of(cast.case, tmp_path / "in", consent=answer))
    start = Entry.objects.count()
    with pytest.raises(ConsentError):
        building.build(plan=plan, asker=files.operator(cast.case))
    entries = list(Entry.objects.filter(seq__gte=start))
    assert [(entry.action, entry.outcome) for entry in entries] == [(Action.DOSSIER_REFUSED, "denied")]
    assert decode(bytes(entries[0].body)).subject["reason"] == reason
    assert not Dossier.objects.exists()


def test_who_wants_to_be_asked_first_blocks_it_until_answered_or_left_out(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    other = files.give_statement(cast.case, file.victim, words="another marigold")
    files.agree(other.witness, State.ASK_FIRST)
    plan, asker = files.plan(file), files.operator(cast.case)
    assert readiness(plan, asker).reasons == ("ask-first",)
    with pytest.raises(ConsentError, match="asked first"):
        building.build(plan=plan, asker=asker)
    plans.leave_out(plan=plan, asker=asker, statements=[other.code])
    built = building.build(plan=plan, asker=asker)
    assert [(piece.code, piece.reasons) for piece in built.withheld] == [(other.code, ("ask-first",))]


def test_a_withdrawn_consent_refuses_it(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    withdraw(consent=file.witness.consents.get(), on=datetime.date(2025, 3, 1), actor=files.ACTOR)
    with pytest.raises(ConsentError, match="withdrew"):
        files.build(file)


def test_an_expired_consent_refuses_it_the_day_after(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in", consent=None)
    last = datetime.date.today() + datetime.timedelta(days=1)  # noqa: DTZ011  a day, as on a form
    files.agree(file.witness, expires_on=last)
    plan, asker = files.plan(file), files.operator(cast.case)
    assert not readiness(plan, asker).reasons
    with time_machine.travel(last + datetime.timedelta(days=1)):
        assert readiness(plan, asker).reasons == ("expired",)


def test_a_victim_of_whom_nobody_speaks_has_no_dossier(cast: Cast) -> None:
    victim, asker = create_victim(case=cast.case, actor=files.ACTOR), files.operator(cast.case)
    plan = plans.create_plan(asker=asker, victims=[victim])
    with pytest.raises(ConsentError, match="no statement speaks of this victim"):
        building.build(plan=plan, asker=asker)


def test_a_statement_without_consent_stays_here_and_is_named_without_content(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    other = files.give_statement(cast.case, file.victim, words="another marigold")
    files.agree(other.witness, State.NO)
    built = building.build(plan=files.plan(file), asker=files.operator(cast.case))
    assert [(piece.code, "refused" in piece.words.en) for piece in built.withheld] == [(other.code, True)]
    opened = Entry.objects.filter(action=Action.SEALED_OPENED).count()
    assert opened == 1
    assert b"another marigold" not in _text(built.version, tmp_path)


def _text(version: Dossier, tmp_path: Path) -> bytes:
    content = versions.open_kept(version, _plan(version), files.operator(version.case))
    file = version.files.get(volume=0)
    with keeping.opened(content, file) as opened:
        return b"".join(opened.read())


def _plan(version: Dossier) -> DossierPlan:
    assert version.plan is not None
    return version.plan


@pytest.mark.parametrize("purpose", [Purpose.DISCLOSURE, Purpose.CASE_PREPARATION])
def test_a_picture_to_which_the_family_objects_stays_here(cast: Cast, tmp_path: Path, purpose: Purpose) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    set_wish(victim=file.victim, wish=PicturesWish.OBJECTS, actor=files.ACTOR)
    start = Entry.objects.count()
    built = building.build(plan=files.plan(file), asker=files.operator(cast.case, purpose))
    assert built.version.exhibits == 0
    assert {piece.code for piece in built.withheld} == {item.ern for item in file.items}
    opened = {Action.ITEM_DOWNLOADED, Action.ITEM_VIEWED}
    assert not Entry.objects.filter(seq__gte=start, action__in=opened).exists()


@pytest.mark.parametrize("who", ["investigator", "auditor", "outsider", "administrator"])
def test_only_the_lead_and_the_lawyer_build_it(cast: Cast, tmp_path: Path, who: str) -> None:
    plan = files.plan(files.file_of(cast.case, tmp_path / "in"))
    account: Account = getattr(cast, who)
    asker = asker_for_command(case=cast.case, purpose=Purpose.CASE_PREPARATION, account=account)
    with pytest.raises(ConsentError):
        building.build(plan=plan, asker=asker)
    assert _newest(Action.DOSSIER_REFUSED).outcome == "denied"
    assert not Entry.objects.filter(action=Action.SEALED_OPENED).exists()


def test_each_build_is_a_version_that_replaces_the_one_before(cast: Cast, tmp_path: Path) -> None:
    plan, asker = files.plan(files.file_of(cast.case, tmp_path / "in")), files.operator(cast.case)
    for _ in range(2):
        building.build(plan=plan, asker=asker)
    assert list(Dossier.objects.values_list("code", "version")) == [("D-0001", 1), ("D-0001", 2)]
    key = versions.open_kept(versions.versions_of(plan)[0], plan, asker)
    assert versions.frozen_content(versions.versions_of(plan)[0], key).cover.supersedes == 1


def test_two_settings_of_what_was_frozen_are_the_same_bytes(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    version, asker = files.build(file), files.operator(cast.case)
    content = versions.frozen_content(version, versions.open_kept(version, _plan(version), asker))
    with tray() as waiting:
        for item in file.items:
            waiting.fetch(asker, item)
        out = io.BytesIO()
        rendered = render(content, waiting.open, lambda _: out)
    again = hashlib.sha256("\n".join(each.sha256 for each in rendered.volumes).encode()).hexdigest()
    assert again == version.unsigned_sha256


def test_a_name_that_no_face_can_draw_stops_it_and_leaves_nothing(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    odd = create_victim(case=cast.case, actor=files.ACTOR, name_latin="\U0001f33f")
    asker = files.operator(cast.case)
    plan = plans.create_plan(asker=asker, victims=[file.victim, odd])
    with pytest.raises(MissingGlyphError):
        building.build(plan=plan, asker=asker)
    assert not Dossier.objects.exists()
    assert not list(data.work().glob("dossier-*"))
    assert not list(data.dossiers().iterdir())


def test_a_consent_taken_back_while_the_pages_are_set_stops_it(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = files.file_of(cast.case, tmp_path / "in")

    def render_slowly(*arguments: Any, **named: Any) -> Any:
        withdraw(consent=file.witness.consents.get(), on=datetime.date(2025, 3, 1), actor=files.ACTOR)
        return render(*arguments, **named)

    monkeypatch.setattr("testimony.dossiers.building.render", render_slowly)
    with pytest.raises(ConsentError, match="withdrew"):
        files.build(file)
    assert _newest(Action.DOSSIER_REFUSED).outcome == "denied"
    assert not Dossier.objects.exists()
    assert not list(data.dossiers().iterdir())


def test_a_preview_is_marked_and_kept_nowhere(cast: Cast, tmp_path: Path) -> None:
    plan, out = files.plan(files.file_of(cast.case, tmp_path / "in")), io.BytesIO()
    building.preview(plan=plan, asker=files.operator(cast.case), to=out)
    assert out.getvalue().startswith(b"%PDF")
    assert not Dossier.objects.exists()
    assert _newest(Action.DOSSIER_PREVIEWED).outcome == "granted"


def test_what_a_killed_build_left_is_removed_and_a_living_one_is_not(data_dir: Path) -> None:
    left = data.work() / "dossier-left"
    left.mkdir()
    (left / "dossier.pdf").write_bytes(b"the words of a witness")
    with tray() as living:
        with tray() as second:
            assert living.folder.exists()
            assert second.folder != living.folder
        assert not left.exists()
    assert not list(data.work().glob("dossier-*"))


def test_the_start_of_the_server_removes_what_a_killed_build_left_moments_ago(data_dir: Path) -> None:
    left = data.work() / "dossier-left"
    with tray() as living:
        left.mkdir()
        sweep()
        assert living.folder.exists()
        assert not left.exists()


def test_outside_parties_are_asked_at_once_about_the_checkpoint_over_its_entry(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def vouch(size: int) -> Anchored:
        asked.append(size)
        return Anchored(size, ("partner",), {"clock": "no answer"})

    monkeypatch.setattr("custody.anchoring.enclosing.vouch_now", vouch)
    plan = files.plan(files.file_of(cast.case, tmp_path / "in"))
    built = building.build(plan=plan, asker=files.operator(cast.case))
    (size,) = asked
    assert size > _newest(Action.DOSSIER_BUILT).seq
    assert SignedCheckpoint.objects.filter(size=size).exists()
    assert built.anchored.vouched == ("partner",)
