"""The dossier as a file: same bytes for one content, numbered pages, names in both scripts, valid structure."""

import hashlib
import re
from dataclasses import replace

import pikepdf
import pytest

from testimony.core import dossier as tree
from tests.testimony import trees
from tests.testimony.rendering.reading import file_of, needs_poppler, pages_of, volumes_of

EDITIONS = list(tree.Edition)


@pytest.mark.parametrize("edition", EDITIONS)
def test_one_content_gives_one_file(edition: tree.Edition) -> None:
    first, files = volumes_of(trees.dossier(edition=edition))
    second, again = volumes_of(trees.dossier(edition=edition))
    assert first == second
    assert files[0].getvalue() == again[0].getvalue()
    assert hashlib.sha256(files[0].getvalue()).hexdigest() == first.volumes[0].sha256
    assert len(files[0].getvalue()) == first.volumes[0].size


def test_one_changed_letter_gives_another_file() -> None:
    dossier = trees.dossier()
    other = replace(dossier, cover=replace(dossier.cover, case_code="RWB-05"))
    assert file_of(dossier).getvalue() != file_of(other).getvalue()


@needs_poppler
def test_each_page_says_which_of_how_many_it_is() -> None:
    pages = pages_of(trees.dossier())
    for index, page in enumerate(pages, start=1):
        assert re.search(rf"\b{index} ?/ ?{len(pages)}\b", page)
        assert f"D-0007-{index:06d}" in page


@needs_poppler
def test_a_demonstration_says_so_on_every_page() -> None:
    pages = pages_of(trees.dossier(demonstration=True))
    assert all("DEMONSTRATION: generated pictures, fictional people, not evidence" in page for page in pages)
    assert not any("DEMONSTRATION" in page for page in pages_of(trees.dossier()))


@needs_poppler
@pytest.mark.parametrize("edition", EDITIONS)
def test_a_preview_says_so_in_both_languages_on_every_page(edition: tree.Edition) -> None:
    dossier = trees.dossier(edition=edition)
    previewed = pages_of(dossier, preview=True)
    assert all("PREVIEW, not for release" in page for page in previewed)
    assert all("معاينة" in page for page in previewed)
    assert not any("PREVIEW" in page for page in pages_of(dossier))


@needs_poppler
@pytest.mark.parametrize("edition", EDITIONS)
def test_the_names_of_the_person_stand_on_the_cover_in_both_scripts(edition: tree.Edition) -> None:
    cover = pages_of(trees.dossier(edition=edition))[0]
    assert "VF-0001" in cover
    assert "Fāṭima al-Aḥmad" in cover
    assert "فاطمة الأحمد" in cover


@needs_poppler
def test_the_sheet_of_an_exhibit_holds_number_digest_caption_and_claims() -> None:
    dossier = trees.dossier()
    exhibit = dossier.exhibits[0]
    sheet = next(page for page in pages_of(dossier) if "Signed receipt" in page)
    groups = [exhibit.sha256[start : start + 8] for start in range(0, 64, 8)]
    assert " ".join(groups[:4]) in sheet
    assert " ".join(groups[4:]) in sheet
    for expected in (exhibit.ern, "A grey figure with a card", "Taken (claimed by the file)", exhibit.title.arabic):
        assert expected in sheet


@needs_poppler
def test_a_redacted_exhibit_carries_its_ending_and_the_reasons() -> None:
    pages = pages_of(trees.redacted())
    sheet = next(page for page in pages if "Signed receipt" in page)
    for expected in ("AMN-RWB-0000-0001-RED1", "a face of a living person", "Working copy", "AMN-RWB-0000-0400"):
        assert expected in sheet
    assert any("this type cannot be shown" in page for page in pages)
    assert not any("Fāṭima" in page or "فاطمة" in page for page in pages)


@needs_poppler
def test_a_statement_shows_of_its_consent_the_number_scope_and_date_alone() -> None:
    page = next(page for page in pages_of(trees.dossier()) if "ST-0001" in page and "Taken on" in page)
    assert "C-0007" in page
    assert "use in court dossiers" in page
    assert "2025-02-03" in page


