from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Base templates, static files, system checks and the commands that run the whole."""

    name = "config"

    def ready(self) -> None:
        """Register the system checks."""
        from config import checks  # noqa: F401  registers by being imported
