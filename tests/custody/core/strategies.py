"""Hypothesis strategies for what the core reads and writes."""

from hypothesis import strategies as st

from custody.core.canonical import MAX_INT, JsonValue
from custody.core.entries import Actor, Entry, Outcome, StreamLink

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ascii_keys = st.text(st.characters(max_codepoint=127), max_size=12)
integers = st.integers(-MAX_INT, MAX_INT)

json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | integers | text,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(ascii_keys, inner, max_size=5),
    max_leaves=25,
)

hashes = st.binary(min_size=32, max_size=32)
digests = hashes.map(bytes.hex)
ids = st.uuids().map(str)
stream_ids = st.one_of(
    st.just("ledger"),
    st.builds("{}/{}".format, st.sampled_from(["item", "case", "user", "person", "dossier", "key"]), ids),
)
links = st.integers(0, 10**6).flatmap(
    lambda n: st.builds(StreamLink, stream_ids, st.just(n), digests if n else st.none())
)
actors = st.builds(
    Actor,
    ids | st.just("system"),
    st.sampled_from(["lead", "investigator", "lawyer", "auditor", ""]),
    st.sampled_from(["password", "command", ""]),
    digests | st.just(""),
)
times = st.datetimes().map(lambda moment: f"{moment.isoformat(timespec='milliseconds')}Z")
subjects = st.dictionaries(
    st.from_regex(r"[A-Za-z0-9_.-]{1,12}", fullmatch=True),
    digests | ids | st.text(st.characters(categories=["L", "Nd"]), max_size=20),
    max_size=8,
)


def _entries(seq: int) -> st.SearchStrategy[Entry]:
    return st.builds(
        Entry,
        log=st.sampled_from(["amana.example/ledger", "demo.localhost/ledger"]),
        seq=st.just(seq),
        id=ids,
        act=ids,
        action=st.sampled_from(["item.received", "case.created", "person.key_created", "a.b.c"]),
        time=times,
        occurred=st.none() | times,
        actor=actors,
        streams=st.lists(links, min_size=1, max_size=4, unique_by=lambda link: link.id).map(tuple),
        subject=subjects,
        authority=st.none() | st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=40),
        corrects=st.none() | st.integers(0, seq - 1) if seq else st.none(),
        outcome=st.sampled_from(Outcome),
        purpose=st.none() | st.sampled_from(["intake", "case-preparation"]),
        detail=st.none() | digests,
        salt=digests.map(lambda digest: digest[:32]),
    )


entries = st.integers(0, 2**53 - 1).flatmap(_entries)
