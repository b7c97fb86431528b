"""The evidence room."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Collections, items, the vault, and the one door by which bytes leave."""

    name = "evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from custody.verification import register_check
        from evidence import tabs
        from evidence.verification import batches, examinations, originals, vault

        tabs.register()
        register_check("originals", originals.check_originals, order=50, beside=True)
        register_check("examinations", examinations.check_examinations, order=60)
        register_check("batches", batches.check_batches, order=70)
        register_check("vault", vault.check_holdings, order=80)
