"""The evidence room."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Collections, items, the vault, and the one door by which bytes leave."""

    name = "evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from custody.alarms import register_alarms
        from custody.disclosures import register_causes
        from custody.registrar import waiting
        from custody.verification import register_check
        from evidence import closing, disposal, fixity, holdings, holds, releases, signing, tabs
        from evidence.bundles import corrections
        from evidence.handovers import sets
        from evidence.verification import (
            batches,
            disposals,
            examinations,
            handover_receipts,
            handovers,
            originals,
            redactions,
            vault,
        )
        from evidence.verification import fixity as readings
        from evidence.verification import releases as handed_out

        tabs.register()
        closing.register()
        register_causes("evidence", corrections.corrected_items)
        holdings.register_holder("handovers", sets.known_manifests)
        holds.register()
        disposal.register()
        releases.register()
        waiting.register("evidence", signing.count_waiting)
        register_alarms("fixity", fixity.for_pages)
        register_check("originals", originals.check_originals, order=50, beside=True)
        register_check("examinations", examinations.check_examinations, order=60)
        register_check("redactions", redactions.check_redactions, order=65)
        register_check("batches", batches.check_batches, order=70)
        register_check("handovers", handovers.check_handovers, order=75)
        register_check("hand-over records", handover_receipts.check_handover_receipts, order=76)
        register_check("vault", vault.check_holdings, order=80)
        register_check("disposals", disposals.check_disposals, order=85)
        register_check("releases", handed_out.check_releases, order=87)
        register_check("fixity", readings.check_fixity, order=90)
