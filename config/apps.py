from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate

from config import secret


class ConfigConfig(AppConfig):
    """Base templates, static files, system checks and the commands that run the whole."""

    name = "config"

    def ready(self) -> None:
        """Register the system checks. The worker's application is loaded by the worker alone: it costs every start."""
        from config import checks  # noqa: F401  acts by being imported

        post_migrate.connect(_make_secret, sender=apps.get_app_config("custody"), dispatch_uid="config.secret")


def _make_secret(**_: Any) -> None:
    """An installation that was migrated has its web secret, unless the environment gives one."""
    if settings.AMANA_OWN_SECRET:
        secret.ensure(settings.AMANA_DATA_DIR)
        # The process that migrated may go on, as a demonstration does: it read its settings before there was one.
        settings.SECRET_KEY = secret.read(settings.AMANA_DATA_DIR)
