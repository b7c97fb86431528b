"""The table of attacks: who does what, what shows it or the honest word that nothing here does, and the tests of it.

`config/docs/attacks.md` is this table in print: `python -m tests.custody.attacks.table` writes the page anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby


class Adversary(StrEnum):
    """Who does it, by what that person holds."""

    DISKS = "Outsider with the disks"
    DATABASE = "Insider with database rights"
    SUPERUSER = "Superuser with the fences off"
    LEDGER_KEY = "System administrator with the ledger's key"
    RECEIPTS_KEY = "System administrator with the receipts' signing key"
    RESTORER = "Whoever puts back a backup or cuts off the end"
    COURIER = "Whoever has a bundle in hand before its recipient"
    PUBLISHER = "Operator who makes the bundle"
    PACKER = "Sender of a hostile bag"
    SPELLER = "Whoever writes entries and records in another spelling"
    CLOCK = "Whoever sets the clock"
    VOUCHER = "Forger of what outside parties said"


@dataclass(frozen=True)
class Attack:
    """One row. `only_outside`: nothing on this machine or in the bundle shows it. `unseen`: no check anywhere does."""

    adversary: Adversary
    act: str
    mechanism: str
    tests: tuple[str, ...]
    only_outside: bool = False
    unseen: bool = False

    @property
    def seen(self) -> str:
        """Where it shows, in a word."""
        return "by nobody" if self.unseen else "only outside" if self.only_outside else "yes"


ATTACKS = "tests/custody/attacks"
CORE = "tests/custody/core"
BUNDLES = f"{CORE}/bundles"
HELD = f"{ATTACKS}/test_who_holds_the_ledgers_key.py"
ROLLED = f"{ATTACKS}/test_rollback_and_truncation.py"
CUT = f"{ATTACKS}/test_truncation_with_the_key.py"
LEFT_OUT = f"{ATTACKS}/test_left_out_of_a_bundle.py"
RECEIPTS = f"{ATTACKS}/test_who_holds_the_receipts_key.py"
RESPELT = f"{ATTACKS}/test_recanonicalised.py"
EARLY = f"{ATTACKS}/test_before_a_checkpoint.py"
DISK = f"{ATTACKS}/test_who_holds_the_disk.py"
CLOCKS = f"{ATTACKS}/test_clocks.py"
COSIGNING = "tests/custody/anchoring/test_cosigning.py"
GUARD = "tests/custody/notary/test_clock_guard.py"
OUTSIDE = f"{BUNDLES}/test_bundles_outside.py"
FORK = f"{OUTSIDE}::TestAForkShownToOneRecipientOnly"
STAMPS_REFUSED = f"{CORE}/timestamps/test_timestamps_refuse.py"
STAMPED = f"{CORE}/timestamps/test_timestamps_answers.py"


def _each(test: str, *names: str) -> tuple[str, ...]:
    """One test under some of its names."""
    return tuple(f"{test}[{name}]" for name in names)


def _ledger(*names: str) -> tuple[str, ...]:
    return _each("tests/custody/verification/test_tampering.py::test_tampering_is_found", *names)


def _forged(*names: str) -> tuple[str, ...]:
    return _each("tests/custody/verification/test_forging.py::test_forging_is_found", *names)


def _evidence(*names: str) -> tuple[str, ...]:
    return _each("tests/evidence/verification/test_tampering.py::test_tampering_is_found", *names)


def _released(*names: str) -> tuple[str, ...]:
    return _each("tests/evidence/verification/test_tampering_with_releases.py::test_it_is_found", *names)


def _bundle(*names: str) -> tuple[str, ...]:
    """Told as it stands, and after manifests and seal were made anew."""
    file = f"{BUNDLES}/test_bundles_tampered.py"
    return (
        *_each(f"{file}::test_tampering_is_told_by_its_fact", *names),
        *_each(f"{file}::test_it_is_still_told_after_manifests_and_seal_were_made_anew", *names),
    )


def _alone(act: str) -> tuple[str, ...]:
    return _each(f"{HELD}::test_without_anybody_outside_nothing_here_shows_it", act)


def _cosigned(act: str) -> tuple[str, ...]:
    return _each(f"{HELD}::test_a_cosigner_refuses_what_contradicts_what_it_signed", act)


def _zip(*tests: str) -> tuple[str, ...]:
    return tuple(f"{BUNDLES}/test_bundles_zip_hostile.py::{test}" for test in tests)


def _bag(*tests: str) -> tuple[str, ...]:
    return tuple(f"{CORE}/test_bags_hostile.py::{test}" for test in tests)


def _refused(*names: str) -> tuple[str, ...]:
    return _each(f"{CORE}/test_canonical_refuses.py::test_a_spelling_is_refused_when_read", *names)


TABLE: tuple[Attack, ...] = (
    Attack(
        Adversary.DISKS,
        "reads the names and words of witnesses",
        "Does not succeed: they are sealed to keys that the registrar's master key wraps; the files hold pseudonyms.",
        (
            "tests/testimony/sealed/test_sealed_names.py::test_nothing_in_the_database_says_who_the_witness_is",
            "tests/testimony/sealed/test_sealed_names.py::test_nothing_in_the_database_file_says_so_either",
        ),
    ),
    Attack(
        Adversary.DISKS,
        "reads originals",
        "Succeeds, and nothing tells of it: Amana does not encrypt originals. Encrypt the disk.",
        (f"{DISK}::test_originals_are_read_and_nothing_tells_of_it",),
        unseen=True,
    ),
    Attack(
        Adversary.DISKS,
        "takes the key files, the passphrase being elsewhere",
        "Does not succeed: no key file opens without its passphrase.",
        (
            f"{DISK}::test_without_the_passphrase_no_key_opens",
            "tests/custody/registrar/test_keyfiles.py::test_another_passphrase_does_not_open",
        ),
    ),
    Attack(
        Adversary.DISKS,
        "takes the key files with the passphrase beside them, as the embedded default keeps it",
        "Succeeds: whoever has both signs as the operator. From then on it is a matter of the rows about the ledger's"
        " key. Keep the passphrase elsewhere.",
        (f"{DISK}::test_with_the_passphrase_beside_the_keys_the_thief_signs_as_the_operator",),
        unseen=True,
    ),
    Attack(
        Adversary.DISKS,
        "changes, swaps, removes or adds originals",
        "Every original is read whole and held against two digests in its signed receipt; whatever no receipt names is"
        " told: `original`, `vault`.",
        _evidence(
            "flip a bit of an original",
            "swap two originals",
            "delete an original",
            "replace an original by a link to it",
            "hide an extra object in the vault",
        ),
    ),
    Attack(
        Adversary.DISKS,
        "writes database, mirror and the notary's memory anew, without any key",
        "The notary's memory is signed with the ledger's key, so is every checkpoint: nothing forged is signed, and"
        " `checkpoint` tells.",
        (
            *_forged("rewrite all that can be written", "rewrite all and drop the memory"),
            "tests/custody/verification/test_forging.py::test_the_notary_signs_no_forged_history",
        ),
    ),
    Attack(
        Adversary.DATABASE,
        "changes or deletes an entry, or puts one in out of turn",
        "The database itself refuses (triggers), also over a plain connection; nothing changes.",
        (
            f"{ATTACKS}/test_with_the_fences_up.py::test_the_statement_is_refused_and_nothing_has_changed",
            "tests/custody/test_fences.py::test_a_change_is_refused",
            "tests/custody/test_fences.py::test_insert_or_replace_over_a_plain_connection_is_refused",
        ),
    ),
    Attack(
        Adversary.DATABASE,
        "changes, adds or removes a row that no trigger guards",
        "Each version of a row is bound by an entry: `history` tells of a row that differs from its last version.",
        (
            *_ledger("alter a live row", "add a row past the record", "remove a row that has history"),
            "tests/custody/verification/test_tampering.py::test_a_role_is_part_of_the_record",
        ),
    ),
    Attack(
        Adversary.DATABASE,
        "pushes the ledger's head, or deletes the private part of an entry",
        "Head and private parts are held against the entries: `head`, `detail`.",
        (*_ledger("change the head's size", "delete a private detail"), *_forged("push the head ahead")),
    ),
    Attack(
        Adversary.DATABASE,
        "brings in a ledger key of one's own",
        "A ledger key counts when the one before it vouched for it with its signature: `key`.",
        ("tests/custody/keyring/test_rotating.py::test_a_key_that_nobody_vouched_for_does_not_count",),
    ),
    Attack(
        Adversary.DATABASE,
        "adds a well-formed entry at the end in the name of somebody else",
        "Nothing shows it: an entry is not signed by the person whom it names. A checkpoint dates it, and from then on"
        " it can't be taken back. Whoever is named can deny it.",
        (
            f"{EARLY}::test_an_entry_in_the_name_of_somebody_else_is_told_by_nobody",
            f"{EARLY}::test_once_a_checkpoint_covers_it_the_same_person_cannot_take_it_back",
        ),
        unseen=True,
    ),
    Attack(
        Adversary.DATABASE,
        "enters a release that nobody approved, or on the strength of an approval that was used for another",
        "Every release says which approval it stands on, and that one must have been used in the same act: `approval`.",
        _released("handed out alone, in silence", "another approval named", "an entry that says none"),
    ),
    Attack(
        Adversary.DATABASE,
        "uses an approved release to let more leave, or to hand it to somebody else",
        "What left, to whom and on what it rests is held against the description that was approved: `disclosure`.",
        (
            *_released("more left", "another recipient", "a statement put in"),
            "tests/testimony/dossiers/test_bundle_beside.py::test_verify_holds_both_against_what_was_approved",
            "tests/testimony/dossiers/test_bundle_beside.py::test_verify_finds_a_bundle_that_nobody_approved",
        ),
    ),
    Attack(
        Adversary.DATABASE,
        "opens the row of a closed case for a moment and adds to it, or leaves it open",
        "What a closed case takes no more is refused under the ledger's lock, so nothing of it stands between the"
        " entries that closed and reopened it: `closing`, `history`.",
        (
            *_each(
                "tests/custody/verification/test_tampering_with_closings.py::test_of_a_closed_case_it_tells",
                "something added behind the rule's back",
                "the row opened",
            ),
            "tests/custody/verification/test_tampering_with_closings.py::test_the_histories_tell_of_the_row_too",
        ),
    ),
    Attack(
        Adversary.SUPERUSER,
        "changes an entry and mends its hash and columns",
        "The tree no longer has the root that was signed, and the next entry of the stream names another hash:"
        " `checkpoint`, `stream`, `entry`.",
        _ledger(
            "flip a byte of an entry",
            "rewrite an entry's time, with its hash",
            "rewrite an entry's outcome, with its hash",
            "rewrite an entry's actor, with its hash",
            "rewrite only the actor column",
        ),
    ),
    Attack(
        Adversary.SUPERUSER,
        "deletes, inserts or reorders entries",
        "Entries are numbered without a gap, each says its own number, and links name the hash before: `sequence`,"
        " `entry`.",
        _ledger(
            "delete the first entry",
            "delete a middle entry",
            "insert an entry at the end",
            "insert an entry in the middle and renumber",
            "swap two entries",
        ),
    ),
    Attack(
        Adversary.SUPERUSER,
        "writes the whole ledger anew, consistently, without the ledger's key",
        "Only what was signed gives it away, and it does: `checkpoint`.",
        _ledger("write the whole ledger anew, consistently"),
    ),
    Attack(
        Adversary.SUPERUSER,
        "changes a row together with its history and snapshot",
        "The entry holds the snapshot's digest: `snapshot`.",
        _ledger("alter a history row", "alter a history row, its snapshot and the live row"),
    ),
    Attack(
        Adversary.SUPERUSER,
        "replaces or removes a key on record",
        "The ledger holds the fingerprint of every key that was made: `key`.",
        (
            *_forged("put another ledger key", "put another root", "put another registrar certificate"),
            *_ledger("remove a key's record"),
        ),
    ),
    Attack(
        Adversary.SUPERUSER,
        "removes an item or a receipt with all its rows",
        "The ledger says what was received: `item`, `receipt`.",
        _evidence("remove an item with its rows", "delete a receipt", "point an item at other bytes"),
    ),
    Attack(
        Adversary.SUPERUSER,
        "leaves the fences down, or puts up weak ones",
        "Each trigger's text is compared: `fence`. Down and up again leaves no trace; what was done meanwhile does.",
        (
            *_ledger("drop the fences"),
            "tests/custody/verification/test_tampering.py::test_a_weakened_fence_counts_as_missing",
            "tests/custody/test_fences.py::test_a_fence_that_was_dropped_is_named_and_made_anew",
        ),
    ),
    Attack(
        Adversary.SUPERUSER,
        "changes or drops the last entries before any checkpoint covers them",
        "Nothing shows it; `verify` says how many entries are still open so. It is a matter of seconds, and no"
        " witness's key is made or used on the strength of an entry that is not covered.",
        (
            f"{EARLY}::test_the_last_entry_before_a_checkpoint_can_be_changed_unseen_and_verify_says_that_it_is_open",
            "tests/custody/registrar/test_uses.py::test_the_entry_is_under_a_checkpoint_before_the_use",
        ),
        unseen=True,
    ),
    Attack(
        Adversary.LEDGER_KEY,
        "forks the ledger, with no cosigner",
        "Nothing here shows it, and `verify` says so. A checkpoint that anybody kept refutes the fork.",
        _alone("fork"),
        only_outside=True,
    ),
    Attack(
        Adversary.LEDGER_KEY,
        "forks the ledger, with a cosigner",
        "The cosigner wants proof that the tree only grew, and refuses; the refusal is an entry and an alarm.",
        (
            *_cosigned("fork"),
            f"{HELD}::test_growing_on_after_a_fork_does_not_help",
            f"{COSIGNING}::test_a_fork_signed_with_the_ledgers_own_key_is_refused_and_alarms",
        ),
    ),
    Attack(
        Adversary.LEDGER_KEY,
        "dates the ledger back, with no cosigner",
        "The tree is believed here; at most a snapshot that was not mended tells. A checkpoint kept elsewhere refutes"
        " it; a time-stamp fits the true tree alone, and dates it.",
        (*_alone("back-date"), f"{HELD}::test_a_time_stamp_refutes_a_ledger_dated_back"),
        only_outside=True,
    ),
    Attack(
        Adversary.LEDGER_KEY,
        "dates the ledger back, with a cosigner",
        "Times are part of the entries, so it is a fork, and the cosigner refuses it.",
        _cosigned("back-date"),
    ),
    Attack(
        Adversary.LEDGER_KEY,
        "shows a fork to one recipient only, with no cosigner",
        "The bundle is sound by itself, and says that it can't tell. Two signed checkpoints of one size with two roots"
        " are the proof, wherever they meet: an earlier bundle, the public mirror.",
        (
            f"{FORK}::test_by_itself_it_is_sound_which_is_why_it_is_said",
            f"{FORK}::test_what_the_recipient_holds_shows_it",
            f"{HELD}::test_a_fork_shown_to_one_recipient_contradicts_the_public_mirror",
        ),
        only_outside=True,
    ),
    Attack(
        Adversary.LEDGER_KEY,
        "shows a fork to one recipient only, with a cosigner",
        "The cosigner's line is missing, and one taken from the true checkpoint does not fit: the quorum of the"
        " recipient's policy is not met. A recipient who holds no policy is in the row before.",
        (
            f"{HELD}::test_a_fork_shown_to_one_recipient_lacks_the_cosigners_line",
            f"{FORK}::test_a_cosigners_line_taken_from_the_true_ledger_shows_it",
            f"{FORK}::test_that_no_cosigner_saw_it_shows_it_to_whoever_holds_the_policy",
        ),
    ),
    Attack(
        Adversary.LEDGER_KEY,
        "cuts off the last 1, 10 or 1,000 entries and signs the rest, with no cosigner",
        "Nothing here shows it. A checkpoint of the longer tree, kept elsewhere, does.",
        (f"{CUT}::test_without_anybody_outside_nothing_here_shows_it",),
        only_outside=True,
    ),
    Attack(
        Adversary.LEDGER_KEY,
        "cuts off the last 1, 10 or 1,000 entries and signs the rest, with a cosigner",
        "A cosigner that saw the end signs no smaller tree, whatever size the request claims that it knew.",
        (f"{CUT}::test_a_cosigner_that_saw_the_end_refuses_to_sign_less",),
    ),
    Attack(
        Adversary.RECEIPTS_KEY,
        "signs a receipt for altered bytes and puts both in the place of the true ones",
        "The signature is genuine, and the ledger binds the digest of another receipt: `receipt`, `item`.",
        (f"{RECEIPTS}::test_a_receipt_signed_for_altered_bytes_is_not_the_one_that_the_ledger_binds",),
    ),
    Attack(
        Adversary.RECEIPTS_KEY,
        "hands out a bundle with altered bytes, receipts and seal signed to fit",
        "No entry of the item's history names that receipt (`receipt`, `examination`), and the ledger's entry about"
        " the handing-over names other manifests (`export`).",
        (
            f"{RECEIPTS}::test_a_bundle_with_a_receipt_signed_for_altered_bytes_contradicts_the_histories_in_it",
            f"{RECEIPTS}::test_even_sealed_anew_by_the_ledger_it_is_told",
            *_bundle("a receipt replaced by another valid one", "a receipt of another original"),
        ),
    ),
    Attack(
        Adversary.RECEIPTS_KEY,
        "asks the registrar for the signature without an entry that allows it",
        "Refused: the registrar signs what a committed entry names, and after the end of a batch nothing more.",
        (
            "tests/custody/registrar/test_rules.py::test_other_bytes_are_not_signed",
            "tests/custody/registrar/test_rules.py::test_a_closed_batch_allows_no_more",
            "tests/custody/registrar/test_rules.py::test_an_entry_that_is_not_there_allows_nothing",
        ),
    ),
    Attack(
        Adversary.RECEIPTS_KEY,
        "has the ledger's key as well, and makes another photograph with another history",
        "The bundle is sound, also with the fingerprints on paper. An earlier checkpoint in the recipient's hands, or"
        " the policy of a cosigner, refutes it.",
        (f"{RECEIPTS}::test_with_the_ledgers_key_as_well_only_what_others_hold_tells",),
        only_outside=True,
    ),
    Attack(
        Adversary.RESTORER,
        "puts back yesterday's database",
        "The mirror and the notary's memory know of more entries: `checkpoint`; the notary signs nothing.",
        _ledger("restore an old database over new tiles"),
    ),
    Attack(
        Adversary.RESTORER,
        "puts back yesterday's database and mirror",
        "The notary's memory knows of more entries: `checkpoint`; the notary signs nothing.",
        (f"{ROLLED}::test_a_backup_of_database_and_mirror_is_found_by_the_notarys_memory",),
    ),
    Attack(
        Adversary.RESTORER,
        "puts back yesterday's database, mirror and memory, with no cosigner",
        "Nothing here shows it. A checkpoint of today, kept elsewhere, does.",
        (f"{ROLLED}::test_a_backup_of_everything_passes_here_and_only_an_outside_checkpoint_tells",),
        only_outside=True,
    ),
    Attack(
        Adversary.RESTORER,
        "puts back yesterday's database, mirror and memory, with a cosigner",
        "The cosigner signed a larger tree, and does not sign yesterday's again.",
        (
            f"{ROLLED}::test_a_cosigner_does_not_sign_yesterday_again",
            f"{COSIGNING}::test_a_ledger_put_back_to_an_earlier_state_is_noticed",
        ),
    ),
    *(
        Attack(
            Adversary.RESTORER,
            f"cuts off the last {told}, without the ledger's key",
            "The signed checkpoint counts more entries: `checkpoint`; the notary signs nothing, nor after as many"
            " others were put in their place.",
            _each(
                f"{ROLLED}::test_the_end_cut_off_without_the_key_is_found_and_nothing_is_signed", count.replace(",", "")
            ),
        )
        for count, told in (("1", "entry"), ("10", "10 entries"), ("1,000", "1,000 entries"))
    ),
    Attack(
        Adversary.COURIER,
        "changes, swaps, adds or removes a photograph",
        "Its name is its digest, and its receipt holds two: `original`.",
        _bundle("an original with a byte flipped", "two originals swapped", "an original deleted", "an original added"),
    ),
    Attack(
        Adversary.COURIER,
        "leaves out a middle entry",
        "The entries of a history are numbered and each names the hash of the one before: `stream`.",
        _bundle("a stream's middle entry dropped"),
    ),
    Attack(
        Adversary.COURIER,
        "leaves out the last two entries",
        "The history ends before its committed head (`stream`). With the head set back, the ledger's entry about the"
        " handing-over names other manifests (`export`).",
        (
            f"{LEFT_OUT}::test_the_last_two_entries_are_missed_by_the_committed_head",
            f"{LEFT_OUT}::test_with_the_head_set_back_the_seal_gives_it_away",
        ),
    ),
    Attack(
        Adversary.COURIER,
        "leaves out one whole item",
        "Files that the manifests name are missing; with manifests made anew, `export` tells.",
        (f"{LEFT_OUT}::test_a_whole_item_left_out_by_the_recipient_is_found",),
    ),
    Attack(
        Adversary.COURIER,
        "writes entries or a receipt in another spelling, with hashes, manifests and seal made anew",
        "What counts is the bytes, and they have one spelling: `entry`, `receipt`.",
        (
            f"{RESPELT}::test_a_line_of_a_bundle_spelt_anew_is_told_even_after_manifests_and_seal_were_made_anew",
            f"{RESPELT}::test_a_receipt_spelt_anew_is_told_even_if_its_key_signed_it",
        ),
    ),
    Attack(
        Adversary.COURIER,
        "exchanges the receipts of two items",
        "A receipt names its item, and the item's history names the receipt: `receipt`.",
        (
            *_bundle("two receipts exchanged with their signatures"),
            *_evidence("replace a receipt by another valid one"),
        ),
    ),
    Attack(
        Adversary.COURIER,
        "exchanges keys in the bag",
        "Signatures and tree no longer fit the enclosed keys: `key`, `receipt`, `checkpoint`, `tree`.",
        _bundle(
            "the authority's certificate swapped",
            "the signer's certificate swapped",
            "the ledger's key swapped",
            "the ledger's key and its checkpoint swapped",
        ),
    ),
    Attack(
        Adversary.COURIER,
        "makes a whole bag of one's own, under keys of one's own",
        "Sound by itself, and the verdict says that trust comes from paper: with the fingerprints given, `key` tells.",
        (
            f"{BUNDLES}/test_bundles_command.py::test_a_fingerprint_that_fits_no_key_makes_it_unsound",
            f"{BUNDLES}/test_bundles_command.py::test_one_fingerprint_leaves_the_other_key_unconfirmed",
        ),
        only_outside=True,
    ),
    Attack(
        Adversary.PUBLISHER,
        "leaves out the last two entries, head set back, and seals that",
        "The bundle is sound. Any fuller history of the same case refutes the head that was committed: the ledger"
        " before an auditor, or a later bundle.",
        (f"{LEFT_OUT}::test_left_out_and_sealed_by_the_operator_it_is_sound_and_any_fuller_history_refutes_it",),
        only_outside=True,
    ),
    Attack(
        Adversary.PUBLISHER,
        "leaves out one whole item and seals that",
        "The bundle is sound: a bundle of some items is a true one, and its verdict says what it does not promise. The"
        " case's own history in the bundle still names every item received; whoever reads it sees what is missing.",
        (
            f"{LEFT_OUT}::test_a_whole_item_left_out_by_the_operator_is_sound_and_the_cases_history_still_names_it",
            f"{LEFT_OUT}::test_so_does_the_history_in_a_bundle_of_some_items",
        ),
        only_outside=True,
    ),
    Attack(
        Adversary.PACKER,
        "writes paths that lead out of the bag",
        "Told by `path` or `manifest`; nothing outside is opened.",
        (
            *_bag(
                "test_an_act_is_reported[a path escape in a manifest]",
                "test_an_act_is_reported[an absolute path]",
                "test_a_path_outside_is_never_opened",
            ),
            *_each(
                *_zip("test_a_name_that_a_bag_may_not_have_is_told"),
                "a path escape",
                "a path escape inside",
                "an absolute path",
                "backslashes",
            ),
        ),
    ),
    Attack(
        Adversary.PACKER,
        "puts in links, pipes and other things that are no files",
        "Told by `path`; links are not followed, pipes not waited for.",
        (
            *_bag(
                "test_a_link_is_reported_and_not_followed",
                "test_a_folder_that_is_a_link_is_not_entered",
                "test_an_original_replaced_by_a_link_to_the_same_bytes_is_reported",
                "test_a_pipe_or_a_socket_does_not_hold_the_reader",
            ),
            *_zip("test_a_member_that_is_no_plain_file_is_told[a link]"),
        ),
    ),
    Attack(
        Adversary.PACKER,
        "uses a name twice, or names that are one elsewhere",
        "Told by `path` or `manifest`.",
        (
            *_bag(
                "test_an_act_is_reported[a file named twice]",
                "test_names_that_would_be_one_file_elsewhere_are_reported",
            ),
            *_zip("test_a_name_twice_is_told", "test_names_that_would_be_one_elsewhere_are_told"),
        ),
    ),
    Attack(
        Adversary.PACKER,
        "packs a bomb: little that unpacks to very much",
        "Counts and sizes have caps and members may not share bytes: it is not read. `zip` tells of it, or the verdict"
        " is that nothing can be told.",
        _zip(
            "test_a_bomb_is_not_read",
            "test_members_that_share_bytes_are_told",
            "test_too_many_members_are_not_read",
            "test_more_than_can_be_meant_is_not_read",
        ),
    ),
    Attack(
        Adversary.SPELLER,
        "writes stored entries in another spelling and mends their hashes",
        "Bytes that are not the one spelling are no entry, and the tree has another root: `entry`, `checkpoint`.",
        (
            f"{RESPELT}::test_an_entry_spelt_anew_with_its_hash_mended_is_found",
            f"{RESPELT}::test_a_whole_ledger_spelt_anew_is_found_at_every_entry",
            f"{RESPELT}::test_a_lenient_reader_would_see_no_difference",
        ),
    ),
    Attack(
        Adversary.SPELLER,
        "writes a number of 2^53 or more, which readers round differently",
        "Refused when read and when written: integers end at 2^53-1.",
        (
            *_refused("an integer beyond 2^53-1", "an integer below -(2^53-1)"),
            *_each(
                f"{CORE}/test_canonical_refuses.py::test_a_value_is_refused_when_written", "an integer beyond 2^53-1"
            ),
        ),
    ),
    Attack(
        Adversary.SPELLER,
        "writes a key twice, of which readers take the first or the last",
        "Refused when read.",
        (
            *_refused("duplicate keys", "duplicate keys of one value", "duplicate keys deeper down"),
            f"{CORE}/test_entries_refuse.py::test_other_spellings_are_refused",
        ),
    ),
    Attack(
        Adversary.SPELLER,
        "writes a fraction or an exponent, which readers print differently",
        "Refused when read and when written: there are only plain integers.",
        (
            *_refused("a float", "a float that is whole", "an exponent", "minus zero"),
            *_each(f"{CORE}/test_canonical_refuses.py::test_a_value_is_refused_when_written", "a float"),
        ),
    ),
    Attack(
        Adversary.CLOCK,
        "sets the clock back",
        "Held against a steady clock and the last entry: an alarm in the ledger and on every page. Times of entries"
        " stand still, they never go back.",
        (
            f"{GUARD}::test_a_clock_set_back_is_told_once",
            f"{GUARD}::test_after_a_start_the_last_entry_tells_of_a_clock_that_is_behind",
            f"{CLOCKS}::test_whoever_sets_it_back_cannot_date_an_entry_before_those_that_are_there",
        ),
    ),
    Attack(
        Adversary.CLOCK,
        "sets the clock forward",
        "Held against a steady clock: an alarm. Entries dated ahead of the clock are told by `time`.",
        (f"{GUARD}::test_a_jump_ahead_is_told_once", *_forged("date the last entry ahead")),
    ),
    Attack(
        Adversary.CLOCK,
        "moves it while Amana is stopped, or had it wrong from the start",
        "Nothing here shows it. The first time-stamp of an outside authority does, and raises the alarm.",
        (
            f"{CLOCKS}::test_a_clock_moved_while_amana_was_stopped_is_told_by_an_outside_time_stamp_alone",
            f"{CLOCKS}::test_a_clock_that_was_wrong_from_the_start_is_told_by_an_outside_time_stamp_alone",
        ),
        only_outside=True,
    ),
    Attack(
        Adversary.VOUCHER,
        "calls a true time-stamp worthless because the authority's certificate has expired",
        "No attack: it is judged at its own time, and the answer is `valid when stamped`. One stamped after the"
        " certificate's end is refused.",
        (
            f"{STAMPED}::test_valid_when_stamped_and_expired_since",
            f"{STAMPED}::test_the_last_moment_of_a_certificate_belongs_to_it",
            f"{OUTSIDE}::test_a_certificate_that_expired_since_is_valid_when_stamped",
            "tests/custody/anchoring/test_time_stamps.py::test_a_certificate_that_expired_since_is_a_third_answer",
            f"{STAMPS_REFUSED}::test_a_certificate_not_valid_at_the_time_stamped",
        ),
    ),
    Attack(
        Adversary.VOUCHER,
        "sorts the certificates or attributes of a token in another way",
        "No attack: real authorities do it, OpenSSL takes it, and so do we; what was signed is checked as it stands.",
        (
            f"{STAMPED}::test_certificates_in_any_order_and_of_any_kind",
            f"{STAMPED}::test_attributes_that_are_not_sorted_are_checked_as_they_stand",
            *_each(
                f"{CORE}/timestamps/test_timestamps_openssl.py::test_both_accept",
                "certificates one way round",
                "certificates the other way round",
                "attributes not sorted",
            ),
        ),
    ),
    Attack(
        Adversary.VOUCHER,
        "puts the certificate of another authority into a token",
        "Changes nothing: trust hangs on the pinned certificate. A token of another authority of the same name is bad.",
        (
            f"{STAMPS_REFUSED}::test_an_authority_certificate_put_into_a_good_token_changes_nothing",
            f"{STAMPS_REFUSED}::test_another_authority_of_the_same_name",
        ),
    ),
    Attack(
        Adversary.VOUCHER,
        "changes the time in a cosignature",
        "The time is part of what the cosigner signed: refused; in the database, `cosignature` tells.",
        (
            f"{CORE}/test_cosignatures_refuse.py::test_a_changed_time_is_refused",
            f"{COSIGNING}::test_tampering_with_a_cosignature_is_found[its time]",
        ),
    ),
    Attack(
        Adversary.VOUCHER,
        "offers a public key of low order, under which one signature fits many texts",
        "Refused wherever a key is read: cosigners' keys, ledger keys, policies.",
        (
            f"{CORE}/test_cosignatures_refuse.py::test_a_weak_key_is_refused",
            f"{CORE}/test_cosignatures_refuse.py::test_a_weak_key_would_have_passed_any_text",
            f"{CORE}/test_notes_keys.py::test_a_weak_or_not_canonical_key_is_refused",
            f"{CORE}/test_policies_refuse.py::test_a_bad_line_is_refused_and_named",
        ),
    ),
    Attack(
        Adversary.VOUCHER,
        "shows fewer cosigners than the quorum, or one of them twice",
        "Counted by key, each once. The recipient's own policy must be met (`cosigner`); where only the enclosed one"
        " is at hand, the verdict is that nothing can be told.",
        (
            f"{CORE}/test_policies_satisfied.py::test_the_example_of_the_specification",
            f"{CORE}/test_policies_satisfied.py::test_one_cosigner_counts_once_however_often_it_signed",
            f"{CORE}/test_policies_satisfied.py::test_strangers_do_not_count",
            f"{OUTSIDE}::test_one_confirmed_cosigner_of_two_wanted_is_not_enough_to_tell",
            f"{OUTSIDE}::test_a_policy_that_the_recipient_holds_counts_instead_of_the_enclosed_one",
        ),
    ),
)

INTRODUCTION = """\
# Attacks, and what shows them

