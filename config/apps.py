from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Base templates, static files, system checks and the commands that run the whole."""

    name = "config"

    def ready(self) -> None:
        """Register the system checks, and make the worker's application the one that tasks belong to."""
        from config import celery, checks  # noqa: F401  both act by being imported
