"""The whole main job, in order: pictures come in, people speak, a dossier goes out, and everything is verified."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from custody import data, ledger, notary
from custody.actors import for_command, for_process
from custody.core.verdicts import State
from custody.installation import set_up_keys
from custody.keyring import ensure_list
from custody.models import Case
from custody.verification import Inspection, inspect
from evidence.access import asker_for_command
from evidence.bundles import hand_out
from evidence.examining import examine_waiting, waiting
from evidence.models import Collection
from evidence.releases import order_for
from testimony.demonstration import dossiers, identification, outline, pictures, story
from testimony.demonstration.story import SignIn
from testimony.demonstration.telling import Teller
from testimony.figures import Figure, figures_of
from testimony.models import Statement, Witness
from testimony.sealed import kept

# A worker examines some twenty pictures a second; a demonstration should not keep anybody waiting for 53,275 of them.
EXAMINED_AT_ONCE: Final = 400
_DOSSIERS: Final = 4


@dataclass
class Show:
    """One run of the demonstration; `sound` is False when any result was not what it should be."""

    teller: Teller
    photos: int
    bodies: int = pictures.SETS
    relatives: int = outline.RELATIVES
    sound: bool = True
    sign_ins: list[SignIn] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """The data folder."""
        return data.root()

    def run(self) -> None:
        """Every step, each with its result."""
        case, collection = self._set_up()
        self._take_in(case, collection)
        self._examine()
        self._tell(case, collection)
        self._outline(case)
        self._identify(case, collection)
        self._dossiers(case, collection)
        self._bundle(case)
        self._verify()

    def _set_up(self) -> tuple[Case, Collection]:
        with self.teller.step("Setting up: keys, ledger, people, a case, where the pictures came from"):
            for key in set_up_keys(actor=for_command()):
                self.teller.result(f"{key.kind} key, fingerprint {key.fingerprint}")
            ensure_list(actor=for_command())
            case, self.sign_ins = story.open_case()
            collection = story.open_collection(case)
            self.teller.result(f"ledger {ledger.origin()}, case {case.code}, {len(self.sign_ins)} people")
        return case, collection

    def _take_in(self, case: Case, collection: Collection) -> None:
        received = data.work() / "demonstration-received"
        try:
            with self.teller.step(f"Making {self.photos:,} pictures: neutral shapes with number cards, nobody in them"):
                size = self._make(received)
                odd = story.add_odd_files(received)
                self.teller.result(f"{size / 1e6:,.1f} MB, and {odd} odd files such as every disk has")
            with self.teller.step("Ingest: every file hashed, stored once, receipted and recorded"):
                with self.teller.bar("taking in", self.photos + odd) as bar:
                    taken = story.take_in(case, collection, received, lambda files, _: bar.update(max(files, 0)))
                batch = taken.batch
                self.teller.result(
                    f"{batch.seen:,} seen = {batch.stored:,} stored + {batch.duplicate:,} duplicate "
                    f"+ {batch.refused:,} refused; under a signed checkpoint of {taken.checkpoint.size:,} entries"
                )
                self._expect(batch.seen == batch.stored + batch.duplicate + batch.refused)
        finally:
            shutil.rmtree(received, ignore_errors=True)

    def _make(self, folder: Path) -> int:
        folder.mkdir(mode=0o700, parents=True)
        total = 0
        with self.teller.bar("making", self.photos) as bar:
            for size in pictures.make_many(self.photos, folder):
                total += size
                bar.update(1)
        return total

    def _examine(self) -> None:
        with self.teller.step("Examination: type by content, claims of the camera, veiled and small pictures"):
            count = min(waiting(), EXAMINED_AT_ONCE)
            with self.teller.bar("examining", count) as bar:
                done = examine_waiting(actor=for_process("worker"), limit=count, progress=bar.update)
            left = waiting()
            rest = f"; {left:,} wait for the worker, which goes on while the server runs" if left else ""
            self.teller.result(f"{done:,} examined, each with a signed record{rest}")

    def _tell(self, case: Case, collection: Collection) -> None:
        with self.teller.step("Testimony: victims, witnesses under codes, consents, sealed statements"):
            for person, victim in story.tell(case, collection):
                self.teller.result(
                    f"{victim.code}  {person.latin} / {person.arabic}, {len(person.accounts)} statement(s)"
                )
            witnesses, statements = Witness.objects.filter(case=case), Statement.objects.filter(case=case)
            sealed = sum(len(kept(statement.sealed_sha256)) for statement in statements)
            self.teller.result(
                f"{witnesses.count()} witnesses are known by code only; "
                f"{statements.count()} statements, {sealed:,} bytes, sealed to the keys of the witnesses"
            )

    def _outline(self, case: Case) -> None:
        with self.teller.step("The archive at its true size: body sets from a table, relatives who came forward"):
            with self.teller.bar("bringing in", self.photos) as bar:
                report = outline.make_bodies(case, self.photos, self.bodies, _Shown(bar).moved)
            self.teller.result(
                f"{report.rows:,} rows: {report.sets:,} body sets, {report.new:,} images placed; "
                f"{len(report.faults):,} rows stayed out"
            )
            self._expect(not report.faults)
            with self.teller.bar("relatives", self.relatives) as bar:
                outline.hear_relatives(case, self.relatives, _Shown(bar).moved)
            figures = figures_of(case)
            self.teller.result(
                f"{figures.counts[Figure.IN_CONTACT]:,} relatives in contact, {figures.share(Figure.GAVE)} in a "
                f"hundred gave information, {figures.share(Figure.READY)} are ready to testify"
            )

    def _identify(self, case: Case, collection: Collection) -> None:
        with self.teller.step("Identification: numbers read twice, pictures shown, grounds, a decision, a conflict"):
            for line in identification.work_through(case, collection):
                self.teller.result(line)

    def _dossiers(self, case: Case, collection: Collection) -> None:
        with self.teller.step("Dossiers: consent decides, the content is frozen, the pages are set, signed and kept"):
            folder = self.folder / "dossiers-shown"
            folder.mkdir(mode=0o700, exist_ok=True)
            for victim, words in dossiers.refused(case):
                self.teller.result(f"{victim.code}  refused, and the refusal is recorded: {words}")
            made = []
            for shown in dossiers.build_all(case, collection, folder):
                made.append(shown)
                version = shown.version
                self.teller.result(
                    f"{version}  {shown.what}: {version.exhibits} exhibits, {version.statements} statements, "
                    f"{version.withheld} left out, {version.pages} pages, signature {version.level or 'none'}"
                )
                self.teller.result(f"         {shown.paths[0]}")
                if len(made) == 1:
                    # Before its pictures are covered for the redacted edition: then no originals go beside it any more.
                    self._handed_out(case, shown)
            self._expect(len(made) == _DOSSIERS)

    def _handed_out(self, case: Case, shown: dossiers.Shown) -> None:
        handed = dossiers.hand_out(case, shown, self.folder / "dossiers-handed-out")
        self.teller.result(f"asked for by the lawyer, approved by the lead, handed out: {handed.folder}")
        self._expect(handed.bundle is not None)
        self.teller.result("with the bundle of its exhibits beside it, on the same approval")

    def _bundle(self, case: Case) -> None:
        with self.teller.step("Bundle: what the other side gets, checkable without us"):
            approval, told = story.agree_on_release(case)
            self.teller.result(told)
            order = order_for(approval, asker_for_command(case=case, purpose=None))
            to = self.folder / "bundles" / f"{case.code}-1"
            to.parent.mkdir(mode=0o700, exist_ok=True)
            with self.teller.bar("originals", self.photos) as bar:
                written = hand_out(order, to=to, progress=lambda done, _: bar.update(done - bar.n))
            self.teller.result(f"{to}: {written.items:,} items, {written.bytes:,} bytes")
            self.teller.result(f"its entry is number {written.entry:,} of the ledger")
            self._offline(to)

    def _offline(self, bundle: Path) -> None:
        """The verifier of the other side: a plain Python without Django, in a process of its own."""
        command = [sys.executable, "-m", "custody.core", "verify", str(bundle)]
        self.teller.result("verified as a stranger would, without Django: python -m custody.core verify ...")
        finished = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)  # noqa: S603
        for line in finished.stdout.strip().splitlines()[-3:]:
            self.teller.result(f"  {line.strip()}")
        self._expect(finished.returncode == 0)

    def _verify(self) -> None:
        with self.teller.step("Verify: originals, receipts, ledger, tree, histories, fences, both ways"):
            notary.ensure_checkpoint()
            with self.teller.bar("verifying", 0) as bar:
                verdict = inspect(Inspection(case=None, sample=None, progress=_Shown(bar)))
            for name, number in sorted(verdict.counts.items()):
                self.teller.result(f"{number:>10,}  {name.replace('_', ' ')}")
            for finding in verdict.findings:
                if finding.state is not State.OK:
                    self.teller.result(f"{finding.state.value}: {finding.fact} {finding.subject}: {finding.message}")
            self.teller.result(f"bottom line: {verdict.bottom_line}")
            self._expect(verdict.exit_code == 0)

    def _expect(self, happened: bool) -> None:
        if not happened:
            self.sound = False
            self.teller.result("THIS IS NOT WHAT SHOULD HAPPEN")


class _Shown:
    """Moves one bar through the checks of a verification."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def moved(self, done: int, total: int) -> None:
        """Without a name for what is done."""
        self._bar.total = total or self._bar.total
        self._bar.update(done - self._bar.n)

    def __call__(self, what: str, done: int, total: int) -> None:
        self._bar.set_description_str(f"   {what}", refresh=False)
        self._bar.total = total or None
        self._bar.update(done - self._bar.n)
