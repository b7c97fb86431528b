"""The worker's application: `celery -A config.celery worker`."""

from __future__ import annotations

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("amana")
app.conf.update(settings.CELERY)
app.autodiscover_tasks()
