"""The custody room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CustodyConfig(AppConfig):
    """Who may act on what, and what happened."""

    name = "custody"
    label = "custody"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from custody import fences

        # A migration may rebuild a table and lose its triggers: they are made anew after each migrate.
        post_migrate.connect(fences.install, dispatch_uid="custody.fences.install")
