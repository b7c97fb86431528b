"""Hand-overs: who gave what to whom, what the other side found, and the physical objects that bytes came from."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from custody.models.history import Recorded, recorded_history
from evidence.models.collections import Collection
from evidence.models.fields import digest_field, is_digest
from evidence.models.items import EvidenceItem


class Medium(models.TextChoices):
    """What kind of thing a physical object is."""

    DRIVE = "drive", _("hard disk or drive")
    CARD = "card", _("memory card or stick")
    DISC = "disc", _("disc or tape")
    PHONE = "phone", _("phone or camera")
    COMPUTER = "computer", _("computer")
    ALBUM = "album", _("printed album or prints")
    PAPER = "paper", _("papers")
    OTHER = "other", pgettext_lazy("medium", "other")


class HandoverState(models.TextChoices):
    """Where a hand-over stands. Only the other side moves it on from `proposed`, but for a withdrawal."""

    PROPOSED = "proposed", pgettext_lazy("hand-over", "proposed")
    ACCEPTED = "accepted", pgettext_lazy("hand-over", "accepted")
    DECLINED = "declined", pgettext_lazy("hand-over", "declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("hand-over", "withdrawn")
    RETURNED = "returned", pgettext_lazy("hand-over", "accepted, since returned")


# Custody moved, whether it moved back since or not.
MOVED = (HandoverState.ACCEPTED, HandoverState.RETURNED)


class Condition(models.TextChoices):
    """In which condition the receiving side found an object."""

    AS_DESCRIBED = "as-described", pgettext_lazy("condition", "as described")
    OPENED = "opened", pgettext_lazy("condition", "seal broken or opened")
    DAMAGED = "damaged", pgettext_lazy("condition", "damaged")
    MISSING = "missing", pgettext_lazy("condition", "missing")
    OTHERWISE = "otherwise", pgettext_lazy("condition", "otherwise, see remarks")


class Comparison(models.TextChoices):
    """Whether the receiving side compared the digests of the items."""

    SAME = "same", pgettext_lazy("comparison", "compared: all digests are the same")
    DIFFERENT = "different", pgettext_lazy("comparison", "compared: something differs")
    NOT_COMPARED = "not-compared", pgettext_lazy("comparison", "not compared")


def _one_of(account: str, party: str) -> Q:
    return Q(**{f"{account}__isnull": False, f"{party}__isnull": True}) | Q(
        **{f"{account}__isnull": True, f"{party}__isnull": False}
    )


class PhysicalObject(Recorded):
    """A thing that can be held in hand. Who holds it now follows from its first holder and its hand-overs."""

    personal_data: ClassVar[tuple[str, ...]] = ("description", "make", "serial", "seal", "kept_at")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="physical_objects")
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="physical_objects")
    ordinal = models.PositiveIntegerField(help_text="its place among the objects of the collection, from 1")
    number = models.CharField(max_length=60, unique=True)
    medium = models.CharField(_("kind"), max_length=10, choices=Medium)
    description = models.TextField(_("description"), max_length=4000)
    make = models.CharField(_("make and model"), max_length=200, blank=True)
    serial = models.CharField(_("serial number"), max_length=200, blank=True)
    seal = models.CharField(_("seal number"), max_length=100, blank=True)
    kept_at = models.CharField(_("where it is kept"), max_length=200, blank=True)
    first_account = models.ForeignKey(
        "custody.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="first_held"
    )
    first_party = models.ForeignKey(
        "custody.Party", on_delete=models.PROTECT, null=True, blank=True, related_name="first_held"
    )
    registered = models.DateTimeField()

    history = recorded_history()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("collection", "ordinal"), name="evidence_object_ordinal_once"),
            models.CheckConstraint(
                condition=_one_of("first_account", "first_party"), name="evidence_object_one_first_holder"
            ),
        )

    def __str__(self) -> str:
        return self.number


class ItemSet(models.Model):
    """Items handed over together, named by the digest of their manifest. Written once; a return uses it again."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    manifest = digest_field(64, primary_key=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = (is_digest("manifest", 64, "evidence_itemset_manifest"),)

    def __str__(self) -> str:
        return self.manifest


