"""What a command says of an error: of the system's own the file and the reason, without its number."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

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