@needs_poppler
@pytest.mark.parametrize("edition", EDITIONS)
def test_the_list_of_exhibits_names_the_page_on_which_each_stands(edition: tree.Edition) -> None:
    dossier = trees.dossier(edition=edition)
    pages = pages_of(dossier)
    rendered, _ = volumes_of(dossier)
    for exhibit, placed in zip(dossier.exhibits, rendered.exhibits, strict=True):
        assert exhibit.ern in pages[placed.first - 1]
        line = next(line for line in pages[2].splitlines() if exhibit.ern in line)
        assert re.search(rf"\b{placed.first}\b", line.replace(exhibit.ern, ""))


def test_an_exhibit_without_a_picture_says_why_and_keeps_its_digest() -> None:
    exhibit = replace(trees.dossier().exhibits[0], picture=None, why_not=trees.said("this type cannot be shown"))
    with pikepdf.open(file_of(trees.dossier(exhibits=(exhibit,)))) as pdf:
        assert not any("/XObject" in page.Resources for page in pdf.pages if "/XObject" in page.Resources)


def test_the_outline_and_the_links_lead_to_pages_of_the_file() -> None:
    with pikepdf.open(file_of(trees.dossier())) as pdf, pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
        links = [link for page in pdf.pages for link in page.get("/Annots", [])]
        assert any("P-1 – P-2" in title for title in titles)
        # Fourteen sections, two exhibits, two statements, one report.
        assert len(links) == 19
        assert all(link.F == 4 for link in links)


def test_a_long_statement_goes_on_over_the_page_with_every_paragraph() -> None:
    statement = trees.statement("S-1")
    long = tuple(
        tree.StatementParagraph(index + 1, "كلمة " * 120, "word " * 150, tree.Basis.OWN_KNOWLEDGE)
        for index in range(12)
    )
    for edition in EDITIONS:
        short = file_of(trees.dossier(edition=edition, statements=(statement,)))
        longer = file_of(trees.dossier(edition=edition, statements=(replace(statement, paragraphs=long),)))
        with pikepdf.open(short) as one, pikepdf.open(longer) as other:
            assert len(other.pages) > len(one.pages) + 1


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_longest_texts_that_the_records_allow_are_set_to_their_last_word(edition: tree.Edition) -> None:
    """Columns of the records end at 200 or 4,000 characters; none of them may be too long for a page."""
    dossier = trees.dossier(edition=edition)
    name, text = tree.Name("كلمة " * 40, "word " * 40), "word كلمة " * 400
    long = trees.said("word " * 800, "كلمة " * 800)
    told = replace(dossier.exhibits[0].custody[1], what=long, authority=long, who=text[:200])
    claims = tuple(tree.Claim(f"claim {index}", "x" * 512) for index in range(9))
    exhibit = replace(dossier.exhibits[0], title=name, caption=text, custody=(told, told), claims=claims)
    cover = replace(dossier.cover, case_title=name, concerned=(tree.Concerned("VF-0001", name),), purpose="word " * 40)
    withheld = tuple(tree.Withheld(f"ST-{index:04d}", "statement", ("refused",), long) for index in range(6))
    spoken = replace(trees.translator(), words=text)
    closing = trees.taken(declaration=text, translator=spoken, interpreter=spoken, present=(text[:2000],))
    content = replace(
        dossier,
        cover=cover,
        exhibits=(exhibit,),
        protection=replace(dossier.protection, withheld=withheld),
        statements=(replace(dossier.statements[0], taken=closing),),
        inquiries=(tree.Inquiry(long, long, tuple(f"AMN-{index}" for index in range(900)), True),),
        certificates=(replace(dossier.certificates[0], paragraphs=(long,), formula=long),),
        victims=(replace(trees.victim(1, name), moments=(tree.Moment("", long, "witness", "W-1"),)),),
        scope=tree.Scope((replace(dossier.scope.origins[0], title=text[:200]),), (long,)),
        figures=(
            tree.Figure(
                "f", trees.said("word " * 40), long, (tree.FigureRow(trees.said("a" * 200), 5, ("E-1",) * 3000),)
            ),
        ),
    )
    with pikepdf.open(file_of(content)) as pdf:
        assert len(pdf.pages) > 24
