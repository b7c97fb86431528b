"""Who asks, what for, and in which form the bytes are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.http import HttpRequest

from custody import actors
from custody.actions import Action
from custody.cases import Role, role_in
from custody.core.entries import Actor
from custody.models import Account, Case
from custody.purposes import Purpose, purpose_in_session
from evidence.models import DerivativeKind


class Form(StrEnum):
    """The original, or one of the pictures made from it; ``REDACTED`` is the newest that was made in the case."""

    ORIGINAL = "original"
    PREVIEW = DerivativeKind.PREVIEW.value
    THUMBNAIL = DerivativeKind.THUMBNAIL.value
    VEILED = DerivativeKind.VEILED.value
    REDACTED = "redacted"

    @property
    def action(self) -> Action:
        """Taking the original out is another act than looking at a picture of it."""
        return Action.ITEM_DOWNLOADED if self is Form.ORIGINAL else Action.ITEM_VIEWED


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Somebody who wants bytes of one case. `account` is None for the operator at the server's console."""

    actor: Actor
    account: Account | None
    case: Case
    role: Role | None
    purpose: Purpose | None

    @property
    def is_member(self) -> bool:
        """Whether the case is open to them; the operator holds the disk and is on record by that office."""
        return self.account is None or self.role is not None

    @property
    def purpose_code(self) -> str | None:
        """The purpose as an entry holds it."""
        return self.purpose.value if self.purpose else None


def asker_for_request(request: HttpRequest, case: Case) -> Asker:
    """The signed-in person, in their role in this case, with the purpose of this session."""
    account = request.user if isinstance(request.user, Account) else None
    role = role_in(account, case) if account else None
    if account is None:
        message = "a request without an account does not come to the door"
        raise TypeError(message)
    return Asker(
        actor=actors.for_request(request, role=role.value if role else ""),
        account=account,
        case=case,
        role=role,
        purpose=purpose_in_session(request, case),
    )


def asker_for_command(*, case: Case, purpose: Purpose | None, account: Account | None = None) -> Asker:
    """Somebody at the console; with an account the rules of that person's membership hold."""
    return Asker(
        actor=actors.for_command(account),
        account=account,
        case=case,
        role=role_in(account, case) if account else None,
        purpose=purpose,
    )
