"""The packed verifier: the same bytes from the same sources, and it runs where nothing of ours is."""

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import custody.core
from custody.core import fields, packing, receipts
from custody.core.entries import records
from custody.core.errors import BundleError
from tests.custody.core.bundles import samples
from tests.custody.core.bundles.archives import zip_folder
from tests.custody.core.bundles.pages import PARTS, packed_page

CORE = Path(custody.core.__file__).parent


def modules() -> dict[str, bytes]:
    top = CORE.parents[1]
    files = [CORE.parent / "__init__.py", *CORE.rglob("*.py")]
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("program") / "verify.pyz"
    path.write_bytes(packing.pack_program(modules()))
    return path


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed") / "bundle"
    samples.write(folder)
    return folder


def run(program: Path, *arguments: str, options: tuple[str, ...] = ("-I",)) -> subprocess.CompletedProcess[str]:
    """In an interpreter that sees neither the repository nor the caller's folder and environment."""
    line = [sys.executable, *options, "-W", "error", str(program), *arguments]
    return subprocess.run(line, cwd="/", env={}, capture_output=True, text=True, check=False, timeout=120)


def test_the_same_sources_give_the_same_bytes() -> None:
    files = modules()
    assert packing.pack_program(files) == packing.pack_program(dict(reversed(files.items())))
    assert packed_page() == packed_page()


def test_the_program_is_pinned() -> None:
    """If this breaks, people who pack the same sources no longer get the file that was handed out."""
    assert hashlib.sha256(packing.pack_program({"a/b.py": b"x = 1\n"})).hexdigest() == (
        "22b9bbc54045146178ba6a0750d379720d8d791de4a770dfd83517e91b371ddd"
    )


def test_others_read_the_program_as_a_zip() -> None:
    files = modules()
    with zipfile.ZipFile(io.BytesIO(packing.pack_program(files))) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == sorted(["__main__.py", *files])
        assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert opened.read("custody/core/bags.py") == files["custody/core/bags.py"]


def test_a_sound_bundle_in_a_clean_interpreter(program: Path, bundle: Path, tmp_path: Path) -> None:
    for path in (bundle, zip_folder(bundle, tmp_path / "b.zip")):
        done = run(program, str(path), "--json")
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["bottom_line"] == "sound"


def test_its_words_are_those_of_the_module(program: Path, bundle: Path) -> None:
    line = [sys.executable, "-m", "custody.core", "verify", str(bundle)]
    module = subprocess.run(line, cwd=CORE.parents[1], capture_output=True, text=True, check=True, timeout=120)
    assert run(program, str(bundle)).stdout == module.stdout


def test_it_comes_from_the_file_alone(program: Path, tmp_path: Path) -> None:
    (tmp_path / "custody").mkdir()
    (tmp_path / "custody/__init__.py").write_text("raise SystemExit(99)")
    line = [sys.executable, str(program), str(tmp_path)]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert "UNSOUND" in done.stdout


def test_without_cryptography_a_sound_bundle_cannot_be_told(program: Path, bundle: Path) -> None:
    # -S: no packages but the standard library.
    done = run(program, str(bundle), options=("-I", "-S"))
    assert (done.returncode, done.stderr) == (2, "")
    assert "Python needs the package cryptography, which cannot be used here" in done.stdout
    assert "Traceback" not in done.stdout
    assert done.stdout.splitlines()[-1].startswith("COULD NOT TELL")


def test_a_name_that_the_output_cannot_show_does_not_end_the_check(program: Path, bundle: Path, tmp_path: Path) -> None:
    """Windows writes code page 1252 into a file: a sound bundle in a folder of Arabic name ended with 1, "unsound"."""
    (tmp_path / "حزمة").symlink_to(bundle)
    line = [sys.executable, str(program), str(tmp_path / "حزمة")]
    done = subprocess.run(line, env={"PYTHONIOENCODING": "cp1252"}, capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\u062d\u0632\u0645\u0629" in done.stdout


@pytest.mark.parametrize("version", ["38.0.4", "42.0.8"])
def test_with_an_old_cryptography_a_sound_bundle_cannot_be_told(
    program: Path, bundle: Path, tmp_path: Path, version: str
) -> None:
    # As Debian 12 has it: it ended in a traceback, and with 1, which says "unsound".
    (tmp_path / "cryptography").mkdir()
    (tmp_path / "cryptography/__init__.py").write_text(f'__version__ = "{version}"\n')
    before = f"import runpy, sys; sys.path.insert(0, {str(tmp_path)!r}); sys.argv = ['', {str(bundle)!r}]"
    start = f"{before}; runpy.run_path({str(program)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", start], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "")
    assert f"it is version {version}; 43 or newer is needed" in done.stdout


def test_without_cryptography_a_flipped_byte_is_still_told(program: Path, tmp_path: Path) -> None:
    samples.write(tmp_path / "bundle")
    photo = next((tmp_path / "bundle/data/photos").iterdir())
    photo.write_bytes(b"X" + photo.read_bytes()[1:])
    done = run(program, str(tmp_path / "bundle"), "--json", options=("-I", "-S"))
    assert done.returncode == 1, done.stderr
    assert "original" in {finding["fact"] for finding in json.loads(done.stdout)["findings"]}


