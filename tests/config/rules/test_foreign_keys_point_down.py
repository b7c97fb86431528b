"""A foreign key written as a text escapes the import contracts, so the models themselves are asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

ORDER = ("custody", "evidence", "testimony", "config")


def pointing_up(found: Iterable[type[models.Model]]) -> Iterator[str]:
    """Relations of `found` from a lower room to a higher one."""
    for model in found:
        if model._meta.app_label not in ORDER:
            continue
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            target = field.remote_field and field.remote_field.model
            room = target.split(".")[0] if isinstance(target, str) else target and target._meta.app_label
            if room in ORDER and ORDER.index(room) > ORDER.index(model._meta.app_label):
                yield f"{model._meta.label}.{field.name} -> {room}"


@isolate_apps("custody", "evidence")
def test_a_key_that_points_up_is_found() -> None:
    class Above(models.Model):
        class Meta:
            app_label = "evidence"

    class Below(models.Model):
        by_class = models.ForeignKey(Above, models.PROTECT)
        by_name = models.ForeignKey("testimony.Victim", models.PROTECT)

        class Meta:
            app_label = "custody"

    assert len(list(pointing_up([Above, Below]))) == 2


def test_no_foreign_key_points_up() -> None:
    assert list(pointing_up(apps.get_models(include_auto_created=True))) == []
