"""The queue in a folder: Kombu's transport, made so that a reader sees a message whole or not at all.

Kombu opens a message under its final name and fills it afterwards. A worker that looks in between takes an empty
file, can't read it, and ends: https://github.com/celery/kombu/issues/1551.
"""

from __future__ import annotations

import logging
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps

_LOGGER = logging.getLogger(__name__)
# Kombu takes names that end in "<queue>.msg"; what is still being written ends otherwise.
_UNFINISHED = ".part"


class Channel(filesystem.Channel):
    """One connection to the folder."""

    # Kombu's own two base classes do not agree on the names.
    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:  # type: ignore[override]
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        finished = Path(self.data_folder_out, name)
        unfinished = finished.with_name(name + _UNFINISHED)
        try:
            unfinished.write_text(dumps(payload), encoding="utf-8")
            unfinished.replace(finished)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise ChannelError(f"the message for {queue} can't be written into {finished.parent}: {error}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The next message that can be read. Kombu has taken the file away already when it finds that it can't."""
        while True:
            try:
                return super()._get(queue)
            except ValueError as error:
                _LOGGER.warning("A message in the queue %s can't be read and is dropped: %s", queue, error)


class Transport(filesystem.Transport):
    """Named in the settings of Celery (`broker_transport`)."""

    Channel = Channel
