"""The custody room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CustodyConfig(AppConfig):
    """Who may act on what, and what happened."""

    name = "custody"
    label = "custody"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from custody import closing, erasure, fences, tabs
        from custody.keyring import consent
        from custody.verification import (
            anchors,
            approvals,
            closings,
            database,
            disclosures,
            histories,
            keys,
            register_check,
            tree,
        )

        # A migration may rebuild a table and lose its triggers: they are made anew after each migrate.
        post_migrate.connect(fences.install, dispatch_uid="custody.fences.install")
        tabs.register()
        closing.register()
        consent.register()
        erasure.register()
        register_check("database", database.check_database, order=5, beside=True)
        register_check("fences", keys.check_fences, order=10)
        register_check("keys", keys.check_keys, order=20)
        register_check("ledger", tree.check_ledger, order=30)
        register_check("anchors", anchors.check_anchors, order=35)
        register_check("histories", histories.check_histories, order=40)
        register_check("approvals", approvals.check_approvals, order=45)
        register_check("disclosures", disclosures.check_disclosures, order=47)
        register_check("closings", closings.check_closings, order=48)
