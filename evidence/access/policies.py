"""The rules beside membership. Rooms above register theirs at start: consent, protection, family objections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from custody.cases import Role
from custody.models import Case
from custody.purposes import Purpose
from evidence.access.asking import Asker, Form
from evidence.admissions import items_in
from evidence.models import EvidenceItem, ItemDescription


@dataclass(frozen=True, kw_only=True)
class Question:
    """May these items of this case be given in this form, to somebody in this role, for this purpose?

    ``leaving``: they are to leave the house, whatever the purpose is called.
    """

    asker: Asker
    items: tuple[EvidenceItem, ...]
    form: Form
    leaving: bool = False

    @property
    def case(self) -> Case:
        """The case through which it is asked."""
        return self.asker.case

    @property
    def purpose(self) -> Purpose | None:
        """What for."""
        return self.asker.purpose

    @property
    def same_originals(self) -> Q:
        """Filter, over rows with an ``item``, for these items and for all of the case that have the same bytes."""
        asked = [item.pk for item in self.items]
        return Q(item__in=asked) | Q(item__in=items_in(self.case).filter(sha256__in=self._digests).values("pk"))

    @property
    def _digests(self) -> set[str]:
        return {item.sha256 for item in self.items}

    def of_digests(self, digests: Iterable[str], reason: str) -> dict[UUID, str]:
        """The reason, for each item asked about whose original is one of these: bytes have no second number."""
        marked = set(digests)
        return {item.pk: reason for item in self.items if item.sha256 in marked}


# Many items at once, so that a rule needs one query for a whole contact sheet.
Policy = Callable[[Question], Mapping[UUID, str]]
_policies: dict[str, Policy] = {}


def register_policy(policy: Policy) -> None:
    """Add a rule: it returns, by item id, the reason code for each item that it withholds, and nothing for others.

    A rule can only withhold; none can open what another one closed.
    """
    _policies[f"{policy.__module__}.{policy.__qualname__}"] = policy


def forget_policy(policy: Policy) -> None:
    """Take a rule away again (tests)."""
    _policies.pop(f"{policy.__module__}.{policy.__qualname__}", None)


def withheld(question: Question) -> dict[UUID, str]:
    """Reason by item id for everything that some rule withholds; the first reason stands."""
    reasons: dict[UUID, str] = {}
    for policy in (_privilege, *_policies.values()):
        for item, reason in policy(question).items():
            reasons.setdefault(item, reason)
    return reasons


def wordless(asker: Asker, items: Iterable[EvidenceItem]) -> set[UUID]:
    """Items of which this asker sees not even name, words and claims: those that privilege withholds."""
    question = Question(asker=asker, items=tuple(items), form=Form.ORIGINAL)
    return set(_privilege(question))


def kept_back(asker: Asker, items: Iterable[EvidenceItem]) -> dict[UUID, str]:
    """The reason, by item id, for each original that would not leave the house today; nothing is granted by asking."""
    question = Question(asker=asker, items=tuple(items), form=Form.ORIGINAL, leaving=True)
    return privileged(question) | withheld(question)


def _privilege(question: Question) -> dict[UUID, str]:
    """Work product is for the side that made it: an auditor, who may be the other side's expert, does not get it."""
    if question.asker.role is not Role.AUDITOR:
        return {}
    return privileged(question)


def privileged(question: Question) -> dict[UUID, str]:
    """Work product among the items asked about: whatever has the bytes of an item of the case that is so marked."""
    marked = ItemDescription.objects.filter(question.same_originals, privileged=True)
    return question.of_digests(marked.values_list("item__sha256", flat=True), "privileged")