Who might alter the evidence or its history, how, and what gives it away. Each row is shown by the tests named below
it: they commit the act and look at what is told. This page is printed from `tests/custody/attacks/table.py`, and a
test keeps the two alike.

"Seen" says where the act shows. **Yes**: a check on this machine, or of the bundle in hand, tells or refuses it.
**Only outside**: whoever commits it is believed here, and what somebody else holds refutes it: an earlier checkpoint
or bundle, a cosigner, a time authority, a fingerprint on paper. **By nobody**: no check shows it, here or elsewhere;
what stands against it is said beside it. Words in `this type` are the facts that `manage.py verify` or
`python -m custody.core verify` names.
"""


def page() -> str:
    """The table in print, as `config/docs/attacks.md` holds it."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield INTRODUCTION.rstrip("\n")
    for chapter, (adversary, group) in enumerate(groupby(TABLE, key=lambda row: row.adversary), 1):
        rows = list(group)
        yield from ("", f"## {chapter}. {adversary}", "")
        yield from ("| no. | what is done | what shows it | seen |", "| --- | --- | --- | --- |")
        for number, row in enumerate(rows, 1):
            yield f"| {chapter}.{number} | {row.act} | {row.mechanism} | {row.seen} |"
        yield from ("", "Shown by:", "")
        for number, row in enumerate(rows, 1):
            yield from (f"- {chapter}.{number} `{test}`" for test in row.tests)


if __name__ == "__main__":
    sys.stdout.write(page())
