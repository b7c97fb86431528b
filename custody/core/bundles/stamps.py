"""Time-stamps of a bundle: by when its entries stood in the tree, told by clocks that are not the operator's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from custody.core import authority, checkpoints, timestamps
from custody.core.bagging import TAG_MANIFESTS
from custody.core.bags import MAX_MANIFEST_BYTES, Bag
from custody.core.bundles import layout
from custody.core.bundles.keys import Keys
from custody.core.bundles.tree import MAX_NOTE_BYTES
from custody.core.checkpoints import Checkpoint
from custody.core.errors import BundleError, CheckpointError, CustodyError, NoteError, SignatureError
from custody.core.reports import Report
from custody.core.timestamps import MAX_RESPONSE_BYTES, Answer, Verification

MAX_STAMPS = 4096
MAX_AUTHORITIES = 64

_TAG_MANIFEST = TAG_MANIFESTS["sha256"]


@dataclass(frozen=True)
class Authority:
    """A time authority whose certificates are enclosed: the pinned one, and those that may lie in between."""

    name: str
    pinned: x509.Certificate
    between: tuple[x509.Certificate, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the pinned certificate, in hex."""
        return authority.fingerprint(self.pinned)


@dataclass(frozen=True)
class _Dated:
    """One time-stamp that holds under its authority's certificate: how many entries, when, by whose."""

    size: int
    time: datetime
    by: Authority


def load(bag: Bag, report: Report) -> dict[str, Authority]:
    """The enclosed authorities by name; files that cannot be read are findings."""
    found: dict[str, Authority] = {}
    for path in bag.files(layout.STAMPS):
        name = layout.read_authority_path(path)
        if name is None:
            continue
        if len(found) >= MAX_AUTHORITIES:
            report.unknown("time-stamp", path, "there are more authorities than are looked at")
            break
        try:
            pinned, *between = authority.load_chain(bag.read(path, limit=authority.MAX_PEM_BYTES))
        except (BundleError, SignatureError) as error:
            report.bad("time-stamp", path, f"the authority's certificates: {error}")
            continue
        found[name] = Authority(name, pinned, tuple(between))
    return found


def sizes(bag: Bag) -> set[int]:
    """Sizes of the trees whose notes were dated, so that their roots can be computed."""
    found = (layout.read_stamped_note_path(path) for path in bag.files(layout.STAMPS))
    return {size for size, _ in zip((size for size in found if size is not None), range(MAX_STAMPS), strict=False)}


def check(
    bag: Bag,
    report: Report,
    keys: Keys,
    authorities: Mapping[str, Authority],
    roots: Mapping[int, bytes],
    now: datetime | None,
) -> bool:
    """Check every time-stamp; returns whether an authority confirmed on paper dates the entries of this bundle.

    (1) Each note that was dated is a checkpoint of this ledger, signed by its key, and its root follows from the tiles.
    (2) Each time-stamp was made for its note, under the enclosed certificate of its authority. (3) The seal's was made
    for the tag manifest. (4) What follows for the exported entries. Without `now` a certificate's expiry is told and
    not judged. An authority counts as genuine by the fingerprint of its certificate from paper alone.

    Does not prove that an authority's clock is right or that its certificate was not revoked (`timestamps.verify`).
    """
    _check_names(bag, report)
    dated = list(_dated(bag, report, keys, authorities, roots, now))
    sealed = _check_seal(bag, report, keys, authorities, now)
    confirmed = [each for each in dated if each.by.fingerprint in keys.confirmed]
    bounds = bag.index.execute("SELECT MIN(seq), MAX(seq) FROM entry").fetchone()
    if bounds[0] is not None:
        words = _bracket(confirmed, *bounds)
        if words:
            report.ok("time-stamp", "all", words)
        _tell_unconfirmed(report, [each for each in dated if each not in confirmed], *bounds)
    if sealed is not None and sealed.by.fingerprint not in keys.confirmed:
        report.not_checked.append(
            f"whether this bundle was whole by {_in_words(sealed.time)}: the seal's time-stamp holds if the "
            f"certificate enclosed of {sealed.by.name} is genuine; compare its SHA-256 fingerprint "
            f"{sealed.by.fingerprint}"
        )
    return bool(_bracket(confirmed, *bounds)) if bounds[0] is not None else False


def _check_names(bag: Bag, report: Report) -> None:
    readers = (layout.read_stamp_path, layout.read_stamped_note_path, layout.read_authority_path)
    for path in bag.files(layout.STAMPS):
        if all(read(path) is None for read in readers):
            report.bad("time-stamp", path, "its name is not that of a note, a time-stamp or a certificate")


def _dated(
    bag: Bag,
    report: Report,
    keys: Keys,
    authorities: Mapping[str, Authority],
    roots: Mapping[int, bytes],
    now: datetime | None,
) -> Iterator[_Dated]:
    found = ((path, layout.read_stamp_path(path)) for path in bag.files(layout.STAMPS))
    for number, (path, named) in enumerate((path, named) for path, named in found if named is not None):
        if number >= MAX_STAMPS:
            report.unknown("time-stamp", path, "there are more time-stamps than are looked at")
            return
        size, name = named
        note = _note(bag, report, keys, roots, size)
        by = authorities.get(name)
        if by is None:
            report.unknown("time-stamp", path, "there is no certificate of its authority to check it with")
        if note is None or by is None:
            continue
        worth = _verify(bag, report, path, note, [by], now)
        if worth is not None and worth.stamp is not None:
            report.counts["time_stamps"] += 1
            if by.fingerprint in keys.confirmed:
                words = f"{_in_words(worth.stamp.time)}, by {name}: {_answer(worth)}"
                report.ok("time-stamp", path, f"the tree of {size} entries was dated {words}")
            yield _Dated(size, worth.stamp.time, by)


