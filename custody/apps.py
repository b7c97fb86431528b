from django.apps import AppConfig


class CustodyConfig(AppConfig):
    """The custody room: see config/docs."""

    name = "custody"
    label = "custody"
