"""What a command says of an error: of the system's own the file and the reason, without its number."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from custody import actors, cases, hosting
from custody.core.errors import CustodyError
from custody.management.telling import in_words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CustodyError("the tree is another one"), "the tree is another one"),
        (OSError(errno.ENOENT, os.strerror(errno.ENOENT), "/a/b"), "/a/b: No such file or directory"),
        (OSError(errno.ENOENT, os.strerror(errno.ENOENT), b"/a/\xff"), "/a/\udcff: No such file or directory"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "No space left on device"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), 3), "No space left on device"),
        (OSError("the socket is gone"), "the socket is gone"),
    ],
)
def test_it_is_one_line_in_words(error: Exception, words: str) -> None:
    assert in_words(error) == words


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize("command", [("document", "verify"), ("ledger", "compare"), ("remember",)])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, command: tuple[str, ...]) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(CommandError) as refused:
        call_command(*command, str(missing))
    assert str(refused.value) == f"{missing}: No such file or directory"


NOBODY = "00000000-0000-0000-0000-000000000000"
WRONGLY_ASKED = [
    ("bundle", "NONE-1", "--to", "{to}"),
    ("bundle", "RWB-04", "--to", "{to}", "--approval", NOBODY),
    ("bundle", "RWB-04", "--to", "{to}", "--approval", NOBODY, "--with-names"),
    ("bundle", "RWB-04", "--to", "{to}", "--recipient", "NOBODY"),
    ("bundle", "RWB-04", "--to", "{to}", "--recipient", "x" * 1000),
    ("bundle", "RWB-04", "--to", "{to}", "--zip", "--resume"),
    ("bundle", "RWB-04", "--to", "-"),
    ("export", "AMN-RWB-04-0000-0001", "--case", "RWB-04", "--purpose", "audit", "--to", "{to}"),
    ("keys", "retire", "00"),
    ("keys", "rotate", "master", "--approved", NOBODY),
    ("keys", "rotate", "ledger", "--approved", NOBODY),
    ("keys", "paper", "{to}/none/keys.pdf"),
    ("anchors", "end", "nobody"),
    ("anchors", "cosigner", "name", "no-key"),
    ("ledger", "recover", "--key", "no-key"),
    ("remember", "{to}/none"),
    ("serve", "--bind", "nonsense"),
    ("time_authority", "--bind", "nonsense", "--folder", "{to}"),
]


@pytest.mark.usefixtures("installation", "one_alone")
@pytest.mark.parametrize("command", WRONGLY_ASKED, ids=lambda words: " ".join(words)[:40])
def test_what_is_wrongly_asked_ends_with_2_as_a_word_does_that_no_command_knows(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    cases.create_case(code="RWB-04", title="x", actor=actors.for_command())
    with pytest.raises(CommandError) as refused:
        call_command(*(word.format(to=tmp_path / "to") for word in command))
    assert refused.value.returncode == 2


@pytest.mark.usefixtures("installation")
def test_the_memory_is_not_made_while_the_notary_runs(tmp_path: Path) -> None:
    with hosting.only_one("notary"), pytest.raises(CommandError, match="stop Amana first") as refused:
        call_command("remember", str(tmp_path / "checkpoint"))
    assert refused.value.returncode == 2
