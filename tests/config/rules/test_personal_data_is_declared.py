"""Each model says which of its fields hold personal data, in `personal_data`; an empty tuple says that none does.

What is not named here is not found when a person asks what is held about them, and not reached when it must be erased.
Rows of history hold what their model holds and are declared with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

ROOMS = ("custody", "evidence", "testimony")
# Fields of these names hold something about somebody wherever they stand.
TELLING = {
    "name",
    "email",
    "phone",
    "address",
    "path",
    "display",
    "place",
    "caption",
    "password",
    "statement",
    "pseudonym",
}


def undeclared(found: Iterable[type[models.Model]]) -> Iterator[str]:
    for model in found:
        if model._meta.app_label not in ROOMS or model.__name__.startswith("Historical") or model._meta.auto_created:
            continue
        declared = getattr(model, "personal_data", None)
        fields = {field.name for field in model._meta.local_fields}
        if not isinstance(declared, tuple):
            yield f"{model._meta.label} does not say which fields hold personal data"
            continue
        yield from (f"{model._meta.label}.{name} is declared and is no field" for name in set(declared) - fields)
        telling = {field.name for field in model._meta.local_fields if not field.is_relation} & TELLING
        yield from (f"{model._meta.label}.{name} is not declared" for name in telling - set(declared))


@isolate_apps("custody")
def test_models_that_keep_silent_are_found() -> None:
    class Silent(models.Model):
        class Meta:
            app_label = "custody"

    class Forgetful(models.Model):
        personal_data: ClassVar[tuple[str, ...]] = ("gone",)
        email = models.EmailField()

        class Meta:
            app_label = "custody"

    assert len(list(undeclared([Silent, Forgetful]))) == 3


def test_every_model_declares_its_personal_data() -> None:
    assert list(undeclared(apps.get_models())) == []
