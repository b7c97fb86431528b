from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """The evidence room: see config/docs."""

    name = "evidence"
    label = "evidence"
