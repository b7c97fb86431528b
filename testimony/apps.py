"""The testimony room."""

from django.apps import AppConfig


class TestimonyConfig(AppConfig):
    """People: victims, witnesses under codes, what they agreed to and what they said, and dossiers."""

    name = "testimony"
    label = "testimony"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from custody.erasure import register_eraser
        from custody.verification import register_check
        from evidence.access import register_policy
        from evidence.checking import register_lookup
        from testimony import handing_out, searching, tabs
        from testimony.drafts import erase_drafts
        from testimony.lookups import dossiers_known
        from testimony.models import Opening, StatementDraft
        from testimony.openings import erase_reasons
        from testimony.policies import family_wish
        from testimony.verification import check_testimony

        register_policy(family_wish)
        register_lookup(dossiers_known)
        tabs.register()
        handing_out.register()
        searching.register()
        register_eraser("drafts", erase_drafts, StatementDraft)
        register_eraser("openings", erase_reasons, Opening)
        register_check("testimony", check_testimony, order=90)
