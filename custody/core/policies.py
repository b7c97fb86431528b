"""C2SP tlog-policy (c2sp.org/tlog-policy): which logs, which cosigners, and how many of them must have signed.

Stricter than the specification: a policy is UTF-8, no larger than 64 KiB, and no log may cosign itself.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from custody.core.cosignatures import Cosignature, CosignerKey
from custody.core.errors import NoteError, PolicyError
from custody.core.notes import VerifierKey

MAX_BYTES: Final = 2**16
MAX_OF_A_KIND: Final = 64
"""Logs, witnesses, groups: the specification wants at least 32 of each."""

NO_QUORUM: Final = "none"

_ITEM: Final = re.compile(r"[^\x00-\x20\x7f\ud800-\udfff]{1,2048}")
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_THRESHOLD: Final = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Log:
    """A log whose checkpoints are accepted; its origin is the key's name."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A cosigner. `name` is the policy's own; the key's name may be another. `url` is its submission prefix."""

    name: str
    key: CosignerKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Counts as having signed when at least `threshold` of its members have; members are witnesses or groups."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Logs, witnesses, groups in the order of their lines, and the name that must have signed (None: nobody)."""

    logs: tuple[Log, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str | None

    def __post_init__(self) -> None:
        """Raises PolicyError for whatever `parse` would refuse."""
        lines = _Lines()
        for log in self.logs:
            lines.add_log(log)
        for witness in self.witnesses:
            lines.add_witness(witness)
        for group in self.groups:
            lines.add_group(group)
        lines.set_quorum(self.quorum or NO_QUORUM)
        if len(self.encode()) > MAX_BYTES:
            raise PolicyError("the policy is larger than 64 KiB")

    def encode(self) -> bytes:
        """The file that `parse` reads."""
        lines = [_line("log", log.key.encode(), log.url) for log in self.logs]
        lines += [_line("witness", each.name, each.key.encode(), each.url) for each in self.witnesses]
        lines += [_line("group", each.name, _threshold_word(each), *each.members) for each in self.groups]
        lines.append(_line("quorum", self.quorum or NO_QUORUM))
        return "".join(lines).encode()


@dataclass(frozen=True, slots=True)
class Standing:
    """Which of a policy's witnesses signed and which did not, by their names there, and whether that is enough."""

    signed: tuple[str, ...]
    missing: tuple[str, ...]
    met: bool
    words: str


def parse(untrusted_data: bytes) -> Policy:
    """Read a policy. Proves nothing about whose keys they are: trust comes from fingerprints on paper.

    Raises PolicyError.
    """
    if len(untrusted_data) > MAX_BYTES:
        raise PolicyError("the policy is larger than 64 KiB")
    try:
        text = untrusted_data.decode()
    except UnicodeDecodeError as error:
        raise PolicyError("the policy is not valid UTF-8") from error
    if not text.endswith("\n"):
        raise PolicyError("the policy does not end in a line feed")
    lines = _Lines()
    for number, line in enumerate(text[:-1].split("\n"), 1):
        try:
            lines.read(line)
        except (PolicyError, NoteError) as error:
            raise PolicyError(f"line {number}: {error}") from error
    return lines.policy()


def satisfied(policy: Policy, cosignatures: Iterable[Cosignature]) -> Standing:
    """Which witnesses cosigned, and whether the quorum is met.

    Several cosignatures under one key count once, those of keys outside the policy not at all. Does not look at their
    times, and takes the caller's word that all were verified against one and the same checkpoint of a log that the
    policy names (`cosignatures.verify_all`).
    """
    keys = {cosignature.key for cosignature in cosignatures}
    signed = tuple(each.name for each in policy.witnesses if each.key in keys)
    missing = tuple(each.name for each in policy.witnesses if each.key not in keys)
    fulfilled = set(signed)
    # Members stand before their groups.
    for group in policy.groups:
        if len(fulfilled.intersection(group.members)) >= group.threshold:
            fulfilled.add(group.name)
    met = policy.quorum is None or policy.quorum in fulfilled
    return Standing(signed, missing, met, _words(policy, signed, met=met))


def _words(policy: Policy, signed: tuple[str, ...], *, met: bool) -> str:
    count = f"{len(signed)} of {len(policy.witnesses)} cosigners signed"
    names = f": {', '.join(signed)}" if signed else ""
    if policy.quorum is None:
        return f"{count}{names}. The policy asks for none: the operator could rewrite history."
    return f"{count}{names}. The quorum {policy.quorum} is {'met' if met else 'not met'}."


class _Lines:
    """What the lines read so far define; each new one must fit."""

    def __init__(self) -> None:
        self._logs: dict[bytes, Log] = {}
        self._witnesses: dict[bytes, Witness] = {}
        self._groups: list[Group] = []
        self._names = {NO_QUORUM}
        self._members: set[str] = set()
        self._quorum: str | None = None

    def read(self, line: str) -> None:
        """One line of a file."""
        if _FORBIDDEN.search(line):
            raise PolicyError("a control character")
        words = [word for word in re.split(r"[ \t]+", line) if word]
        if not words or words[0].startswith("#"):
            return
        match words:
            case ["log", key, *url] if len(url) <= 1:
                self.add_log(Log(VerifierKey.parse(key), *url))
            case ["witness", name, key, *url] if len(url) <= 1:
                self.add_witness(Witness(name, CosignerKey.parse(key), *url))
            case ["group", name, threshold, *members]:
                self.add_group(Group(name, _threshold(threshold, len(members)), tuple(members)))
            case ["quorum", name]:
                self.set_quorum(name)
            case _:
                raise PolicyError("not a line of a policy, or one with too few or too many words")

    def policy(self) -> Policy:
        """Everything read, if it is whole."""
        if self._quorum is None:
            raise PolicyError("the policy has no quorum line")
        quorum = None if self._quorum == NO_QUORUM else self._quorum
        return Policy(tuple(self._logs.values()), tuple(self._witnesses.values()), tuple(self._groups), quorum)

    def add_log(self, log: Log) -> None:
        """A log whose key is not yet used."""
        _check_count(len(self._logs), "logs")
        self._check_key(log.key.public)
        # A key's name may hold what a line of a policy can't, such as a character to delete.
        _check_items(log.key.name, log.url)
        self._logs[log.key.public] = log

    def add_witness(self, witness: Witness) -> None:
        """A witness whose name and key are not yet used."""
        _check_count(len(self._witnesses), "witnesses")
        self._check_key(witness.key.public)
        _check_items(witness.key.name, witness.url)
        self._define(witness.name)
        self._witnesses[witness.key.public] = witness

    def add_group(self, group: Group) -> None:
        """A group of members that are defined and in no other group."""
        _check_count(len(self._groups), "groups")
        if not 1 <= group.threshold <= len(group.members):
            raise PolicyError("a group asks for no member, or for more than it has")
        for member in group.members:
            self._check_defined(member)
            if member in self._members:
                raise PolicyError(f"{member} is already a member of a group")
            self._members.add(member)
        self._define(group.name)
        self._groups.append(group)

    def set_quorum(self, name: str) -> None:
        """The one name that must have signed."""
        if self._quorum is not None:
            raise PolicyError("a second quorum line")
        if name != NO_QUORUM:
            self._check_defined(name)
        self._quorum = name

    def _define(self, name: str) -> None:
        _check_items(name)
        if name in self._names:
            raise PolicyError(f"the name {name} is already taken")
        self._names.add(name)

    def _check_defined(self, name: str) -> None:
        if name == NO_QUORUM or name not in self._names:
            raise PolicyError(f"no witness or group {name} is defined above")

    def _check_key(self, public: bytes) -> None:
        # One key under two names could be counted twice; a log that cosigns itself adds nothing.
        if public in self._logs or public in self._witnesses:
            raise PolicyError("the same key stands on two lines")


def _threshold(word: str, members: int) -> int:
    if word in ("all", "any"):
        return members if word == "all" else 1
    if _THRESHOLD.fullmatch(word) is None:
        raise PolicyError("a group's threshold is not all, any or a plain number")
    return int(word)


def _threshold_word(group: Group) -> str:
    if group.threshold == len(group.members):
        return "all"
    return "any" if group.threshold == 1 else str(group.threshold)


def _line(*words: str | None) -> str:
    return " ".join(word for word in words if word is not None) + "\n"


def _check_count(count: int, what: str) -> None:
    if count >= MAX_OF_A_KIND:
        raise PolicyError(f"more than {MAX_OF_A_KIND} {what}")


def _check_items(*items: str | None) -> None:
    if any(item is not None and _ITEM.fullmatch(item) is None for item in items):
        raise PolicyError("a name or an address is empty, too long, or holds a space or control character")