class SetMember(models.Model):
    """One item of a set."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.BigAutoField(primary_key=True)
    set = models.ForeignKey(ItemSet, on_delete=models.PROTECT, related_name="members")
    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="sets")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("set", "item"), name="evidence_setmember_once"),)

    def __str__(self) -> str:
        return f"{self.set_id} {self.item_id}"


class Handover(Recorded):
    """Custody passes from one holder to another: proposed by one side, accepted or declined by the other.

    Holders are accounts, or parties outside. What an outside party signed is an item of evidence of its own (`form`).
    A return is a hand-over that names the one it undoes.
    """

    personal_data: ClassVar[tuple[str, ...]] = ("reason", "place", "reply", "record")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("custody.Case", on_delete=models.PROTECT, related_name="handovers")
    number = models.PositiveIntegerField(help_text="its place among the hand-overs of the case, from 1")
    state = models.CharField(max_length=10, choices=HandoverState, default=HandoverState.PROPOSED)
    giver_account = models.ForeignKey(
        "custody.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="handed_over"
    )
    giver_party = models.ForeignKey(
        "custody.Party", on_delete=models.PROTECT, null=True, blank=True, related_name="handed_over"
    )
    receiver_account = models.ForeignKey(
        "custody.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="handed_to"
    )
    receiver_party = models.ForeignKey(
        "custody.Party", on_delete=models.PROTECT, null=True, blank=True, related_name="handed_to"
    )
    items = models.ForeignKey(ItemSet, on_delete=models.PROTECT, null=True, blank=True, related_name="handovers")
    returns = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="returning")
    reason = models.TextField(_("what for"), max_length=4000)
    place = models.CharField(_("place"), max_length=200, blank=True)
    proposed_by = models.ForeignKey("custody.Account", on_delete=models.PROTECT, related_name="handovers_proposed")
    proposed = models.DateTimeField()
    decided_by = models.ForeignKey(
        "custody.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="handovers_decided"
    )
    decided = models.DateTimeField(null=True, blank=True)
    happened = models.DateTimeField(_("when it changed hands"), null=True, blank=True)
    reply = models.TextField(_("remarks"), blank=True, max_length=4000)
    comparison = models.CharField(max_length=12, choices=Comparison, blank=True)
    form = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="signed_for")
    record = models.BinaryField(null=True, blank=True, help_text="the hand-over record: salted canonical JSON")
    record_sha256 = digest_field(64, blank=True)

    history = recorded_history()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("case", "number"), name="evidence_handover_number_once"),
            models.CheckConstraint(condition=_one_of("giver_account", "giver_party"), name="evidence_handover_giver"),
            models.CheckConstraint(
                condition=_one_of("receiver_account", "receiver_party"), name="evidence_handover_receiver"
            ),
            models.CheckConstraint(
                condition=Q(state=HandoverState.PROPOSED, decided=None, decided_by=None)
                | (~Q(state=HandoverState.PROPOSED) & Q(decided__isnull=False, decided_by__isnull=False)),
                name="evidence_handover_decided",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | ~Q(decided_by=F("proposed_by"))
                | ~Q(state__in=[*MOVED, HandoverState.DECLINED]),
                name="evidence_handover_other_side",
            ),
            models.UniqueConstraint(
                fields=("returns",),
                condition=Q(state__in=[HandoverState.PROPOSED, *MOVED]),
                name="evidence_handover_one_return",
            ),
        )
        # evidence.handovers.holders asks which hand-overs of a set moved custody; pages ask which wait in a case.
        indexes = (
            models.Index(fields=("items", "state"), name="evidence_handover_set"),
            models.Index(fields=("case", "state"), name="evidence_handover_open"),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.number}"


class HandoverReceipt(models.Model):
    """The signed record that a hand-over was decided, byte for byte; written in the act that decides.

    It stands beside the hand-over, whose rows and history the entries bind: the signature comes after those entries.
    Hand-overs that were decided before such records were made have none.
    """

    # A seal number is what people typed in.
    personal_data: ClassVar[tuple[str, ...]] = ("record",)

    handover = models.OneToOneField(Handover, on_delete=models.PROTECT, primary_key=True, related_name="receipt")
    record = models.BinaryField()
    record_sha256 = digest_field(64, unique=True)
    signature = models.BinaryField(null=True, help_text="CAdES over the record; made after the entries that allow it")

    class Meta:
        constraints = (is_digest("record_sha256", 64, "evidence_handoverreceipt_sha256"),)

    def __str__(self) -> str:
        return self.record_sha256


class HandedObject(Recorded):
    """One physical object in a hand-over: as one side gave it, and as the other side found it."""

    personal_data: ClassVar[tuple[str, ...]] = ("seal_stated", "condition_stated", "seal_found", "remarks")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="pieces")
    object = models.ForeignKey(PhysicalObject, on_delete=models.PROTECT, related_name="handed")
    seal_stated = models.CharField(max_length=100, blank=True)
    condition_stated = models.TextField(max_length=1000, blank=True)
    seal_found = models.CharField(max_length=100, blank=True)
    condition_found = models.CharField(max_length=12, choices=Condition, blank=True)
    remarks = models.TextField(max_length=1000, blank=True)
    differs = models.BooleanField(null=True, blank=True, help_text="whether seal or condition is not as stated")

    history = recorded_history()

    class Meta:
        ordering = ("object__number",)
        constraints = (models.UniqueConstraint(fields=("handover", "object"), name="evidence_handedobject_once"),)

    def __str__(self) -> str:
        return f"{self.handover_id} {self.object_id}"