def _note(bag: Bag, report: Report, keys: Keys, roots: Mapping[int, bytes], size: int) -> bytes | None:
    """The note that was dated, if it is a checkpoint of this ledger as far as it had grown then."""
    path = layout.stamped_note_path(size)
    if keys.ledger is None:
        report.unknown("time-stamp", path, "there is no key to check the dated checkpoint with")
        return None
    try:
        note = bag.read(path, limit=MAX_NOTE_BYTES)
        checkpoint = checkpoints.open_checkpoint(note, origin=keys.ledger.name, keys=[keys.ledger])
    except (BundleError, NoteError, CheckpointError) as error:
        report.bad("time-stamp", path, f"what was dated is not a checkpoint signed with the ledger's key: {error}")
        return None
    return note if _follows(report, path, checkpoint, size, roots) else None


def _follows(report: Report, path: str, dated: Checkpoint, size: int, roots: Mapping[int, bytes]) -> bool:
    if dated.size != size:
        report.bad("time-stamp", path, f"it is the checkpoint of {dated.size} entries")
    elif not roots:
        report.unknown("time-stamp", path, "the tree cannot be computed, so nothing tells whether this was its state")
    elif roots.get(size) != dated.root:
        report.bad("time-stamp", path, "the checkpoint that was dated is not of this tree: history was rewritten")
    else:
        return True
    return False


def _check_seal(
    bag: Bag, report: Report, keys: Keys, authorities: Mapping[str, Authority], now: datetime | None
) -> _Dated | None:
    if not bag.has(layout.SEAL_STAMP):
        return None
    if not authorities:
        report.unknown("time-stamp", layout.SEAL_STAMP, "there is no certificate of an authority to check it with")
        return None
    try:
        data = bag.read(_TAG_MANIFEST, limit=MAX_MANIFEST_BYTES)
    except BundleError as error:
        report.bad("time-stamp", layout.SEAL_STAMP, f"what it was made for cannot be read: {error}")
        return None
    ordered = sorted(authorities.values(), key=lambda each: each.fingerprint not in keys.confirmed)
    worth = _verify(bag, report, layout.SEAL_STAMP, data, ordered, now)
    if worth is None or worth.stamp is None:
        return None
    by = next(each for each in ordered if each.fingerprint == worth.pinned)
    if by.fingerprint in keys.confirmed:
        words = f"{_in_words(worth.stamp.time)}, by {by.name}: {_answer(worth)}"
        report.ok("time-stamp", layout.SEAL_STAMP, f"{_TAG_MANIFEST}, and all that it lists, was dated {words}")
    return _Dated(0, worth.stamp.time, by)


def _verify(
    bag: Bag, report: Report, path: str, data: bytes, trusted: Sequence[Authority], now: datetime | None
) -> Verification | None:
    """What the time-stamp proves about `data`, None with a finding when it proves nothing."""
    try:
        response = bag.read(path, limit=MAX_RESPONSE_BYTES)
        stamped = timestamps.read_token(response).stamp.time
    except CustodyError as error:
        report.bad("time-stamp", path, str(error))
        return None
    worth = timestamps.verify(
        response,
        data,
        authorities=[each.pinned for each in trusted],
        chain=[each for one in trusted for each in one.between],
        now=now or stamped,
    )
    if worth.answer is Answer.BAD:
        report.bad("time-stamp", path, worth.reason)
    elif worth.answer is Answer.UNKNOWN:
        report.unknown("time-stamp", path, worth.reason)
    else:
        return worth
    return None


def _answer(worth: Verification) -> str:
    expires = _in_words(worth.expires) if worth.expires else "an unknown time"
    if worth.answer is Answer.VALID_WHEN_STAMPED:
        return f"valid when stamped, the authority's certificate has since expired, {expires}"
    return f"valid, the authority's certificate lasts until {expires}"


def _bracket(dated: Sequence[_Dated], first: int, last: int) -> str:
    """What the time-stamps say of entries `first` to `last`, empty where none covers them all."""
    after = [each for each in dated if each.size > last]
    if not after:
        return ""
    by = min(after, key=lambda each: each.time)
    words = f"the entries of this bundle ({first} to {last}) stood in the tree by {_in_words(by.time)} ({by.by.name})"
    before = [each for each in dated if each.size <= first]
    if before:
        since = max(before, key=lambda each: each.time)
        words += f"; none of them stood in the tree that was dated {_in_words(since.time)} ({since.by.name})"
    return words


def _tell_unconfirmed(report: Report, dated: Sequence[_Dated], first: int, last: int) -> None:
    """What holds if the enclosed certificate is genuine, for each authority."""
    for fingerprint, by in {each.by.fingerprint: each.by for each in dated}.items():
        mine = [each for each in dated if each.by.fingerprint == fingerprint]
        words = _bracket(mine, first, last) or f"{len(mine)} earlier states of the tree were dated"
        report.not_checked.append(
            f"whether the time authority {by.name} is genuine: {words}, which holds if the certificate enclosed is "
            f"genuine; compare its SHA-256 fingerprint {fingerprint}"
        )


def _in_words(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
