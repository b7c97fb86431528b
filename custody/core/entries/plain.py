"""Reading the usual form of an entry: one that needs no escape, told by one pattern over all its bytes.

A ledger is read over and over, a million entries at a time. Taking an entry apart as JSON, writing it again to see
that it was canonical, and checking part by part takes four times as long as this pattern, which allows exactly what
those steps allow where no string holds a quotation mark, a backslash or anything else that is escaped. Whatever does
not fit is read the whole way (`reading`), which alone decides what is refused and why.
"""

import itertools
import re
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from custody.core.canonical import MAX_INT
from custody.core.entries.records import VERSION, Actor, Entry, Outcome, StreamLink

# As in `records`, less what a JSON string escapes.
_TEXT: Final = r"[^\x00-\x1f\x22\x5c\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
_ID: Final = r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}"
_CODE: Final = r"[a-z0-9_.:-]{0,64}"
_DIGEST: Final = r"[0-9a-f]{64}"
_TIME: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
_COUNT: Final = r"(?:0|[1-9][0-9]{0,15})"
_STREAM: Final = r"(?:item|case|user|person|dossier|key|batch|collection|party|ledger)(?:/[A-Za-z0-9-]{1,64})?"
_LINK: Final = rf'\{{"id":"{_STREAM}","n":{_COUNT},"prev":(?:null|"{_DIGEST}")\}}'
_PAIR: Final = rf'"[A-Za-z0-9_.-]{{1,64}}":"{_TEXT}{{0,256}}"'
_OUTCOMES: Final = {outcome.value: outcome for outcome in Outcome}

_ENTRY: Final = re.compile(
    rf'\{{"act":"(?P<act>{_ID})","action":"(?P<action>(?=[a-z_.]{{3,64}}")[a-z]+(?:\.[a-z_]+)+)"'
    rf',"actor":\{{(?P<actor>"auth":"{_CODE}","id":"{_ID}","role":"{_CODE}","session":"(?:{_DIGEST})?")\}}'
    rf'(?:,"authority":"(?P<authority>{_TEXT}{{1,256}})")?(?:,"corrects":(?P<corrects>{_COUNT}))?'
    rf'(?:,"detail":"(?P<detail>{_DIGEST})")?,"id":"(?P<id>{_ID})","log":"(?P<log>[!#-*,-\[\]-~]{{1,128}})"'
    rf'(?:,"occurred":"(?P<occurred>{_TIME})")?,"outcome":"(?P<outcome>{"|".join(_OUTCOMES)})"'
    rf'(?:,"purpose":"(?P<purpose>[a-z0-9_.-]{{1,64}})")?,"salt":"(?P<salt>[0-9a-f]{{32}})","seq":(?P<seq>{_COUNT})'
    rf',"streams":\[(?P<streams>{_LINK}(?:,{_LINK}){{0,3}})\],"subject":\{{(?P<subject>(?:{_PAIR}(?:,{_PAIR}){{0,19}})?)\}}'
    rf',"time":"(?P<time>{_TIME})","v":{VERSION}\}}'
)
_LINKS: Final = re.compile(r'"id":"([^"]*)","n":([0-9]+),"prev":(?:null|"([0-9a-f]*)")')
_PAIRS: Final = re.compile(r'"([^"]*)":"([^"]*)"')
_ACTOR: Final = re.compile(r'"auth":"([^"]*)","id":"([^"]*)","role":"([^"]*)","session":"([^"]*)"')
_set: Final = object.__setattr__


def read(data: bytes) -> Entry | None:
    """The entry, if its bytes are of the usual form; None says nothing about them."""
    try:
        found = _ENTRY.fullmatch(data.decode())
    except UnicodeDecodeError:
        return None
    if found is None:
        return None
    parts: dict[str, Any] = found.groupdict()
    streams, subject = _streams(parts["streams"]), _subject(parts["subject"])
    if streams is None or subject is None or not _numbers(parts) or not _moments(parts):
        return None
    parts["streams"], parts["subject"] = streams, subject
    parts["actor"] = _actor(parts["actor"])
    parts["outcome"] = _OUTCOMES[parts["outcome"]]
    return _made(parts)


def _streams(text: str) -> tuple[StreamLink, ...] | None:
    links = []
    names = set()
    for name, number, prev in _LINKS.findall(text):
        n = int(number)
        if n > MAX_INT or (n == 0) is bool(prev) or name in names:
            return None
        names.add(name)
        link = object.__new__(StreamLink)
        _set(link, "id", name)
        _set(link, "n", n)
        _set(link, "prev", prev or None)
        links.append(link)
    return tuple(links)


def _subject(text: str) -> dict[str, str] | None:
    pairs = _PAIRS.findall(text)
    keys = [key for key, _value in pairs]
    # In their canonical order, and none twice.
    if any(one >= other for one, other in itertools.pairwise(keys)):
        return None
    return dict(pairs)


def _numbers(parts: dict[str, Any]) -> bool:
    parts["seq"] = int(parts["seq"])
    if parts["corrects"] is not None:
        parts["corrects"] = int(parts["corrects"])
        return bool(parts["corrects"] < parts["seq"] <= MAX_INT)
    return bool(parts["seq"] <= MAX_INT)


def _moments(parts: dict[str, Any]) -> bool:
    try:
        datetime.fromisoformat(parts["time"])
        if parts["occurred"] is not None:
            datetime.fromisoformat(parts["occurred"])
    except ValueError:
        return False
    return True


@lru_cache(maxsize=512)
def _actor(text: str) -> Actor:
    (auth, name, role, session) = _ACTOR.findall(text)[0]
    return Actor(id=name, role=role, auth=auth, session=session)


def _made(parts: dict[str, Any]) -> Entry:
    """The entry without its class looking at each part again: the pattern did."""
    entry = object.__new__(Entry)
    _set(entry, "v", VERSION)
    for name, value in parts.items():
        _set(entry, name, value)
    return entry
