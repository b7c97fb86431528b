"""Every section stands in every edition, in its order, with its names and numbers, and in the right languages."""

import re
from dataclasses import fields, is_dataclass, replace
from types import ModuleType

import pytest

from custody.papers.words import Words
from testimony.core import dossier as tree
from testimony.rendering import words, words_closing, words_exhibits, words_front, words_people, words_statements
from testimony.rendering.keys import sections
from tests.testimony import trees
from tests.testimony.rendering.reading import needs_poppler, pages_of, plain

pytestmark = needs_poppler
EDITIONS = list(tree.Edition)
MODULES = (words, words_closing, words_exhibits, words_front, words_people, words_statements)
_ARABIC = re.compile("[\u0600-\u06ff]")
_LETTERS = re.compile("[\u0621-\u064a\u0660-\u0669]+")
_MARKS = re.compile("[\u064b-\u0652]")


def _text(dossier: tree.Dossier) -> str:
    return plain(" ".join(pages_of(dossier, layout=False)))


def _bare(text: str) -> str:
    """Arabic letters alone: readers of PDF move the marks above them by a letter, and break lines anywhere."""
    return "".join(_pieces(text))


def _pieces(text: str) -> list[str]:
    """Words and numbers; a reader puts the signs between them on either side where most of a line is Latin."""
    return _LETTERS.findall(_MARKS.sub("", text))


def _codes(value: object) -> set[str]:
    """Every code, mark and number in a tree."""
    if is_dataclass(value) and not isinstance(value, type):
        return set().union(*(_codes(getattr(value, field.name)) for field in fields(value)))
    if isinstance(value, tuple):
        return set().union(*map(_codes, value)) if value else set()
    return {value} if isinstance(value, str) and re.fullmatch(r"[A-Z]{1,3}-[A-Z0-9-]*\d", value) else set()


@pytest.mark.parametrize("edition", EDITIONS)
def test_each_section_stands_in_its_order_with_its_title(edition: tree.Edition) -> None:
    dossier = trees.dossier(edition=edition)
    contents = pages_of(dossier)[2]
    listed = [title for _, title in sections(dossier) if title != words.LIST]
    if edition is not tree.Edition.ARABIC:
        lines = [plain(line) for line in contents.splitlines()]
        places = [next(at for at, line in enumerate(lines) if line.startswith(title.en)) for title in listed]
        assert places == sorted(places)
    if edition is not tree.Edition.ENGLISH:
        found = set(_pieces(contents))
        assert [title for title in listed if not set(_pieces(title.ar)) <= found] == []


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("make", [trees.dossier, trees.redacted, trees.of_ten])
def test_every_code_and_number_of_the_tree_can_be_found(edition: tree.Edition, make: object) -> None:
    dossier = make(edition=edition)  # type: ignore[operator]
    text = _text(dossier).replace(" ", "")
    assert {code for code in _codes(dossier) if code not in text} == set()


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_name_can_be_found_as_it_is_read(edition: tree.Edition) -> None:
    dossier = trees.of_ten(edition)
    text = _text(dossier)
    for victim in dossier.victims:
        assert victim.name.latin in text
        assert _bare(victim.name.arabic) in _bare(text)


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_statement_has_its_original_and_its_translation_as_the_edition_wants_it(edition: tree.Edition) -> None:
    dossier = trees.dossier(edition=edition, statements=(trees.statement("S-1"),))
    text = _text(dossier)
    found = _bare(" ".join(pages_of(dossier)))
    assert [piece for piece in _pieces(" ".join(trees.ARABIC_TEXT)) if piece not in found] == []
    translated = all(line.split(" (")[0][:40] in text for line in trees.ENGLISH_TEXT)
    assert translated == (edition is not tree.Edition.ARABIC)


def test_whole_originals_come_before_whole_translations() -> None:
    dossier = trees.dossier(edition=tree.Edition.FOLLOWING, statements=(trees.statement("S-1"),))
    raw = _text(dossier)
    assert (
        raw.index("Original, in Arabic") < raw.index("Translation into English") < raw.index(trees.ENGLISH_TEXT[0][:40])
    )


