"""The table of attacks holds what was asked of it, each of its tests is there, and the page in print is the table."""

from __future__ import annotations

import ast
import dataclasses
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.custody.attacks.table import TABLE, Adversary, Attack, page

REPO = Path(__file__).resolve().parents[3]
PAGE = REPO / "config" / "docs" / "attacks.md"

# Words that a row of each adversary must hold: what may never be dropped from the table.
REQUIRED: dict[Adversary, tuple[str, ...]] = {
    Adversary.DISKS: (
        "reads originals",
        "names and words of witnesses",
        "takes the key files",
        "swaps, removes or adds",
    ),
    Adversary.DATABASE: ("changes or deletes an entry", "no trigger guards", "in the name of somebody else"),
    Adversary.SUPERUSER: ("mends its hash", "reorders entries", "the whole ledger anew", "before any checkpoint"),
    Adversary.LEDGER_KEY: tuple(
        f"{act}, with {whom}"
        for act in ("forks the ledger", "dates the ledger back", "to one recipient only", "and signs the rest")
        for whom in ("no cosigner", "a cosigner")
    ),
    Adversary.RECEIPTS_KEY: ("signs a receipt for altered bytes", "hands out a bundle", "the ledger's key as well"),
    Adversary.RESTORER: (
        "yesterday's database",
        "memory, with no cosigner",
        "memory, with a cosigner",
        "the last entry,",
        "the last 10 entries,",
        "the last 1,000 entries,",
    ),
    Adversary.COURIER: (
        "a middle entry",
        "the last two entries",
        "one whole item",
        "another spelling",
        "exchanges the receipts",
        "exchanges keys",
    ),
    Adversary.PUBLISHER: ("the last two entries", "one whole item"),
    Adversary.PACKER: ("lead out of the bag", "links", "a name twice", "a bomb"),
    Adversary.SPELLER: ("another spelling", "2^53", "a key twice", "a fraction"),
    Adversary.CLOCK: ("sets the clock back", "sets the clock forward"),
    Adversary.VOUCHER: (
        "has expired",
        "sorts the certificates",
        "puts the certificate",
        "in a cosignature",
        "low order",
        "the quorum",
    ),
}
# Nothing that the machine, or the bundle, could know by itself: these rows may not claim that it shows.
HONEST = {
    (Adversary.LEDGER_KEY, "with no cosigner"),
    (Adversary.RESTORER, "memory, with no cosigner"),
    (Adversary.RECEIPTS_KEY, "the ledger's key as well"),
    (Adversary.PUBLISHER, "seals that"),
    (Adversary.COURIER, "under keys of one's own"),
    (Adversary.CLOCK, "from the start"),
}


@cache
def functions(path: str) -> frozenset[str]:
    """Tests of a module, those of classes with the class before them."""
    tree = ast.parse((REPO / path).read_text("utf-8"))
    found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for kind in tree.body:
        if isinstance(kind, ast.ClassDef):
            found |= {f"{kind.name}::{node.name}" for node in kind.body if isinstance(node, ast.FunctionDef)}
    return frozenset(found)


def file_of(test: str) -> str:
    return test.partition("::")[0]


@cache
def collected() -> frozenset[str]:
    """Every test that the files of the table give when they are collected, in a process of its own."""
    files = sorted({file_of(test) for row in TABLE for test in row.tests})
    line = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "slow or not slow", "-p", "no:cacheprovider"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "AMANA_"))}
    done = subprocess.run(
        [*line, *files], cwd=REPO, env=inherited, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return frozenset(text for text in done.stdout.splitlines() if "::" in text)


def missing(row: Attack, known: frozenset[str]) -> list[str]:
    """Tests of a row that are not among the known ones; a test without a name in brackets stands for all of its own."""
    stems = {test.partition("[")[0] for test in known}
    return [test for test in row.tests if test not in (known if "[" in test else stems)]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.adversary.name}: {row.act}")
def test_the_functions_named_are_there(row: Attack) -> None:
    assert row.tests
    for test in row.tests:
        path, _, rest = test.partition("::")
        assert rest.partition("[")[0] in functions(path), test


@pytest.mark.slow
def test_every_test_named_is_collected() -> None:
    assert [test for row in TABLE for test in missing(row, collected())] == []


def test_a_test_that_is_not_there_would_be_told() -> None:
    row = dataclasses.replace(TABLE[0], tests=("tests/a.py::test_b", "tests/a.py::test_c[d]", "tests/a.py::test_c[e]"))
    assert missing(row, frozenset({"tests/a.py::test_c[d]"})) == ["tests/a.py::test_b", "tests/a.py::test_c[e]"]
    assert missing(row, frozenset({"tests/a.py::test_b[x]"})) == list(row.tests[1:])


@pytest.mark.parametrize("adversary", Adversary, ids=lambda adversary: adversary.name)
def test_what_was_asked_for_is_in_the_table(adversary: Adversary) -> None:
    acts = [row.act for row in TABLE if row.adversary is adversary]
    assert [words for words in REQUIRED[adversary] if not any(words in act for act in acts)] == []


@pytest.mark.parametrize(("adversary", "words"), sorted(HONEST))
def test_what_only_others_can_show_is_said_to_be_so(adversary: Adversary, words: str) -> None:
    rows = [row for row in TABLE if row.adversary is adversary and words in row.act]
    assert rows
    assert all(row.only_outside for row in rows)


def test_no_row_stands_twice_and_the_adversaries_follow_each_other() -> None:
    assert len({(row.adversary, row.act) for row in TABLE}) == len(TABLE)
    order = [row.adversary for row in TABLE]
    assert order == sorted(order, key=list(Adversary).index)
    assert not any(row.only_outside and row.unseen for row in TABLE)


def test_facts_named_are_facts_that_the_checks_name() -> None:
    sources = [
        path.read_text("utf-8")
        for room in ("custody/verification", "custody/core", "evidence/verification")
        for path in (REPO / room).rglob("*.py")
    ]
    text = "\n".join(sources)
    named = {word for row in TABLE for word in re.findall(r"`([a-z-]+)`", row.mechanism)}
    assert len(named) > 10
    assert [word for word in sorted(named) if f'"{word}"' not in text] == []


def test_a_row_fits_a_table_in_print() -> None:
    assert not [row for row in TABLE if "|" in row.act + row.mechanism or "\n" in row.act + row.mechanism]


def test_the_page_in_print_is_the_table() -> None:
    told = "write it anew: python -m tests.custody.attacks.table > config/docs/attacks.md"
    assert PAGE.read_text("utf-8") == page(), told


def test_the_page_names_each_act_once_and_every_test() -> None:
    text = PAGE.read_text("utf-8")
    assert [row.act for row in TABLE if text.count(f" | {row.act} | ") != sum(row.act == o.act for o in TABLE)] == []
    assert {test for row in TABLE for test in row.tests} == set(re.findall(r"^- [\d.]+ `(.*)`$", text, re.MULTILINE))
