"""A release as two people agree on it: what is to leave in ids, digests and counts, and how that differs later.

More than was agreed on never leaves. Less may: what a rule has come to withhold since is not handed out because
somebody once agreed to it, and what is left needs no second agreement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from custody import approvals, disclosures
from custody.core.canonical import JsonValue
from custody.models import Approval, ApprovalKind
from evidence.bundles.leaving import Leaving
from evidence.bundles.orders import Order
from evidence.core.numbers import Spans

# Where a bundle stands in the description of a release that it lies beside.
BUNDLE: Final = "bundle"
_SHOWN = 5
What = Mapping[str, JsonValue]


def describe(order: Order, leaving: Leaving) -> dict[str, JsonValue]:
    """What the digest of a request binds."""
    numbers: list[JsonValue] = [*Spans.over(leaving.numbers).texts]
    rests_on: list[JsonValue] = [f"{kind}/{key}" for kind, key in sorted(leaving.touches)]
    return {
        **_asked(order),
        "party_code": order.party.code if order.party else "",
        "party_name": order.party.name if order.party else "",
        "items": len(leaving.numbers),
        "numbers": numbers,
        "originals": leaving.originals,
        "bytes": leaving.bytes,
        "parts": list(leaving.parts),
        "rests_on": rests_on,
        "withheld": {
            "items": {reason: len(numbers) for reason, numbers in leaving.kept.items()},
            "parts": {reason: len(codes) for reason, codes in leaving.kept_parts.items()},
        },
    }


def _asked(order: Order) -> dict[str, JsonValue]:
    """What must be the very same when it is done."""
    last = disclosures.last_bundle_for(order.party, order.asker.case) if order.party else None
    return {
        "party": str(order.party.pk) if order.party else "",
        "words": order.words,
        "purpose": order.asker.purpose_code or "",
        "authority": order.authority,
        "names": order.names,
        "selection": {"kind": order.selection.kind, "names": list(order.selection.names)},
        "since": str(last) if last else "",
    }


@dataclass(frozen=True)
class Agreed:
    """What was agreed on, read back from its description."""

    what: What

    @property
    def items(self) -> int:
        """How many items."""
        return len_of(self.what.get("items"))

    @property
    def numbers(self) -> Spans:
        """Their numbers."""
        return Spans.read(texts_of(self.what.get("numbers")))

    @property
    def rests_on(self) -> frozenset[str]:
        """What other rooms give, and what that rests on, as kind/id."""
        return frozenset(texts_of(self.what.get("rests_on")))

    def others(self, order: Order, leaving: Leaving) -> list[str]:
        """In words, everything by which what would leave now is other or more than what was agreed on."""
        return [*self._differing(order), *self._more_items(leaving), *self._more_parts(leaving.touches)]

    def fewer(self, items: int, touches: Collection[tuple[str, str]]) -> int:
        """How much of what was agreed on stays here."""
        return self.items - items + len(self.rests_on - _texts(touches))

    def _differing(self, order: Order) -> Iterator[str]:
        words = {
            "party": _("It is for somebody else than was agreed on."),
            "words": _("It is for somebody else than was agreed on."),
            "purpose": _("Its purpose is another one."),
            "authority": _("It follows another order or request."),
            "names": _("File names were to stay here, or were to go along, and now it is the other way round."),
            "selection": _("Something else was chosen."),
            "since": _("Another bundle was finished for this recipient meanwhile."),
        }
        now = _asked(order)
        yield from dict.fromkeys(words[name] for name in words if now[name] != self.what.get(name))

    def _more_items(self, leaving: Leaving) -> Iterator[str]:
        spans = self.numbers
        more = [number for number in leaving.numbers if number not in spans]
        if more:
            count = len(more)
            said = ngettext(
                "%(n)d item more would leave: %(numbers)s", "%(n)d items more would leave: %(numbers)s", count
            )
            yield said % {"n": count, "numbers": ", ".join(more[:_SHOWN]) + (" …" if count > _SHOWN else "")}
        elif len(leaving.numbers) == self.items and leaving.originals != self.what.get("originals"):
            yield _("The items of these numbers are not those that were agreed on.")

    def _more_parts(self, touches: Collection[tuple[str, str]]) -> Iterator[str]:
        if _texts(touches) - self.rests_on:
            yield _("A statement would leave that was not agreed on, or on the strength of another consent.")


def bundle_in(approval: Approval) -> What:
    """What a request says of a bundle: all of it, or the part of a release that a bundle lies beside; else nothing."""
    what = approvals.what_of(approval)
    if approval.kind == ApprovalKind.RELEASE:
        return what
    said = what.get(BUNDLE)
    return said if isinstance(said, dict) else {}


def agreed_in(approval: Approval) -> Agreed:
    """What was agreed on of a bundle; of a request that speaks of none, that nothing leaves."""
    return Agreed(bundle_in(approval))


def _texts(touches: Collection[tuple[str, str]]) -> frozenset[str]:
    return frozenset(f"{kind}/{key}" for kind, key in touches)


def texts_of(value: JsonValue) -> list[str]:
    """The texts of a list; nothing for anything else."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def len_of(value: JsonValue) -> int:
    """A count; 0 for anything else."""
    return value if isinstance(value, int) else 0
