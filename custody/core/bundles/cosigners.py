"""Cosigners of a bundle's checkpoints: whether enough outside parties have seen the very tree that is shown here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from custody.core import cosignatures, entries, notes, policies
from custody.core.bags import Bag
from custody.core.bundles import layout
from custody.core.bundles.keys import Keys
from custody.core.bundles.tree import MAX_NOTE_BYTES
from custody.core.checkpoints import Checkpoint
from custody.core.cosignatures import Cosignature, CosignerKey
from custody.core.errors import BundleError, CheckpointError, NoteError, PolicyError
from custody.core.policies import Policy, Standing
from custody.core.reports import Report

Signed = tuple[str, Checkpoint]
"""A checkpoint of the bundle that the ledger's key signed, and its path."""

LAST_TIME = 253402300799
"""The last second that has four digits of year: a cosigner may claim any number."""


@dataclass(frozen=True)
class Circle:
    """The policy by which cosigners are counted, and the one enclosed; the same unless the recipient gave his own."""

    rules: Policy | None
    enclosed: Policy | None
    given: bool

    @property
    def keys(self) -> list[CosignerKey]:
        """Every cosigner's key of either policy, each once."""
        both = [policy for policy in (self.rules, self.enclosed) if policy is not None]
        return list(dict.fromkeys(witness.key for policy in both for witness in policy.witnesses))

    @property
    def fingerprints(self) -> dict[str, str]:
        """What the fingerprints of the enclosed policy's keys stand for."""
        found = self.enclosed.witnesses if self.enclosed else ()
        return {notes.fingerprint(each.key.encode()): f"the key of the cosigner {each.name}" for each in found}


def load(bag: Bag, report: Report, untrusted_given: bytes | None) -> Circle:
    """Read the enclosed policy, and the recipient's own where he gave one: that one counts."""
    enclosed = None
    if bag.has(layout.POLICY):
        try:
            enclosed = policies.parse(bag.read(layout.POLICY, limit=policies.MAX_BYTES))
        except (BundleError, PolicyError) as error:
            report.bad("cosigner", layout.POLICY, f"the policy of cosigners cannot be read: {error}")
    if untrusted_given is None:
        return Circle(enclosed, enclosed, given=False)
    try:
        return Circle(policies.parse(untrusted_given), enclosed, given=True)
    except PolicyError as error:
        report.unknown("cosigner", "policy given", f"the policy you gave cannot be read: {error}")
        return Circle(None, enclosed, given=True)


def check(bag: Bag, report: Report, circle: Circle, keys: Keys, signed: Sequence[Signed]) -> bool:
    """Check each cosigner's line, then whether those that can be trusted are enough; returns whether they are.

    (1) The policies speak of this ledger's key. (2) Every line under a key of either policy holds. (3) Whose keys are
    genuine: all of a policy that the recipient gave, of the enclosed one those whose fingerprints came from paper.
    (4) Their lines meet the quorum, under the bundle's checkpoint or under the seal's, which was shown to extend it.

    Does not prove that a cosigner's clock is right, nor that cosigners do not conspire with the operator.
    """
    _check_log(report, circle, keys)
    found = [(path, _lines(bag, report, circle, path, checkpoint)) for path, checkpoint in signed]
    if circle.rules is None:
        if not circle.given:
            report.not_checked.append("whether anybody outside cosigned: no policy of cosigners is enclosed")
        return False
    if report.failed("cosigner"):
        return False
    return _judge(report, circle, keys, circle.rules, found)


def _check_log(report: Report, circle: Circle, keys: Keys) -> None:
    if keys.ledger is None:
        return
    for policy, where in ((circle.enclosed, layout.POLICY), (circle.rules if circle.given else None, "policy given")):
        if policy is not None and keys.ledger not in {log.key for log in policy.logs}:
            report.bad("cosigner", where, "the policy does not speak of this ledger's key")


def _lines(bag: Bag, report: Report, circle: Circle, path: str, checkpoint: Checkpoint) -> tuple[Cosignature, ...]:
    try:
        note = bag.read(path, limit=MAX_NOTE_BYTES)
        lines = cosignatures.verify_all(note, checkpoint=checkpoint, keys=circle.keys)
    except (BundleError, NoteError, CheckpointError) as error:
        report.bad("cosigner", path, f"a cosigner's line does not hold: {error}")
        return ()
    if lines:
        report.counts["cosignatures"] += len(lines)
    return lines


def _judge(
    report: Report, circle: Circle, keys: Keys, rules: Policy, found: Sequence[tuple[str, tuple[Cosignature, ...]]]
) -> bool:
    confirmed = {each for each in rules.witnesses if circle.given or _fingerprint(each.key) in keys.confirmed}
    genuine = {each.key for each in confirmed}
    best = _best(rules, [(path, [line for line in lines if line.key in genuine]) for path, lines in found])
    unconfirmed = [each for each in rules.witnesses if each not in confirmed]
    if unconfirmed:
        _tell_unconfirmed(report, rules, found, [f"{each.name} {_fingerprint(each.key)}" for each in unconfirmed])
    if best is None or not (confirmed or circle.given):
        if not rules.witnesses:
            report.not_checked.append("whether the operator rewrote history: the policy enclosed names no cosigner")
        return False
    path, standing, words = best
    if standing.met:
        report.ok("cosigner", path, words)
    elif circle.given:
        report.bad("cosigner", path, f"the policy you gave is not met: {words}")
    else:
        report.unknown("cosigner", path, f"of the cosigners whose fingerprints you gave, not enough signed: {words}")
    return standing.met and rules.quorum is not None


def _best(rules: Policy, found: Sequence[tuple[str, Sequence[Cosignature]]]) -> tuple[str, Standing, str] | None:
    """The first note that meets the quorum, else the first."""
    told = [(path, policies.satisfied(rules, lines), lines) for path, lines in found]
    for path, standing, lines in sorted(told, key=lambda row: not row[1].met):
        return path, standing, f"{standing.words}{_times(lines)}"
    return None


def _tell_unconfirmed(
    report: Report,
    rules: Policy,
    found: Sequence[tuple[str, tuple[Cosignature, ...]]],
    named: Sequence[str],
) -> None:
    best = _best(rules, found)
    words = best[2] if best else "nobody signed"
    report.not_checked.append(
        f"whether the cosigners are genuine. If their keys enclosed are: {words} "
        f"Compare their SHA-256 fingerprints with paper: {', '.join(named)}"
    )


def _times(lines: Sequence[Cosignature]) -> str:
    """When each signed, by its own clock."""
    told = [f"{line.cosigner} {_moment(line.time)}" for line in lines]
    return f" Signed, by their own clocks: {', '.join(told)}." if told else ""


def _moment(seconds: int) -> str:
    if seconds > LAST_TIME:
        return f"{seconds} seconds after 1970"
    return entries.format_time(datetime.fromtimestamp(seconds, UTC))


def _fingerprint(key: CosignerKey) -> str:
    return notes.fingerprint(key.encode())
