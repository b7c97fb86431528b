"""Reading the usual form of an entry: one that needs no escape, told by one pattern over all its bytes.

A ledger is read over and over, a million entries at a time. Taking an entry apart as JSON, writing it again to see
that it was canonical, and checking part by part takes four times as long as this pattern, which allows exactly what
those steps allow where no string holds a quotation mark, a backslash or anything else that is escaped. Whatever does
not fit is read the whole way (`reading`), which alone decides what is refused and why.
"""

import re
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from custody.core.canonical import MAX_INT
from custody.core.entries.records import MAX_STREAMS, VERSION, Actor, Entry, Link, Outcome, Outline, StreamLink

# As in `records`, less what a JSON string escapes.
_TEXT: Final = r"[^\x00-\x1f\x22\x5c\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
_ID: Final = r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}"
_CODE: Final = r"[a-z0-9_.:-]{0,64}"
_DIGEST: Final = r"[0-9a-f]{64}"
_TIME: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
_COUNT: Final = r"(?:0|[1-9][0-9]{0,15})"
_STREAM: Final = r"(?:item|case|user|person|dossier|key|batch|collection|party|ledger)(?:/[A-Za-z0-9-]{1,64})?"
_LINK: Final = rf'\{{"id":"({_STREAM})","n":({_COUNT}),"prev":(?:null|"({_DIGEST})")\}}'
_PAIR: Final = rf'"[A-Za-z0-9_.-]{{1,64}}":"{_TEXT}{{0,256}}"'
_OUTCOMES: Final = {outcome.value: outcome for outcome in Outcome}

# A link's three groups each time, so that one match gives them all.
_STREAMS: Final = _LINK + rf"(?:,{_LINK}" * (MAX_STREAMS - 1) + ")?" * (MAX_STREAMS - 1)

_ENTRY: Final = re.compile(
    rf'\{{"act":"({_ID})","action":"((?=[a-z_.]{{3,64}}")[a-z]+(?:\.[a-z_]+)+)"'
    rf',"actor":\{{("auth":"{_CODE}","id":"({_ID})","role":"{_CODE}","session":"(?:{_DIGEST})?")\}}'
    rf'(?:,"authority":"({_TEXT}{{1,256}})")?(?:,"corrects":({_COUNT}))?'
    rf'(?:,"detail":"({_DIGEST})")?,"id":"({_ID})","log":"([!#-*,-\[\]-~]{{1,128}})"'
    rf'(?:,"occurred":"({_TIME})")?,"outcome":"({"|".join(_OUTCOMES)})"'
    rf'(?:,"purpose":"([a-z0-9_.-]{{1,64}})")?,"salt":"([0-9a-f]{{32}})","seq":({_COUNT})'
    rf',"streams":\[{_STREAMS}\],"subject":\{{((?:{_PAIR}(?:,{_PAIR}){{0,19}})?)\}}'
    rf',"time":"({_TIME})","v":{VERSION}\}}'
)
_FIRST_LINK: Final = 14
_AFTER_LINKS: Final = _FIRST_LINK + 3 * MAX_STREAMS
_PAIRS: Final = re.compile(r'"([^"]*)":"([^"]*)"')
_KEYS: Final = re.compile(r'"([^"]*)":"[^"]*"')
_ACTOR: Final = re.compile(r'"auth":"([^"]*)","id":"([^"]*)","role":"([^"]*)","session":"([^"]*)"')
_set: Final = object.__setattr__


def read(data: bytes) -> Entry | None:
    """The entry, if its bytes are of the usual form; None says nothing about them."""
    groups = _groups(data)
    if groups is None:
        return None
    links = _links(groups)
    if links is None:
        return None
    act, action, actor, _id, authority, corrects, detail, name, log, occurred, outcome, purpose, salt, seq = groups[
        :_FIRST_LINK
    ]
    entry = object.__new__(Entry)
    # Its class need not look at each part again: the pattern did.
    _set(entry, "v", VERSION)
    _set(entry, "log", log)
    _set(entry, "seq", int(seq))
    _set(entry, "id", name)
    _set(entry, "act", act)
    _set(entry, "action", action)
    _set(entry, "time", groups[-1])
    _set(entry, "occurred", occurred)
    _set(entry, "actor", _actor(actor))
    _set(entry, "streams", tuple(_link(*link) for link in links))
    _set(entry, "subject", dict(_PAIRS.findall(groups[_AFTER_LINKS])))
    _set(entry, "authority", authority)
    _set(entry, "corrects", None if corrects is None else int(corrects))
    _set(entry, "outcome", _OUTCOMES[outcome])
    _set(entry, "purpose", purpose)
    _set(entry, "detail", detail)
    _set(entry, "salt", salt)
    return entry


def outline(data: bytes) -> Outline | None:
    """What is compared of the entry, if its bytes are of the usual form: every condition of `read`, half its work."""
    groups = _groups(data)
    if groups is None:
        return None
    links = _links(groups)
    if links is None:
        return None
    act, action, _actor, actor, _authority, _corrects, detail, name, log, _occurred, outcome = groups[:11]
    return Outline(int(groups[13]), name, act, action, outcome, actor, groups[-1], log, detail, links)


def _groups(data: bytes) -> tuple[Any, ...] | None:
    """The parts of an entry of the usual form, as text; its links are still to be looked at."""
    try:
        found = _ENTRY.fullmatch(data.decode())
    except UnicodeDecodeError:
        return None
    if found is None:
        return None
    groups = found.groups()
    keys = _KEYS.findall(groups[_AFTER_LINKS])
    # In their canonical order, and none twice.
    if len(keys) > 1 and keys != sorted(set(keys)):
        return None
    if not _numbers(int(groups[13]), groups[5]) or not _moments(groups[-1], groups[9]):
        return None
    return groups


def _links(groups: tuple[Any, ...]) -> tuple[Link, ...] | None:
    links: list[Link] = []
    for at in range(_FIRST_LINK, _AFTER_LINKS, 3):
        name, number, prev = groups[at : at + 3]
        if name is None:
            break
        n = int(number)
        if n > MAX_INT or (n == 0) is (prev is not None):
            return None
        links.append((name, n, prev))
    if len(links) > 1 and len({link[0] for link in links}) != len(links):
        return None
    return tuple(links)


def _link(name: str, n: int, prev: str | None) -> StreamLink:
    link = object.__new__(StreamLink)
    _set(link, "id", name)
    _set(link, "n", n)
    _set(link, "prev", prev)
    return link


def _numbers(seq: int, corrects: str | None) -> bool:
    return seq <= MAX_INT and (corrects is None or int(corrects) < seq)


def _moments(time: str, occurred: str | None) -> bool:
    try:
        datetime.fromisoformat(time)
        if occurred is not None:
            datetime.fromisoformat(occurred)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=512)
def _actor(text: str) -> Actor:
    (auth, name, role, session) = _ACTOR.findall(text)[0]
    return Actor(id=name, role=role, auth=auth, session=session)
