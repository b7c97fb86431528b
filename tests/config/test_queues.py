"""A nudge reaches the worker through a folder or through Redis; no server is needed for the first."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
import redis
from celery import Celery
from celery.contrib.testing.worker import start_worker
from kombu.exceptions import OperationalError

from config import folders, queues
from config.celery import app as product
from tests.config import loopback
from tests.config.serving.conftest import until


def application(redis_url: str, root: Path) -> Celery:
    """A worker's application like the product's, with one task that tells that it ran."""
    app = Celery(f"amana-test-{uuid.uuid4()}", set_as_current=False)
    app.conf.update(queues.describe(redis_url, folders.prepare(root)))
    app.conf.task_default_queue = f"amana-test-{uuid.uuid4()}"
    return app


def nudge_arrives(app: Celery) -> list[str]:
    seen: list[str] = []

    @app.task(name="amana.note", shared=False)
    def note(word: str) -> None:
        seen.append(word)

    note.delay("before the worker started")
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
        note.delay("while it runs")
        assert until(lambda: len(seen) == 2), seen
    return sorted(seen)


def test_what_is_done_by_the_clock_is_a_task_that_exists() -> None:
    product.loader.import_default_modules()
    planned = {"sweep": queues.SWEEP, "read-back": queues.READ_BACK, "build": queues.BUILD, "renew": queues.RENEW}
    assert {str(each["task"]) for each in planned.values()} <= set(product.tasks)
    assert product.conf.beat_schedule == planned


def test_through_a_folder(tmp_path: Path) -> None:
    assert nudge_arrives(application("", tmp_path)) == ["before the worker started", "while it runs"]


def test_messages_that_cannot_be_read_do_not_end_the_worker(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = application("", tmp_path)
    messages = Path(app.conf.broker_transport_options["data_folder_in"])
    for words in ("", "{", "no message"):
        (messages / f"0_{uuid.uuid4()}.{app.conf.task_default_queue}.msg").write_text(words)
    assert nudge_arrives(app) == ["before the worker started", "while it runs"]
    assert capsys.readouterr().err.count("can't be read and is dropped") == 3


def test_a_message_is_seen_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = application("", tmp_path)
    messages = Path(app.conf.broker_transport_options["data_folder_in"])
    before_it_was_named: list[str] = []

    def watching(source: Path, target: Path) -> None:
        assert json.loads(source.read_text())["properties"]
        before_it_was_named.extend(path.name for path in messages.iterdir() if path.name.endswith(".msg"))
        source.rename(target)

    monkeypatch.setattr(Path, "replace", watching)
    app.send_task("amana.note", ["a word"])
    assert before_it_was_named == []
    assert [path.suffix for path in messages.iterdir()] == [".msg"]


def test_a_message_that_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = application("", tmp_path)

    def full(_source: Path, _target: Path) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OperationalError, match="no space left"):
        app.send_task("amana.note", ["a word"], retry=False)
    assert list(Path(app.conf.broker_transport_options["data_folder_in"]).iterdir()) == []


@pytest.mark.slow
@pytest.mark.loopback
def test_through_redis(tmp_path: Path) -> None:
    address = loopback.redis()
    if address is None:
        pytest.skip("NO REDIS on 127.0.0.1:6379: nothing was tried on it")
    app = application(address, tmp_path)
    try:
        assert nudge_arrives(app) == ["before the worker started", "while it runs"]
    finally:
        with redis.Redis.from_url(address) as client:
            for key in client.scan_iter(f"*{app.conf.task_default_queue}*"):
                client.delete(key)
