"""A partner's cosigner: `python -m custody.cosigner COMMAND --folder DIR`, without Django.

Exit status: 0 done, 1 refused, 2 could not.
"""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from custody import private_files
from custody.core import notes
from custody.core.errors import CustodyError
from custody.core.notes import VerifierKey
from custody.core.witnessing import MAX_REQUEST_BYTES, Refusal
from custody.cosigner.desk import Cosigner
from custody.cosigner.server import PATH, Server, say

_DONE, _REFUSED, _COULD_NOT = 0, 1, 2
_MAX_PASSPHRASE: Final = 4096

_NOT_ENCRYPTED: Final = (
    "The key file is NOT encrypted: whoever reads it can cosign in your name. It is readable by this user alone (0600)."
)
_ENCRYPTED: Final = (
    "The key file is encrypted under the passphrase. Kept on the same disk, the passphrase file protects little."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except (CustodyError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return _COULD_NOT
    return status


def on_paper(fingerprint: str) -> str:
    """A SHA-256 in groups of eight, to be copied by hand."""
    return " ".join(fingerprint[at : at + 8] for at in range(0, len(fingerprint), 8))


def _init(options: argparse.Namespace) -> int:
    passphrase = _passphrase(options)
    cosigner = Cosigner.make(options.folder, name=options.name, passphrase=passphrase)
    vkey = cosigner.key.encode()
    _print(vkey, f"fingerprint {on_paper(notes.fingerprint(vkey))}")
    _print("Give the first line to the ledgers' operators; compare the fingerprint with them on paper or by voice.")
    _print(_NOT_ENCRYPTED if passphrase is None else _ENCRYPTED)
    return _DONE


def _trust(options: argparse.Namespace) -> int:
    key = VerifierKey.parse(options.vkey)
    memory = _open(options).trust(key)
    _print(f"cosigns {key.name}", f"fingerprint {on_paper(notes.fingerprint(options.vkey))}")
    others = sum(other.name == key.name for other in memory.trusted) - 1
    if others:
        _print(f"{others} other key(s) of the same origin stay trusted.")
    if key.name not in memory.known:
        _print("The first checkpoint that comes under this key is taken as it is; what came before it is not judged.")
    return _DONE


def _forget(options: argparse.Namespace) -> int:
    _open(options).forget(options.origin)
    _print(*(f"nothing is remembered of {origin}" for origin in options.origin))
    return _DONE


def _sign(options: argparse.Namespace) -> int:
    outcome = _open(options).answer(private_files.read(options.file, at_most=MAX_REQUEST_BYTES))
    if isinstance(outcome, Refusal):
        sys.stderr.write(f"refused: {outcome.kind.word}: {outcome.words}\n")
        return _REFUSED
    _print(outcome.line)
    return _DONE


def _serve(options: argparse.Namespace) -> int:
    cosigner = _open(options)
    memory = cosigner.remembered()
    with Server(options.bind, cosigner) as server:
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, server.stop)
        host, port = server.server_address[:2]
        shown = f"[{host!s}]" if ":" in str(host) else str(host)
        _print(f"{cosigner.key.name} listens on http://{shown}:{port}{PATH}")
        if not memory.trusted:
            say("no ledger is trusted yet (trust): everything will be refused")
        server.serve_until_stopped()
        say("stopped")
    return _DONE


def _open(options: argparse.Namespace) -> Cosigner:
    return Cosigner(options.folder, passphrase=_passphrase(options))


def _passphrase(options: argparse.Namespace) -> bytes | None:
    if options.passphrase_file is None:
        return None
    found = private_files.read(options.passphrase_file, at_most=_MAX_PASSPHRASE).strip()
    if not found:
        raise OSError("the passphrase file is empty")
    return found


def _print(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise argparse.ArgumentTypeError("not of the form HOST:PORT")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m custody.cosigner",
        description="Cosign the checkpoints of ledgers, so that nobody can rewrite them unnoticed.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--folder", type=Path, required=True, help="where the key and the memory lie")
    shared.add_argument("--passphrase-file", type=Path, help="its content opens the key file")

    init = commands.add_parser("init", parents=[shared], help="make a key and an empty memory in a new folder")
    init.add_argument("--name", required=True, help="the cosigner's name, such as partner.example/cosigner")
    init.set_defaults(run=_init)

    trust = commands.add_parser("trust", parents=[shared], help="cosign this ledger from now on")
    trust.add_argument("vkey", metavar="VKEY", help="the ledger's verifier key (ledger.vkey)")
    trust.set_defaults(run=_trust)

    serve = commands.add_parser("serve", parents=[shared], help="answer ledgers over HTTP")
    serve.add_argument("--bind", type=_address, default=("127.0.0.1", 7380), metavar="HOST:PORT")
    serve.set_defaults(run=_serve)

    sign = commands.add_parser("sign", parents=[shared], help="cosign a checkpoint carried in by hand")
    sign.add_argument("file", type=Path, metavar="FILE", help="an add-checkpoint request: old size, proof, checkpoint")
    sign.set_defaults(run=_sign)

    forget = commands.add_parser(
        "forget",
        parents=[shared],
        help="begin anew with a ledger",
        description="After a lost memory, or a ledger closed and begun anew. Until the next cosignature a rewritten "
        "history of that ledger would pass. When the memory is lost, name every ledger ever cosigned.",
    )
    forget.add_argument("origin", nargs="*", metavar="ORIGIN")
    forget.set_defaults(run=_forget)
    return parser


if __name__ == "__main__":
    sys.exit(main())
