"""Stored bytes are read by few, and what is sent to a person leaves through `evidence.access` alone."""

from __future__ import annotations

from collections.abc import Iterator

from tests.config.rules.source import Module, at, imports, offences, probe

# Who may touch the vault: it takes in, lets out through the door, verifies, examines, redacts, hands over.
KEEPERS = (
    "evidence/vault/",
    "evidence/access/",
    "evidence/verification/",
    "evidence/fixity/",
    "evidence/intake.py",
    "evidence/arrivals.py",
    "evidence/examining.py",
    "evidence/examinations.py",
    "evidence/picture_hashes.py",
    "evidence/examination/",
    "evidence/bundle.py",
    "evidence/redactions.py",
    "evidence/removal.py",
    "evidence/bundles/",
    "evidence/handovers/sets.py",
)


def reaches_the_vault(module: Module) -> Iterator[str]:
    if module.is_under(*KEEPERS):
        return
    for node, name in imports(module):
        if name == "evidence.vault" or name.startswith("evidence.vault."):
            yield at(node, f"imports {name}")
    if module.room in {"evidence", "testimony"}:
        for node, name in imports(module):
            if name == "custody.data.vault":
                yield at(node, "knows the vault's folder")


def test_a_way_round_the_door_is_found() -> None:
    for source in ("from evidence.vault import Vault", "from evidence import vault", "import evidence.vault.store"):
        assert list(reaches_the_vault(probe(source, "evidence/views/item.py")))
        assert list(reaches_the_vault(probe(source, "testimony/dossier.py")))


def test_the_door_itself_may_reach_the_vault() -> None:
    assert not list(reaches_the_vault(probe("from evidence.vault import Vault", "evidence/access/objects.py")))


def test_nobody_goes_round_the_door() -> None:
    assert offences(reaches_the_vault) == []
