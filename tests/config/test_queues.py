"""A nudge reaches the worker through a folder or through Redis; no server is needed for the first."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
import redis
from celery import Celery
from celery.contrib.testing.worker import start_worker

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
    assert {queues.SWEEP["task"], queues.READ_BACK["task"]} <= set(product.tasks)
    assert product.conf.beat_schedule == {"sweep": queues.SWEEP, "read-back": queues.READ_BACK}


def test_through_a_folder(tmp_path: Path) -> None:
    assert nudge_arrives(application("", tmp_path)) == ["before the worker started", "while it runs"]


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
