from django.apps import AppConfig


class TestimonyConfig(AppConfig):
    """The testimony room: see config/docs."""

    name = "testimony"
    label = "testimony"
