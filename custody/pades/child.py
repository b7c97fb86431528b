"""The child process that reads untrusted documents: it loads what checks them, goes behind its walls and answers once.

``inspecting`` starts it. It has no setting of ours, no database and no key.
"""

from __future__ import annotations

from typing import Final

import django
from django.conf import settings

from custody.confined import inside

MEMORY: Final = 512 << 20
_VERSION: Final = "amana-documents 1"


def main(descriptor: int) -> None:
    """Answer one question of the parent."""
    _load()
    from custody.pades import answering

    with inside.enter(descriptor, version=_VERSION, memory=MEMORY) as channel:
        answering.answer(channel)


def _load() -> None:
    """What checks signatures lies beside what makes them, which names rows: Django is set up, with nothing behind it.

    Before the walls: after them no file of ours can be read.
    """
    apps = ["django.contrib.contenttypes", "django.contrib.auth", "custody"]
    settings.configure(INSTALLED_APPS=apps, AUTH_USER_MODEL="custody.Account")
    django.setup()
