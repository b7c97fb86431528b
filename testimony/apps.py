"""The testimony room."""

from django.apps import AppConfig


class TestimonyConfig(AppConfig):
    """People: victims, witnesses under codes, what they agreed to and what they said, and dossiers."""

    name = "testimony"
    label = "testimony"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from custody.alarms import register_alarms
        from custody.erasure import register_eraser, register_remover
        from custody.registrar import waiting
        from custody.verification import register_check
        from evidence.access import register_policy
        from evidence.checking import register_lookup
        from testimony import handing_out, searching, tabs
        from testimony.dossiers import due_dates, release
        from testimony.dossiers.lookups import dossiers_known
        from testimony.models import Opening, StatementDraft
        from testimony.policies import family_wish
        from testimony.sealed.store import remove_person
        from testimony.statements import receipts
        from testimony.statements.drafts import erase_drafts
        from testimony.verification.dossiers import check_dossiers
        from testimony.verification.files import check_files
        from testimony.verification.people import check_testimony
        from testimony.verification.releases import check_releases
        from testimony.witnesses import files as witness_files
        from testimony.witnesses.openings import erase_reasons

        register_policy(family_wish)
        register_lookup(dossiers_known)
        tabs.register()
        handing_out.register()
        release.register()
        register_alarms("renewals", due_dates.for_pages)
        searching.register()
        waiting.register("statements", receipts.count_waiting, sign=receipts.sign_waiting)
        waiting.register("files of witnesses", witness_files.count_waiting, sign=witness_files.sign_waiting)
        register_eraser("drafts", erase_drafts, StatementDraft)
        register_eraser("openings", erase_reasons, Opening)
        register_remover("files", remove_person)
        register_check("testimony", check_testimony, order=90)
        register_check("files of witnesses", check_files, order=92, beside=True)
        register_check("dossiers", check_dossiers, order=94, beside=True)
        register_check("dossiers handed out", check_releases, order=95, beside=True)