@pytest.mark.parametrize("arguments", [[], ["--help"], ["nothing/there"], [__file__]])
def test_a_wrong_call_is_told_in_words(program: Path, arguments: list[str]) -> None:
    done = run(program, *arguments)
    assert done.returncode == (0 if arguments == ["--help"] else 2)
    assert "Traceback" not in done.stderr
    assert "PATH" in done.stdout + done.stderr or "COULD NOT TELL" in done.stdout


def test_an_old_python_reads_the_start() -> None:
    with zipfile.ZipFile(io.BytesIO(packing.pack_program({}))) as opened:
        start = opened.read("__main__.py").decode()
    assert start.index("sys.version_info") < start.index("from custody")
    # Nothing that Python 2 or an early 3 could not compile.
    assert not re.search(r"\bf[\"']|:=|match |print", start)


def test_a_module_with_another_name_is_refused() -> None:
    with pytest.raises(BundleError, match="not ASCII"):
        packing.pack_program({"custody/\u0643.py": b""})


def parts() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in PARTS.iterdir()}


def test_the_page_allows_exactly_its_own_script_and_style() -> None:
    page = packed_page().decode()
    rule = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert rule is not None
    script, style = (re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL) for tag in ("script", "style"))
    assert script is not None
    assert style is not None
    digests = [base64.b64encode(hashlib.sha256(part[1].encode()).digest()).decode() for part in (script, style)]
    assert rule[1] == (
        f"default-src 'none'; script-src 'sha256-{digests[0]}'; style-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_page_names_no_address_and_handles_nothing_inline() -> None:
    page = packed_page().decode()
    assert not re.search(r"https?://|\bon[a-z]+=|<link|<img|<iframe|<form|<object|@import|url\(", page)
    assert not re.search(r"\b(eval|fetch|importScripts|setTimeout)\(|\.(inner|outer)HTML|insertAdjacentHTML", page)
    assert not re.search(r"document\.write|XMLHttpRequest|WebSocket|EventSource|sendBeacon|localStorage", page)


def _without(name: str) -> Callable[[dict[str, bytes]], object]:
    return lambda made: made.pop(name)


def _set(name: str, change: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], object]:
    return lambda made: made.update({name: change(made[name])})


BROKEN: dict[str, Callable[[dict[str, bytes]], object]] = {
    "a part gone": _without("zip.js"),
    "no skeleton": _without("verify.html"),
    "no style": _without("verify.css"),
    "a script that ends itself": _set("bag.js", lambda data: data + b"// </script>"),
    "a comment of HTML": _set("bag.js", lambda data: data + b"// <!--"),
    "line ends of Windows": _set("bag.js", lambda data: data.replace(b"\n", b"\r\n")),
    "no place for the script": _set("verify.html", lambda data: data.replace(b"@script@", b"")),
    "two places for the style": _set("verify.html", lambda data: data.replace(b"@style@", b"@style@@style@")),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
def test_a_page_that_would_not_work_is_not_packed(change: Callable[[dict[str, bytes]], object]) -> None:
    made = parts()
    change(made)
    with pytest.raises(BundleError):
        packing.pack_page(made)


def test_every_script_is_in_the_page() -> None:
    assert {name for name in parts() if name.endswith(".js")} == set(packing.SCRIPTS)


FORMS = [
    *(records._ORIGIN, records._ID, records._CODE, records._PURPOSE, records._STREAM, records._KEY),
    *(receipts.ERN, receipts._WORD, receipts._MEDIA_TYPE, receipts._KIND, receipts._CLAIM, receipts._STATE),
    *(receipts.SOURCE_DIGEST, receipts._CHANNEL, fields.ID, fields.LOG, fields.SHA256, fields.SHA512),
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.pattern[:24])
def test_the_page_reads_the_same_forms(form: re.Pattern[str]) -> None:
    """A form that changes in Python alone would make the page refuse sound bundles: change `records.js` with it."""
    in_script = re.sub(r"(?<!\\)/(?![^\[]*\])", r"\/", form.pattern)
    assert in_script in (PARTS / "records.js").read_text()


MADE_UP = ("count-", "fact-", "key-", "checking-", "state-", "left-", "confirmed-")
"""Beginnings that the script completes with a value."""


def _third(call: str) -> str:
    """The third argument of a call, without its quotes."""
    arguments = re.split(r",\s+(?![^{]*\})", call)
    return arguments[2].strip('"') if len(arguments) > 2 and arguments[2].startswith('"') else ""


def test_every_sentence_is_there_in_both_languages() -> None:
    codes = re.findall(r'^  "?([a-z0-9-]+)"?: \[', (PARTS / "words.js").read_text(), re.MULTILINE)
    assert len(codes) == len(set(codes))
    others = "\n".join(path.read_text() for path in PARTS.iterdir() if path.name != "words.js")
    used = set(re.findall(r'(?:Refusal|NotRead|leftOut)\("([a-z0-9-]+)"', others))
    used |= set(re.findall(r'data-say="([a-z-]+)"', others))
    used |= {_third(call) for call in re.findall(r"report\.(?:bad|unknown|ok)\(([^;]*)\);", others)} - {""}
    assert used <= set(codes)
    plain = {code for code in codes if not code.startswith(MADE_UP) and not code.endswith("-lead")}
    assert {code for code in plain if f'"{code}"' not in others} == set()
    assert len(used) > 90


def test_the_text_names_what_goes_with_it() -> None:
    text = packing.pack_readme(b"@program@ and @page@", program=b"1", page=b"2").decode()
    assert text == f"{hashlib.sha256(b'1').hexdigest()} and {hashlib.sha256(b'2').hexdigest()}"
