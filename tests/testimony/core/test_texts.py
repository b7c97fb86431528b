"""Words of texts and the index over them, against a plain reading of the same texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testimony.core.texts import Hit, Query, TextIndex, read_query, words_of

WORDS = st.sampled_from(["بئر", "البئر", "وبئر", "قال", "وقال", "الضابط", "ضابط", "Well", "wéll", "the", "7", "٧"])
PIECES = st.lists(st.lists(WORDS, max_size=6).map(" ".join), max_size=3)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("قال", "وقال"),
        ("بئر", "والبئر"),
        ("بئر", "بالبئر"),
        ("أحمد", "احمد"),
        ("إدلب", "ادلب"),
        ("آخر", "اخر"),
        ("مدرسة", "مدرسه"),
        ("مستشفى", "مستشفي"),
        ("مُعْتَقَل", "معتقل"),
        ("معتقـــل", "معتقل"),
        ("للبيت", "البيت"),
        ("وسؤال", "سوال"),
        ("کتاب", "كتاب"),
        ("٢٠١٣", "2013"),
        ("۲۰۱۳", "2013"),
        ("Straße", "STRASSE"),
        ("Élan", "elan"),
        ("İzmir", "izmir"),
        ("ﻣﻌﺘﻘﻞ", "معتقل"),
    ],
)
def test_spellings_that_fall_together(one: str, other: str) -> None:
    assert words_of(one) == words_of(other) != []


@pytest.mark.parametrize(
    ("one", "other"), [("ولد", "لد"), ("الد", "د"), ("بيت", "يت"), ("قال", "قيل"), ("well", "wells"), ("فرع", "رع")]
)
def test_words_that_stay_apart(one: str, other: str) -> None:
    assert words_of(one) != words_of(other)


def test_words_are_parted_by_whatever_is_no_letter_or_digit() -> None:
    assert words_of("He said: “the well_house”, 14/5/2013; قال،نعم؟") == [
        *["he", "said", "the", "well", "house", "14", "5", "2013"],
        *["قال", "نعم"],
    ]


@settings(deadline=None)
@given(text=ANY)
def test_any_text_is_read_and_reading_it_again_changes_nothing(text: str) -> None:
    words = words_of(text)
    assert words_of(" ".join(words)) == words
    assert "" not in words


@given(
    word=st.text("بتثجحخدذرزسشصضطظعغقكلمنهي", min_size=3, max_size=8), before=st.sampled_from(["و", "ف", "ال", "وال"])
)
def test_what_is_written_onto_a_word_does_not_hide_it(word: str, before: str) -> None:
    assert words_of(before + word) == words_of(word)


def test_a_query_is_words_and_phrases() -> None:
    assert read_query('the «Old WELL» "dry" stone "by night') == Query(
        ("the", "dry", "stone"), (("old", "well"), ("by", "night"))
    )
    assert not read_query(' "" ... « » ')
    assert not TextIndex[str]().search("...", 5)


@settings(deadline=None)
@given(
    texts=st.lists(PIECES, max_size=6),
    asked=st.lists(WORDS, min_size=1, max_size=3),
    phrase=st.lists(WORDS, min_size=2, max_size=3),
    gone=st.sets(st.integers(0, 5)),
)
def test_the_index_finds_what_a_plain_reading_finds(
    texts: list[list[str]], asked: list[str], phrase: list[str], gone: set[int]
) -> None:
    index: TextIndex[int] = TextIndex()
    for key, pieces in enumerate(texts):
        index.add(key, ["something else"])
        index.add(key, pieces)
    for key in gone:
        index.remove(key)
    left = {key: pieces for key, pieces in enumerate(texts) if key not in gone}
    assert len(index) == len(left)
    assert index.vocabulary == {word for pieces in left.values() for piece in pieces for word in words_of(piece)}
    assert index.search(" ".join(asked), 99) == _plainly(left, asked, [])
    query = f'{" ".join(asked)} "{" ".join(phrase)}"'
    assert index.search(query, 99) == _plainly(left, asked, words_of(" ".join(phrase)))
    assert index.search(query, 2) == _plainly(left, asked, words_of(" ".join(phrase)))[:2]
    assert index.search(f"{query} nowhere", 99) == []


def _plainly(texts: dict[int, list[str]], asked: list[str], phrase: list[str]) -> list[Hit[int]]:
    singly = set(words_of(" ".join(asked)))
    hits = []
    for key, pieces in texts.items():
        told = [words_of(piece) for piece in pieces]
        every = [word for words in told for word in words]
        starts = [words[at : at + len(phrase)] for words in told for at in range(len(words))]
        runs = starts.count(phrase) if phrase else 0
        if singly <= set(every) and (runs or not phrase):
            hits.append(Hit(key, runs + sum(every.count(word) for word in singly)))
    return sorted(hits, key=lambda hit: -hit.times)


def test_no_phrase_goes_from_one_paragraph_to_the_next() -> None:
    index: TextIndex[str] = TextIndex()
    index.add("apart", ["by the old", "well"])
    index.add("together", ["by the old well"])
    assert [hit.key for hit in index.search('"old well"', 5)] == ["together"]
    assert {hit.key for hit in index.search("old well", 5)} == {"apart", "together"}


def test_of_equal_texts_the_oldest_comes_first() -> None:
    index: TextIndex[int] = TextIndex()
    for key in (3, 1, 2):
        index.add(key, ["the well"])
    assert [hit.key for hit in index.search("well", 9)] == [3, 1, 2]


def test_what_was_forgotten_leaves_no_word_behind() -> None:
    index: TextIndex[str] = TextIndex()
    index.add("one", ["marigold step"])
    index.add("two", ["step"])
    index.remove("one")
    index.remove("never there")
    assert index.vocabulary == {"step"}
