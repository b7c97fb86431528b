"""Text is written once around its own origin: words that follow one another as one string, the same text everywhere."""

import re
from datetime import UTC, datetime
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from custody.typesetting import documents, shown_text
from custody.typesetting.blocks import Align, Paragraph
from custody.typesetting.documents import About, Document
from custody.typesetting.faces import SANS, SANS_STRONG
from custody.typesetting.text import Span, Style

_CODES = re.compile(r"<([0-9A-F]+)>")


def _document() -> Document:
    return Document(About("t", "a", "s", "w", "en", datetime(2026, 1, 1, tzinfo=UTC)))


def _drawn(document: Document, paragraph: Paragraph, x: float = 50, top: float = 700) -> str:
    before = document.page.operators()
    paragraph.draw(document.page, x, top, 300)
    return document.page.operators().removeprefix(before)


def _paragraph(content: str | list[Span], align: Align = Align.START) -> Paragraph:
    return Paragraph(content, Style(SANS, 9), 12, place="a test", base=None, align=align)


def test_the_words_of_a_line_are_one_string() -> None:
    drawn = _drawn(_document(), _paragraph("four words one line"))
    assert drawn.count(" Tm") == drawn.count("TJ") == 1
    codes = "".join(_CODES.findall(drawn))
    assert len(codes) == 4 * len("four words one line")


def test_another_face_size_or_line_begins_another_string() -> None:
    spans = [Span("one ", Style(SANS, 9)), Span("two ", Style(SANS_STRONG, 9)), Span("three", Style(SANS, 12))]
    assert _drawn(_document(), _paragraph(spans)).count("TJ") == 3
    long = _paragraph("word " * 60)
    heights = set(re.findall(r"1 0 0 1 \S+ (\S+) Tm", _drawn(_document(), long)))
    assert len(heights) == len(long.lines(300)) > 1


def test_words_of_arabic_follow_one_another_in_the_order_of_reading() -> None:
    drawn = _drawn(_document(), _paragraph("كتاب جديد هنا"))
    assert drawn.count("/ReversedChars BMC") == drawn.count("\nEMC\nET") == 1
    places = [float(x) for x in re.findall(r"1 0 0 1 (\S+) \S+ Tm", drawn)]
    assert len(places) == 5
    assert places == sorted(places, reverse=True)


def test_a_text_is_written_once_for_all_its_places() -> None:
    document, paragraph = _document(), _paragraph("a label")
    with patch.object(documents, "shown", wraps=shown_text.shown) as writing:
        first = _drawn(document, paragraph, 50, 700)
        second = _drawn(document, _paragraph("a label"), 80, 400)
    assert writing.call_count == 1
    assert "1 0 0 1 50 700 cm" in first
    assert "1 0 0 1 80 400 cm" in second
    assert first.partition("BT")[2].partition("ET")[0] == second.partition("BT")[2].partition("ET")[0]


@given(st.sampled_from(list(Align)), st.sampled_from(list(Align)), st.sampled_from([9.0, 14.0]))
def test_what_is_kept_is_that_of_the_same_setting(one: Align, other: Align, size: float) -> None:
    def label(align: Align, size: float) -> Paragraph:
        return Paragraph([Span("a label", Style(SANS, 9))], Style(SANS, size), 12, place="a test", align=align)

    document = _document()
    _drawn(document, label(one, 9.0))
    kept, alone = _drawn(document, label(other, size)), _drawn(_document(), label(other, size))
    assert kept.partition("BT")[2].partition("ET")[0] == alone.partition("BT")[2].partition("ET")[0]


def test_more_texts_than_are_kept_change_nothing() -> None:
    words = ["one", "two", "three", "one", "two", "three"]
    document, small = _document(), _document()
    usual = [_drawn(document, _paragraph(word)) for word in words]
    with patch.object(documents, "_SHOWN", 1):
        assert [_drawn(small, _paragraph(word)) for word in words] == usual