@pytest.mark.parametrize(
    ("edition", "mark", "language", "said"),
    [
        (tree.Edition.ENGLISH, "S-1", "ar", words_statements.UNTRANSLATED_INTO.en.format(language="English")),
        (tree.Edition.FOLLOWING, "S-2", "en", words_statements.UNTRANSLATED.en),
        (tree.Edition.SIDE_BY_SIDE, "S-1", "ar", words_statements.UNTRANSLATED.en),
    ],
)
def test_a_statement_without_a_translation_says_so(edition: tree.Edition, mark: str, language: str, said: str) -> None:
    statement = trees.statement(mark, language, translated=False)
    assert said in _text(trees.dossier(edition=edition, statements=(statement,)))


def test_no_inquiry_is_a_fault_that_is_said() -> None:
    for edition in EDITIONS:
        text = _text(trees.dossier(edition=edition, inquiries=()))
        if edition is tree.Edition.ARABIC:
            assert _bare(words_closing.NO_INQUIRY.ar) in _bare(text)
        else:
            assert "That is a fault of the dossier" in text


def test_an_empty_dossier_says_in_each_section_that_there_is_nothing() -> None:
    empty = trees.dossier(
        scope=tree.Scope((), ()),
        protection=tree.Protection(0, (), ()),
        codes=(),
        victims=(),
        statements=(),
        exhibits=(),
        figures=(),
        reports=(),
        inquiries=(),
        certificates=(),
        bill=tree.Bill(()),
    )
    text = _text(empty)
    for said in (
        words_front.NO_CERTIFICATE,
        words_front.NO_EXHIBITS,
        words_front.NO_STATEMENTS,
        words_front.NO_ORIGIN,
        words_front.NO_MEASURES,
        words_front.NO_BRANCH,
        words_people.NO_VICTIM,
        words_exhibits.NO_LINE,
        words_closing.NO_FIGURE,
        words_closing.NO_REPORT,
        words_closing.NO_BILL,
        words_statements.NO_TRANSLATOR,
    ):
        assert said.en in text


def test_what_was_withheld_is_named_by_code_and_reason_alone() -> None:
    text = _text(trees.dossier())
    assert "W-0003" in text
    assert "the witness withdrew" in text
    assert trees.WITHHELD_WORDS not in text


def test_nothing_is_signed_by_the_software() -> None:
    page = next(page for page in pages_of(trees.dossier(), layout=False) if "Training and experience" in page)
    assert words_front.CERTIFICATE_NOTE.en[:60] in plain(page)
    assert "penalty of perjury" in plain(page)


def _fixed(module: ModuleType) -> list[Words]:
    found: list[Words] = []
    for value in vars(module).values():
        each = list(value.values()) if isinstance(value, dict) else value if type(value) is tuple else [value]
        found += [one for one in each if isinstance(one, Words)]
    return found


def _without_arabic(dossier: tree.Dossier) -> tree.Dossier:
    """The same dossier with nothing in Arabic that somebody wrote."""
    data = tree.dumps(dossier).decode()
    for letters in sorted(set(re.findall("[\u0600-\u06ff]+", data)), key=len, reverse=True):
        data = data.replace(letters, "")
    return tree.loads(data.encode())


def test_an_english_edition_has_no_arabic_of_ours() -> None:
    statements = (trees.statement("S-2", "en", translated=False),)
    dossier = _without_arabic(trees.dossier(edition=tree.Edition.ENGLISH, statements=statements))
    assert _ARABIC.findall(_text(dossier)) == []


def test_an_arabic_edition_has_no_english_of_ours() -> None:
    text = _text(trees.dossier(edition=tree.Edition.ARABIC))
    sayings = [saying.en for module in MODULES for saying in _fixed(module) if len(saying.en.split()) > 1]
    allowed = {"Front view"}
    stray = {en for en in sayings if "{" not in en and en in text} - allowed - {words.PREVIEW.en}
    assert stray == set()


def test_every_saying_exists_in_both_languages_with_the_same_places() -> None:
    for module in MODULES:
        for saying in _fixed(module):
            assert bool(saying.en) == bool(saying.ar), saying
            assert sorted(re.findall(r"{\w+}", saying.en)) == sorted(re.findall(r"{\w+}", saying.ar)), saying


def test_days_in_arabic_prose_are_not_turned_round() -> None:
    said = trees.said("", "استُلم في 2024-03-09 مع الرقم AMN-7-001 ثم حُفظ.")
    dossier = trees.dossier(edition=tree.Edition.ARABIC, scope=tree.Scope((), (said,)))
    text = _text(replace(dossier, victims=()))
    assert "2024-03-09 مع" in text or "2024-03-09" in text
    assert "09-03-2024" not in text
