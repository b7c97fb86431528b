"""Who holds a thing now: the first holder, or the receiver of the newest hand-over that was accepted."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from custody.models import Account, Party
from evidence.models import MOVED, Handover, ItemSet, PhysicalObject, SetMember


@dataclass(frozen=True)
class Holder:
    """An account, or a party outside; never both, never neither."""

    account: Account | None = None
    party: Party | None = None

    def __post_init__(self) -> None:
        """Raises ValueError unless there is exactly one of the two."""
        if (self.account is None) == (self.party is None):
            raise ValueError("a holder is an account or a party")

    @property
    def stream(self) -> str:
        """The history of this holder in the ledger, and the id that entries hold instead of a name."""
        return f"user/{self.account.pk}" if self.account else f"party/{self.party.pk if self.party else ''}"

    @property
    def words(self) -> str:
        """For people: the name of an account, the code of a party."""
        return self.account.name if self.account else self.party.code if self.party else ""

    @property
    def is_outside(self) -> bool:
        """Whether this holder cannot sign in, so that a signed form stands for the word given here."""
        return self.party is not None

    def same_as(self, other: Holder | None) -> bool:
        """Whether both are one holder."""
        return other is not None and self.stream == other.stream


def giver_of(handover: Handover) -> Holder:
    """Who gives."""
    return Holder(handover.giver_account, handover.giver_party)


def receiver_of(handover: Handover) -> Holder:
    """Who receives."""
    return Holder(handover.receiver_account, handover.receiver_party)


def first_holder_of(thing: PhysicalObject) -> Holder:
    """Who held the object when it was registered."""
    return Holder(thing.first_account, thing.first_party)


def last_move_of(thing: PhysicalObject) -> Handover | None:
    """The newest hand-over of the object that was accepted."""
    return Handover.objects.filter(pieces__object=thing, state__in=MOVED).order_by("-decided", "-number").first()


def holder_of(thing: PhysicalObject) -> Holder:
    """Who holds the object now."""
    moved = last_move_of(thing)
    return receiver_of(moved) if moved else first_holder_of(thing)


def holders_of_items(items: ItemSet) -> dict[UUID, Holder | None]:
    """By item id, who answers for it now; None for what was never handed over and is with those who took it in."""
    members = list(SetMember.objects.filter(set=items).values_list("item_id", flat=True))
    holders: dict[UUID, Holder | None] = dict.fromkeys(members)
    inside = SetMember.objects.filter(set=items).values("item")
    sets = SetMember.objects.filter(item__in=inside).values("set")
    moves = Handover.objects.filter(items__in=sets, state__in=MOVED).order_by("-decided", "-number")
    # Newest first, so that an older one only speaks of what is left.
    for handover in moves.select_related("giver_account", "giver_party", "receiver_account", "receiver_party"):
        within = SetMember.objects.filter(set=handover.items_id, item__in=inside).values_list("item_id", flat=True)
        for item in within:
            holders[item] = holders[item] or receiver_of(handover)
    return holders
