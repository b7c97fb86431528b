"""``manage.py dossier``: plan, look at the gate, preview, build, compare, hand out and renew dossiers of a case."""

from __future__ import annotations

import contextlib
import json
import os
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from custody import accounts, cases
from custody.core.errors import CustodyError
from custody.management.covering import covered
from custody.models import Approval, Case
from custody.parties import find_party
from custody.purposes import CHOSEN_BY_PEOPLE, Purpose
from custody.typesetting.errors import TypesettingError
from evidence.access import Asker, asker_for_command
from evidence.bundles import Written
from evidence.core.errors import EvidenceError
from testimony import victims
from testimony.core import dossier as tree
from testimony.core.dossier.comparison import compare
from testimony.core.errors import ConsentError, TestimonyError
from testimony.dossiers import building, jobs, later_files, plans, release, unfinished, versions
from testimony.dossiers.progress import Progress
from testimony.dossiers.readiness import readiness
from testimony.dossiers.refusing import in_english
from testimony.models import Dossier, DossierPlan, Victim
from testimony.models.consents import ConsentDisclosure
from testimony.models.declarations import DeclarationJurisdiction
from testimony.models.dossiers import EditionChoice, PictureChoice

_REFUSED: Final = 1
_NOT_DONE: Final = 2


class Command(BaseCommand):
    """Exit 0 when it is done, 1 when consent, a rule or an approval refuses it, 2 when it could not be done."""

    help = "Plan, preview, build, compare and hand out the dossiers of a case."

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
        plan = steps.add_parser("plan", help="plan a dossier about one victim or several; prints its code")
        _add_common(plan, dossier=False)
        plan.add_argument("victims", nargs="+", help="codes of the victims, for example VF-0001")
        _add_choices(plan)
        gate = steps.add_parser("gate", help="what would go in today, what would stay here, and why")
        _add_common(gate)
        preview = steps.add_parser("preview", help="set the pages as a preview; nothing is signed or kept")
        _add_common(preview)
        preview.add_argument("--to", required=True, type=Path, metavar="FILE", help="the PDF to make")
        build = steps.add_parser("build", help="build and sign the next version, and keep it sealed")
        _add_common(build)
        listed = steps.add_parser("list", help="the dossiers of a case, their versions and where each stands")
        _add_common(listed, dossier=False)
        differ = steps.add_parser("compare", help="what changed between two versions")
        _add_common(differ)
        differ.add_argument("old", type=int)
        differ.add_argument("new", type=int)
        back = steps.add_parser("countersigned", help="take a volume back that others have signed too")
        _add_common(back)
        back.add_argument("version", type=int)
        back.add_argument("file", type=Path, metavar="FILE")
        back.add_argument("--volume", type=int, default=1)
        renewed = steps.add_parser("renew", help="add a document time-stamp to every volume of a version")
        _add_common(renewed)
        renewed.add_argument("version", type=int)
        handed = steps.add_parser("release", help="hand an approved version out into a new folder")
        _add_common(handed)
        handed.add_argument("version", type=int)
        handed.add_argument("--approval", required=True, help="id of the request that a second person approved")
        handed.add_argument("--to", required=True, type=Path, metavar="FOLDER", help="the folder to make")
        handed.add_argument(
            "--without-bundle",
            action="store_true",
            help="leave the bundle of its exhibits here, although it was agreed on; the entry says so",
        )

    @covered()
    def handle(self, *_: Any, **options: Any) -> None:
        case = cases.find_case(options["case"])
        if case is None:
            raise CommandError(f"There is no case {options['case']}.", returncode=_NOT_DONE)
        asker = self._asker(case, options)
        try:
            told = getattr(self, f"_{options['step']}")(asker, options)
        except (ConsentError, ValidationError) as error:
            words = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            raise CommandError(f"Refused, and the refusal is recorded: {words}", returncode=_REFUSED) from error
        except (TestimonyError, EvidenceError, TypesettingError, CustodyError, OSError) as error:
            raise CommandError(f"Not done: {told(error)}", returncode=_NOT_DONE) from error
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))

    def _asker(self, case: Case, options: Mapping[str, Any]) -> Asker:
        account = accounts.find_account(options["account"]) if options["account"] else None
        if options["account"] and account is None:
            raise CommandError(f"{options['account']} has no account.", returncode=_NOT_DONE)
        return asker_for_command(case=case, purpose=Purpose(options["purpose"]), account=account)

    def _say(self, options: Mapping[str, Any], *lines: str) -> None:
        if not options["json"]:
            for line in lines:
                self.stdout.write(line)

    def _plan(self, asker: Asker, options: Mapping[str, Any]) -> dict[str, Any]:
        plan = plans.create_plan(asker=asker, victims=_victims(asker.case, options), choices=_choices(options))
        self._say(options, f"{plan.code}: planned")
        return {"dossier": plan.code}

    def _gate(self, asker: Asker, options: Mapping[str, Any]) -> dict[str, Any]:
        ready = readiness(_plan(asker.case, options), asker)
        goes = [row.code for row, _decision in ready.allowed]
        stays = {row.code: [why.value for why in decision.reasons] for row, decision in ready.withheld}
        kept = {item.ern: ready.kept[item.pk] for item in ready.pictures if item.pk in ready.kept}
        asked_first = [row.code for row, _decision in ready.open]
        self._say(
            options,
            f"{len(ready.pictures) - len(kept)} pictures and {len(goes)} statements go in.",
            *(f"  to be asked first: {code}" for code in asked_first),
            *(f"  stays: {code}, {'; '.join(map(in_english, why))}" for code, why in stays.items()),
            *(f"  stays: {ern}, {in_english(why)}" for ern, why in kept.items()),
            *(f"  left out by hand: {row.code}" for row in ready.left_out),
            *(f"No build: {in_english(why)}" for why in ready.reasons),
        )
        blocked = list(ready.reasons)
        return {"goes": goes, "stays": stays | kept, "asked_first": asked_first, "blocked": blocked}

    def _preview(self, asker: Asker, options: Mapping[str, Any]) -> dict[str, Any]:
        to: Path = options["to"]
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            with os.fdopen(os.open(to, flags, 0o600), "wb") as out, self._bar(options) as progress:
                content = building.preview(plan=_plan(asker.case, options), asker=asker, to=out, progress=progress)
        except FileExistsError:
            raise
        except BaseException:
            to.unlink(missing_ok=True)
            raise
        self._say(options, f"{to}: a preview, not for release", *_left_out(content.protection.withheld))
        return {"path": str(to), "content": tree.content_sha256(content)}

    def _build(self, asker: Asker, options: Mapping[str, Any]) -> dict[str, Any]:
        plan = _plan(asker.case, options)
        job = jobs.ask_build(plan=plan, asker=asker)
        with self._bar(options) as progress:
            built = jobs.run(job, asker, progress)
        version = built.version
        self._say(
            options,
            f"{version}: {version.exhibits} exhibits, {version.statements} statements, {version.pages} pages, "
            f"{version.volumes} volumes, {version.size:,} bytes",
            f"  SHA-256 of the first volume {version.sha256}",
            f"  SHA-256 of the content      {version.content_sha256}",
            f"  signature {version.level or 'none'}; kept sealed, not handed out",
            *_left_out(built.withheld),
            *(f"  vouched for by {name}" for name in built.anchored.vouched),
            *(f"  not vouched for by {name}: {words}" for name, words in built.anchored.failed.items()),
        )
        return _told(version) | {"vouched": list(built.anchored.vouched), "not_vouched": built.anchored.failed}

    def _list(self, asker: Asker, options: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for plan in plans.plans_of(asker.case):
            standings = versions.standings_of(plan)
            found[plan.code] = [_told(each.version) | {"state": each.state.value} for each in standings]
            self._say(options, f"{plan.code}  {plan.recipient.code if plan.recipient else 'no recipient chosen'}")
            self._say(options, *(f"  {each.version}  {each.state}  {each.version.sha256}" for each in standings))
        return {"dossiers": found}

    def _compare(self, asker: Asker, options: Mapping[str, Any]) -> dict[str, Any]:
        plan = _plan(asker.case, options)
        old, new = (_content(plan, options[name], asker) for name in ("old", "new"))
        changes = compare(old, new)
        words = [f"{each.kind} {each.what} {each.code} {', '.join(each.parts)}".rstrip() for each in changes]
        self._say(options, *(words or ["nothing that a reader would notice"]))
        return {"changes": words}

    def _countersigned(self, asker: Asker, options: Mapping[str, Any]) -> dict[str, Any]:
        plan = _plan(asker.case, options)
        version = _version(plan, options["version"])
        file = later_files.take_countersigned(
            version=version, plan=plan, volume=options["volume"], untrusted=options["file"], asker=asker
        )
        self._say(options, f"{file.name}, revision {file.revision}: SHA-256 {file.sha256}")
        return {"name": file.name, "revision": file.revision, "sha256": file.sha256}

    def _renew(self, asker: Asker, options: Mapping[str, Any]) -> dict[str, Any]:
        plan = _plan(asker.case, options)
        made = later_files.renew(version=_version(plan, options["version"]), plan=plan, asker=asker)
        self._say(options, *(f"{file.name}, revision {file.revision}: SHA-256 {file.sha256}" for file in made))
        return {"files": [{"name": file.name, "sha256": file.sha256} for file in made]}

    def _release(self, asker: Asker, options: Mapping[str, Any]) -> dict[str, Any]:
        version = _version(_plan(asker.case, options), options["version"])
        approval = Approval.objects.filter(pk=options["approval"], case=asker.case).first()
        if approval is None:
            raise CommandError("There is no such request in this case.", returncode=_NOT_DONE)
        killed = unfinished.clear_killed()
        self._say(options, *(_told_of_killed(each) for each in killed))
        with self._counted(options) as progress:
            handed = release.release(
                version=version,
                approval=approval,
                asker=asker,
                to=options["to"].absolute(),
                with_bundle=not options["without_bundle"],
                progress=progress,
            )
        self._say(options, f"{handed.folder}: {', '.join(handed.files)}", f"  on the register as {handed.release}")
        self._say(options, *_told_of_bundle(handed.bundle))
        return {
            "path": str(handed.folder),
            "files": list(handed.files),
            "disclosure": str(handed.release.pk),
            "bundle": vars(handed.bundle) if handed.bundle else None,
            "cleared_away": [str(each.folder) for each in killed if each.removed],
        }

    @contextlib.contextmanager
    def _counted(self, options: Mapping[str, Any]) -> Iterator[Callable[[int, int], None]]:
        """A bar on the terminal: how many originals are written."""
        with tqdm(desc="originals", unit="", disable=options["json"] or not os.isatty(2)) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            yield progress

    @contextlib.contextmanager
    def _bar(self, options: Mapping[str, Any]) -> Iterator[Progress]:
        """A bar on the terminal: one step after the other."""
        hidden = options["json"] or not os.isatty(2)
        with tqdm(disable=hidden, unit="") as bar:

            def show(step: str, done: int, total: int, size: int) -> None:
                bar.set_description(f"{step} {size / 1e6:,.1f} MB" if size else str(step))
                bar.total, bar.n = total, done
                bar.refresh()

            yield show


def _add_common(parser: ArgumentParser, *, dossier: bool = True) -> None:
    parser.add_argument("case", help="code of the case")
    if dossier:
        parser.add_argument("dossier", help="code of the dossier in that case, for example D-0001")
    parser.add_argument("--account", metavar="EMAIL", help="on whose behalf; the rules of that membership hold")
    purposes = [purpose.value for purpose in CHOSEN_BY_PEOPLE]
    parser.add_argument("--purpose", choices=purposes, default=Purpose.CASE_PREPARATION.value)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_choices(parser: ArgumentParser) -> None:
    parser.add_argument("--recipient", metavar="PARTY", help="code of the party it is for; none: a court, not chosen")
    parser.add_argument("--edition", choices=EditionChoice.values, default=EditionChoice.SIDE_BY_SIDE.value)
    parser.add_argument("--pictures", choices=PictureChoice.values, default=PictureChoice.WORKING_COPIES.value)
    parser.add_argument("--disclosure", choices=ConsentDisclosure.values, default=ConsentDisclosure.PSEUDONYM.value)
    parser.add_argument("--redacted", action="store_true", help="a redacted edition")
    parser.add_argument(
        "--law", choices=DeclarationJurisdiction.values, default=DeclarationJurisdiction.AFFIRMATION.value
    )
    parser.add_argument("--volume-megabytes", type=int, default=0, help="largest volume; 0: one volume")


def _choices(options: Mapping[str, Any]) -> plans.Choices:
    recipient = find_party(options["recipient"]) if options["recipient"] else None
    if options["recipient"] and recipient is None:
        raise CommandError(f"There is no party {options['recipient']}.", returncode=_NOT_DONE)
    return plans.Choices(
        recipient=recipient,
        edition=EditionChoice(options["edition"]),
        pictures=PictureChoice(options["pictures"]),
        disclosure=ConsentDisclosure(options["disclosure"]),
        redacted=options["redacted"],
        law=DeclarationJurisdiction(options["law"]),
        volume_megabytes=options["volume_megabytes"],
    )


def _victims(case: Case, options: Mapping[str, Any]) -> list[Victim]:
    found = []
    for code in options["victims"]:
        victim = victims.find_victim(case, code)
        if victim is None:
            raise CommandError(f"There is no victim {code} in case {case.code}.", returncode=_NOT_DONE)
        found.append(victim)
    return found


def _plan(case: Case, options: Mapping[str, Any]) -> DossierPlan:
    plan = plans.find_plan(case, options["dossier"])
    if plan is None:
        raise CommandError(f"There is no dossier {options['dossier']} in case {case.code}.", returncode=_NOT_DONE)
    return plan


def _version(plan: DossierPlan, number: int) -> Dossier:
    version = versions.find_version(plan, number)
    if version is None:
        raise CommandError(f"There is no version {number} of {plan.code}.", returncode=_NOT_DONE)
    return version


def _content(plan: DossierPlan, number: int, asker: Asker) -> tree.Dossier:
    version = _version(plan, number)
    return versions.frozen_content(version, versions.open_kept(version, plan, asker))


def _told(version: Dossier) -> dict[str, Any]:
    named = ("code", "version", "sha256", "content_sha256", "unsigned_sha256", "size", "pages", "volumes", "level")
    counted = ("exhibits", "statements", "withheld")
    return {name: getattr(version, name) for name in (*named, *counted)}


def _told_of_killed(killed: unfinished.Killed) -> str:
    rows = ", ".join(f"{row.kind} {row}" for row in killed.broken_off)
    what = "removed" if killed.removed else "it can't be removed, remove it by hand"
    return f"{killed.folder}: left by a hand-out that was killed; {what}" + (f"; nobody has {rows}" if rows else "")


def _told_of_bundle(bundle: Written | None) -> list[str]:
    if bundle is None:
        return ["  no bundle beside it"]
    return [
        f"  bundle: {bundle.items:,} items, {bundle.bytes:,} bytes of payload",
        f"  SHA-256 of its tag manifest {bundle.tagmanifest}",
        *(f"  did not vouch: {name}: {words}" for name, words in sorted(bundle.not_vouched.items())),
    ]


def _left_out(withheld: tuple[tree.Withheld, ...]) -> list[str]:
    return [f"  left out: {piece.code}, {piece.words.en}" for piece in withheld]
