"""A command ends under a checkpoint, also when it refused; and says when the notary does not sign."""

from __future__ import annotations

import importlib
import inspect

import pytest
from django.apps import apps
from django.core.management import CommandError, get_commands

from custody import ledger, notary
from custody.management.covering import covered
from custody.notary import NotaryRefused
from tests.custody.notary.ledgers import grow_to

pytestmark = pytest.mark.usefixtures("installation")

# What runs until it is told to stop, what only reads, and what has its own words about a checkpoint.
OTHERS = {"serve", "registrar", "notary", "verify", "document", "time_authority", "remember", "demo"}


def refuse() -> None:
    raise NotaryRefused("the tree is another one")


@covered()
def grow_and_refuse() -> None:
    grow_to(ledger.size() + 1)
    raise CommandError("not yours")


def newest() -> int:
    found = notary.latest()
    return found[0].size if found else 0


def test_what_was_entered_is_covered_at_the_end() -> None:
    with covered():
        grow_to(ledger.size() + 2)
    assert newest() == ledger.size()


def test_a_refusal_is_covered_too_and_stands() -> None:
    with pytest.raises(CommandError, match="not yours"):
        grow_and_refuse()
    assert newest() == ledger.size()


def test_it_says_that_the_work_stands_and_the_notary_does_not_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notary, "ensure_checkpoint", refuse)
    words = "stands, but no checkpoint covers it yet: the tree is another one"
    with pytest.raises(CommandError, match=words) as told, covered():
        grow_to(ledger.size() + 1)
    assert told.value.returncode == 2


def test_an_error_of_the_work_is_what_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(notary, "ensure_checkpoint", refuse)
    with pytest.raises(CommandError, match="not yours"):
        grow_and_refuse()
    assert "the tree is another one" in capsys.readouterr().err


def ours() -> list[str]:
    rooms = {config.name for config in apps.get_app_configs() if config.name in {"custody", "evidence", "testimony"}}
    return sorted(name for name, room in get_commands().items() if room in rooms | {"config"})


@pytest.mark.parametrize("name", sorted(set(ours()) - OTHERS))
def test_each_command_that_enters_something_sees_to_it(name: str) -> None:
    source = inspect.getsource(importlib.import_module(f"{get_commands()[name]}.management.commands.{name}"))
    assert "covered()" in source or "ensure_checkpoint" in source or "ingest_paths" in source, name
