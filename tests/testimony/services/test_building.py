"""Building a dossier: consent first, everything on record, and a file only when its entry is committed."""

from __future__ import annotations

import datetime
import hashlib
import io
from pathlib import Path
from typing import BinaryIO

import pikepdf
import pytest
import time_machine
from django.core.management import CommandError, call_command

from custody import data
from custody.actions import Action
from custody.anchoring.watch import Anchored
from custody.core.entries import decode
from custody.models import Account, Entry, SignedCheckpoint
from custody.purposes import Purpose
from custody.typesetting.errors import MissingGlyphError
from custody.typesetting.pictures import PictureReader
from evidence.access import asker_for_command
from testimony.consents import State, withdraw
from testimony.core import dossier as tree
from testimony.core.errors import ConsentError
from testimony.dossiers import build_dossier, readiness
from testimony.gathering import sweep, tray
from testimony.models import Dossier, PicturesWish
from testimony.rendering import render
from testimony.victims import create_victim, set_wish
from tests.cast import Cast
from tests.testimony import files


def _newest(action: Action) -> Entry:
    return Entry.objects.filter(action=action).latest("seq")


def test_a_dossier_is_built_and_its_entry_names_its_digest(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    to = tmp_path / "dossier.pdf"
    built = build_dossier(victim=file.victim, asker=files.operator(cast.case), to=to)
    assert hashlib.sha256(to.read_bytes()).hexdigest() == built.dossier.sha256
    entry = decode(bytes(_newest(Action.DOSSIER_BUILT).body))
    assert entry.subject["sha256"] == built.dossier.sha256
    assert entry.subject["content"] == built.dossier.content_sha256
    assert entry.streams[0].id == f"dossier/{built.dossier.pk}"
    with pikepdf.open(to) as pdf:
        assert len(pdf.pages) >= 7


def test_every_picture_and_statement_was_opened_on_record_before(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    start = Entry.objects.count()
    build_dossier(victim=file.victim, asker=files.operator(cast.case), to=tmp_path / "d.pdf")
    actions = [entry.action for entry in Entry.objects.filter(seq__gte=start).order_by("seq")]
    assert actions.count(Action.ITEM_DOWNLOADED) == len(file.items)
    assert actions.count(Action.SEALED_OPENED) == 1
    assert actions[-1] == Action.DOSSIER_BUILT


@pytest.mark.parametrize(("answer", "reason"), [(None, "never-asked"), (State.NO, "refused")])
def test_without_consent_it_is_refused_on_record_and_nothing_is_opened(
    cast: Cast, tmp_path: Path, answer: State | None, reason: str
) -> None:
    file = files.file_of(cast.case, tmp_path / "in", consent=answer)
    start, to = Entry.objects.count(), tmp_path / "d.pdf"
    with pytest.raises(ConsentError):
        build_dossier(victim=file.victim, asker=files.operator(cast.case), to=to)
    entries = list(Entry.objects.filter(seq__gte=start))
    assert [(entry.action, entry.outcome) for entry in entries] == [(Action.DOSSIER_REFUSED, "denied")]
    assert decode(bytes(entries[0].body)).subject["reason"] == reason
    assert not to.exists()
    assert not Dossier.objects.exists()


def test_a_withdrawn_consent_refuses_it(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    withdraw(consent=file.witness.consents.get(), on=datetime.date(2025, 3, 1), actor=files.ACTOR)
    with pytest.raises(ConsentError, match="withdrew"):
        build_dossier(victim=file.victim, asker=files.operator(cast.case), to=tmp_path / "d.pdf")


def test_an_expired_consent_refuses_it_the_day_after(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in", consent=None)
    last = datetime.date.today() + datetime.timedelta(days=1)  # noqa: DTZ011  a day, as on a form
    files.agree(file.witness, expires_on=last)
    assert not readiness(file.victim).reasons
    with time_machine.travel(last + datetime.timedelta(days=1)):
        assert readiness(file.victim).reasons == ("expired",)


def test_a_victim_of_whom_nobody_speaks_has_no_dossier(cast: Cast, tmp_path: Path) -> None:
    victim = create_victim(case=cast.case, actor=files.ACTOR)
    with pytest.raises(ConsentError, match="no statement speaks of this victim"):
        build_dossier(victim=victim, asker=files.operator(cast.case), to=tmp_path / "d.pdf")


def test_a_statement_without_consent_stays_here_and_is_named_without_content(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    other = files.give_statement(cast.case, file.victim, words="another marigold")
    files.agree(other.witness, State.NO)
    built = build_dossier(victim=file.victim, asker=files.operator(cast.case), to=tmp_path / "d.pdf")
    assert [(piece.code, "refused" in piece.reason) for piece in built.withheld] == [(other.code, True)]
    opened = Entry.objects.filter(action=Action.SEALED_OPENED).count()
    assert opened == 1


def test_a_picture_to_which_the_family_objects_is_not_disclosed(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    set_wish(victim=file.victim, wish=PicturesWish.OBJECTS, actor=files.ACTOR)
    asker = files.operator(cast.case, Purpose.DISCLOSURE)
    built = build_dossier(victim=file.victim, asker=asker, to=tmp_path / "d.pdf")
    assert built.dossier.exhibits == 0
    assert {piece.code for piece in built.withheld} == {item.ern for item in file.items}
    built = build_dossier(victim=file.victim, asker=files.operator(cast.case), to=tmp_path / "d.pdf")
    assert built.dossier.exhibits == len(file.items)


@pytest.mark.parametrize("who", ["investigator", "auditor", "outsider", "administrator"])
def test_only_the_lead_and_the_lawyer_build_it(cast: Cast, tmp_path: Path, who: str) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    account: Account = getattr(cast, who)
    asker = asker_for_command(case=cast.case, purpose=Purpose.CASE_PREPARATION, account=account)
    with pytest.raises(ConsentError):
        build_dossier(victim=file.victim, asker=asker, to=tmp_path / "d.pdf")
    assert _newest(Action.DOSSIER_REFUSED).outcome == "denied"
    assert not Entry.objects.filter(action=Action.SEALED_OPENED).exists()


def test_each_build_is_a_version_of_the_victims_dossier(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    for _ in range(2):
        build_dossier(victim=file.victim, asker=files.operator(cast.case), to=tmp_path / "d.pdf")
    assert list(Dossier.objects.values_list("code", "version")) == [("D-0001", 1), ("D-0001", 2)]


def test_nothing_is_left_in_the_work_folder(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    build_dossier(victim=file.victim, asker=files.operator(cast.case), to=tmp_path / "d.pdf")
    assert not list(data.work().glob("dossier-*"))


def test_a_name_that_no_face_can_draw_stops_it_and_leaves_no_row(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    create_victim(case=cast.case, actor=files.ACTOR)
    file.victim.name_latin = "\U0001f33f"
    with pytest.raises(MissingGlyphError, match="the cover"):
        build_dossier(victim=file.victim, asker=files.operator(cast.case), to=tmp_path / "d.pdf")
    assert not Dossier.objects.exists()
    assert not list(data.work().glob("dossier-*"))


def test_the_command_writes_the_file_and_answers_in_json(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    to = tmp_path / "d.pdf"
    call_command("dossier", cast.case.code, file.victim.code, "--to", str(to), "--json")
    assert f'"sha256": "{hashlib.sha256(to.read_bytes()).hexdigest()}"' in capsys.readouterr().out


def test_the_command_refuses_with_exit_code_one(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in", consent=State.NO)
    with pytest.raises(CommandError, match="Refused, and the refusal is recorded") as refusal:
        call_command("dossier", cast.case.code, file.victim.code, "--to", str(tmp_path / "d.pdf"))
    assert refusal.value.returncode == 1


def test_a_consent_taken_back_while_the_pages_are_set_stops_it(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, to = files.file_of(cast.case, tmp_path / "in"), tmp_path / "d.pdf"

    def render_slowly(content: tree.Dossier, pictures: PictureReader, stream: BinaryIO) -> str:
        withdraw(consent=file.witness.consents.get(), on=datetime.date(2025, 3, 1), actor=files.ACTOR)
        return render(content, pictures, stream)

    monkeypatch.setattr("testimony.dossiers.render", render_slowly)
    with pytest.raises(ConsentError, match="withdrew"):
        build_dossier(victim=file.victim, asker=files.operator(cast.case), to=to)
    assert _newest(Action.DOSSIER_REFUSED).outcome == "denied"
    assert not to.exists()
    assert not Dossier.objects.exists()


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
    file = files.file_of(cast.case, tmp_path / "in")
    out = io.StringIO()
    call_command("dossier", cast.case.code, file.victim.code, "--to", str(tmp_path / "d.pdf"), stdout=out)
    (size,) = asked
    assert size > _newest(Action.DOSSIER_BUILT).seq
    assert SignedCheckpoint.objects.filter(size=size).exists()
    assert "vouched for by partner" in out.getvalue()
    assert "not vouched for by clock: no answer" in out.getvalue()
    assert (tmp_path / "d.pdf").exists()
