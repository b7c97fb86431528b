"""Look-alikes are found when examinations have left thumbnails: each once, as hints, and again when they are lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command

from custody import locks
from custody.actors import for_process
from evidence import examining, picture_hashes, similarity
from evidence.examination.frames import MOST_HEADER
from evidence.examination.sandbox import ChildExaminer
from evidence.models import EvidenceItem, Likeness, PictureHash
from tests.cast import Cast
from tests.evidence.disposal.orders import disposed
from tests.evidence.looks import encoded, photo
from tests.exhibits import picture, receive


def _files() -> dict[str, bytes]:
    """One picture in three savings, another one, one without any detail, and a text."""
    return {
        "a1.jpg": encoded(photo(1)),
        "a2.jpg": encoded(photo(1), 70),
        "a3.jpg": encoded(photo(1).resize((120, 90))),
        "b.jpg": encoded(photo(2)),
        "plain.jpg": picture(40),
        "text.txt": b"no picture\n",
    }


@pytest.fixture
def items(cast: Cast) -> dict[str, EvidenceItem]:
    received = receive(cast.case, _files())
    return {item.name.display: item for item in received}


def _examine() -> int:
    return examining.examine_waiting(actor=for_process("worker"))


def _pairs() -> set[frozenset[str]]:
    rows = Likeness.objects.select_related("first__name", "second__name")
    return {frozenset((row.first.name.display, row.second.name.display)) for row in rows}


SAME = {frozenset(("a1.jpg", "a2.jpg")), frozenset(("a1.jpg", "a3.jpg")), frozenset(("a2.jpg", "a3.jpg"))}


def test_an_examination_ends_with_the_pairs_that_look_alike(cast: Cast, items: dict[str, EvidenceItem]) -> None:
    before = similarity.compared_in(cast.case)
    assert (before.compared, before.waiting) == (0, 6)
    _examine()
    assert _pairs() == SAME
    after = similarity.compared_in(cast.case)
    assert (after.compared, after.waiting, after.plain, after.crowded, after.total) == (5, 0, 1, 0, 5)
    assert similarity.pairs_in(cast.case).count() == 3
    assert similarity.pairs_in(cast.other_case).count() == 0


def test_what_was_examined_before_there_were_hashes_is_caught_up_with(items: dict[str, EvidenceItem]) -> None:
    _examine()
    picture_hashes.forget_all()
    assert picture_hashes.missing().count() == 5
    assert _examine() == 0
    assert _pairs() == SAME
    assert not picture_hashes.missing().exists()


def test_hashes_of_another_algorithm_are_made_anew(items: dict[str, EvidenceItem]) -> None:
    _examine()
    row = PictureHash.objects.get(item=items["a1.jpg"])
    PictureHash.objects.filter(pk=row.pk).update(algorithm="older/1", value="0" * 16)
    _examine()
    assert PictureHash.objects.get(pk=row.pk).value == row.value
    assert _pairs() == SAME


def test_what_comes_later_is_compared_with_what_was_there(cast: Cast, items: dict[str, EvidenceItem]) -> None:
    _examine()
    receive(cast.case, {"c.jpg": encoded(photo(2), 75)})
    _examine()
    assert _pairs() == SAME | {frozenset(("b.jpg", "c.jpg"))}


def test_a_crowd_is_tied_to_a_few_and_the_rest_is_counted(
    cast: Cast, items: dict[str, EvidenceItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similarity, "MOST_KEPT", 1)
    _examine()
    assert Likeness.objects.count() == 2
    assert sorted(PictureHash.objects.values_list("left_out", flat=True)) == [0, 0, 0, 0, 1]
    assert similarity.compared_in(cast.case).crowded == 1


def test_the_limit_holds_and_the_rest_waits(cast: Cast, items: dict[str, EvidenceItem]) -> None:
    _examine()
    picture_hashes.forget_all()
    assert similarity.catch_up(limit=2) == 2
    told = similarity.compared_in(cast.case)
    assert (told.compared, told.waiting) == (2, 3)


def test_only_one_process_compares_at_a_time(items: dict[str, EvidenceItem]) -> None:
    _examine()
    picture_hashes.forget_all()
    with locks.alone("comparing"):
        assert similarity.catch_up() == 0
    assert similarity.catch_up() == 5


def test_a_thumbnail_that_is_gone_has_no_look_and_stops_nothing(items: dict[str, EvidenceItem], data_dir: Path) -> None:
    _examine()
    picture_hashes.forget_all()
    (data_dir / "vault").rename(data_dir / "gone")
    try:
        assert similarity.catch_up() == 5
    finally:
        (data_dir / "gone").rename(data_dir / "vault")
    assert set(PictureHash.objects.values_list("value", flat=True)) == {""}


def test_disposal_takes_the_look_with_the_bytes(cast: Cast, items: dict[str, EvidenceItem]) -> None:
    _examine()
    disposed(cast, [items["a1.jpg"]])
    assert not PictureHash.objects.filter(item=items["a1.jpg"]).exists()
    assert _pairs() == {frozenset(("a2.jpg", "a3.jpg"))}
    _examine()
    assert not PictureHash.objects.filter(item=items["a1.jpg"]).exists()


def test_the_command_makes_all_of_it_anew(items: dict[str, EvidenceItem], capsys: pytest.CaptureFixture[str]) -> None:
    _examine()
    PictureHash.objects.filter(item=items["b.jpg"]).update(value=PictureHash.objects.get(item=items["a1.jpg"]).value)
    call_command("examine", "--compare-again")
    assert "5 pictures compared" in capsys.readouterr().out
    assert _pairs() == SAME


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xd9", b"x" * MOST_HEADER])
def test_a_hostile_thumbnail_has_no_look_and_the_child_lives(
    examiner: ChildExaminer, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "bad").write_bytes(content)
    with (tmp_path / "bad").open("rb") as file:
        assert examiner.look(file.fileno()) == ""
    (tmp_path / "good").write_bytes(encoded(photo(1)))
    with (tmp_path / "good").open("rb") as file:
        assert len(examiner.look(file.fileno())) == 16
