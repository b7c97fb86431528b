"""The content of a dossier as canonical JSON: a round trip, and no tolerance."""

from dataclasses import replace

import pytest

from custody.core import canonical
from testimony.core import dossier as tree
from testimony.core.errors import DossierError
from tests.testimony import trees


def _changed(path: list[str | int], value: object) -> bytes:
    data = canonical.loads(tree.dumps(trees.dossier()))
    target: object = data
    for step in path[:-1]:
        target = target[step]  # type: ignore[index]
    if value is ...:
        del target[path[-1]]  # type: ignore[attr-defined]
    else:
        target[path[-1]] = value  # type: ignore[index]
    return canonical.dumps(data)


def test_a_tree_comes_back_as_it_was() -> None:
    dossier = trees.dossier()
    assert tree.loads(tree.dumps(dossier)) == dossier


def test_the_form_on_disk_is_pinned() -> None:
    """A dossier already built is checked against this digest on its cover: a change here breaks that check."""
    assert tree.dumps(trees.dossier()).startswith(b'{"content":{"bill":{"components":[{"commit":"5d41402a"')
    assert tree.dumps(trees.dossier()).endswith(b'}]},"type":"dossier-content/2"}')


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["type"], "dossier-content/1", "not a dossier-content/2"),
        (["content", "extra"], 1, "missing or unknown parts: extra"),
        (["content", "cover"], ..., "missing or unknown parts: cover"),
        (["content", "cover", "version"], "3", "Dossier.cover.version is not a int"),
        (["content", "cover", "version"], True, "Dossier.cover.version is not a int"),
        (["content", "cover", "case_title"], "x", "Dossier.cover.case_title is not an object"),
        (["content", "exhibits"], {}, "Dossier.exhibits is not a list"),
        (["content", "exhibits", 0, "custody", 0, "kind"], "rumour", "is not a known LineKind"),
        (["content", "exhibits", 1, "mark"], "P-1", "two pieces of the dossier carry one mark"),
        (["content", "statements", 0, "paragraphs", 0, "number"], 2, "not numbered"),
    ],
)
def test_what_does_not_fit_is_refused(path: list[str | int], value: object, message: str) -> None:
    with pytest.raises(DossierError, match=message):
        tree.loads(_changed(path, value))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{ "type":1}', b"\xff"])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(DossierError):
        tree.loads(data)


def test_one_changed_letter_changes_the_digest_on_the_cover() -> None:
    dossier = trees.dossier()
    other = replace(dossier, cover=replace(dossier.cover, case_code="RWB-05"))
    assert tree.content_sha256(dossier) != tree.content_sha256(other)
