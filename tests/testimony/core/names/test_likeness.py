"""Names across spellings and scripts: each rule by example, and recall on a list of Syrian names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testimony.core.names import NameIndex, read, score

LIST = Path(__file__).parent / "syrian_names.txt"


def pairs() -> Iterator[tuple[str, str]]:
    """Each Latin spelling of the list with its Arabic name."""
    for line in LIST.read_text("utf-8").splitlines():
        arabic, spellings = line.split("\t")
        yield from ((arabic, spelling) for spelling in spellings.split(", "))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("محمد", "Mohammed"),
        ("محمد", "MUHAMAD"),
        ("مُحَمَّد", "محمد"),
        ("محـــمد", "محمد"),
        ("أحمد", "احمد"),
        ("إبراهيم", "ابراهيم"),
        ("فاطمة", "فاطمه"),
        ("موسى", "موسي"),
        ("الخطيب", "Khatib"),
        ("الخطيب", "al-Khateeb"),
        ("الشامي", "ash-Shami"),
        ("عبد الرحمن", "Abdurrahman"),
        ("عبد الرحمن", "Abd al-Rahman"),
        ("عبدالرحمن", "عبد الرحمن"),
        ("خالد بن الوليد", "Khalid Walid"),
        ("نور الدين", "Noureddine"),
        ("حسين علي", "Ali Hussein"),
        ("شادي", "Chadi"),
    ],
)
def test_spellings_of_one_name_are_alike(one: str, other: str) -> None:
    assert score(read(one), read(other)) >= 850


@pytest.mark.parametrize(
    ("one", "other"),
    [("محمد", "Khaled"), ("فاطمة", "Zainab"), ("سليم", "Karim"), ("الخطيب", "al-Haddad")],
)
def test_other_names_are_not(one: str, other: str) -> None:
    assert score(read(one), read(other)) < 640


def _index() -> NameIndex[str]:
    index: NameIndex[str] = NameIndex()
    for arabic in dict.fromkeys(arabic for arabic, _ in pairs()):
        index.add(arabic, [arabic])
    return index


def test_nine_of_ten_spellings_find_their_name_among_the_first_five() -> None:
    index, asked = _index(), list(pairs())
    found = [[hit.key for hit in index.search(spelling)] for _, spelling in asked]
    recall = sum(arabic in keys for (arabic, _), keys in zip(asked, found, strict=True)) / len(asked)
    wrong = sum(key != arabic for (arabic, _), keys in zip(asked, found, strict=True) for key in keys)
    assert len({arabic for arabic, _ in asked}) >= 250
    assert recall >= 0.95
    assert wrong / sum(map(len, found)) <= 0.35


def test_somebody_with_two_names_is_found_by_either_and_gone_when_removed() -> None:
    index: NameIndex[int] = NameIndex()
    index.add(1, ["سليم الحارث", "Selim Harith"])
    index.add(2, ["ليلى الحداد"])
    assert [hit.key for hit in index.search("Salim al-Hareth")] == [1]
    index.add(1, ["جورج"])
    assert index.search("Salim al-Hareth") == []
    index.remove(1)
    index.remove(2)
    assert len(index) == 0
    assert not index._filed
    assert not index._parts


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_compared_and_nothing_is_raised(one: str, other: str) -> None:
    first, second = read(one), read(other)
    assert 0 <= score(first, second) <= 1000
    if first.parts:
        assert score(first, first) == 1000


@given(st.lists(st.sampled_from([arabic for arabic, _ in pairs()]), min_size=1, max_size=30, unique=True), st.data())
def test_a_name_finds_itself_first_or_beside_one_that_sounds_the_same(names: list[str], data: st.DataObject) -> None:
    index: NameIndex[str] = NameIndex()
    for name in names:
        index.add(name, [name])
    asked = data.draw(st.sampled_from(names))
    hits = {hit.key: hit.score for hit in index.search(asked, limit=len(names))}
    assert hits[asked] == 1000
