"""Private keys on disk: PKCS#12 with a set number of rounds, and the master key under scrypt.

The embedded default keeps the passphrase in a file beside the keys, mode 0600. That protects a copied key
file without its folder and little else; ``config/docs/limits.md`` says so.

The ledger's key lies in the notary's folder, with a passphrase file of its own where that folder is another one.
A key changes in steps that a stop leaves readable: the new file waits as ``<name>-next.p12``, the old one is kept as
``<name>-old.p12`` while the new one takes the name, and is destroyed last.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import warnings
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12
from django.conf import settings

from custody import data, private_files
from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.errors import CustodyError

REGISTRAR, LEDGER, ROOT, MASTER = "registrar", "ledger", "ca", "master"

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

_SCRYPT_R, _SCRYPT_P = 8, 1
_SCRYPT_MOST = 1 << 24
_DYING = ".dying"
_MASTER_CONTEXT = b"amana master key 1"


class KeyFileError(CustodyError):
    """A key file is missing, damaged, or does not open with the passphrase."""


@dataclass(frozen=True)
class SignerKey:
    """The registrar's signing key with its certificate and the root above it."""

    private_key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    root: x509.Certificate


def folder_of(name: str) -> Path:
    """The folder that a key file lies in: the notary's for the ledger's key, ``keys/`` for every other."""
    return data.notary() if name.partition("-")[0] == LEDGER else data.keys()


def path_of(name: str) -> Path:
    """Where ``<name>.p12`` lies; the master key is no PKCS#12."""
    return folder_of(name) / f"{name}.{'json' if name.partition('-')[0] == MASTER else 'p12'}"


def _make_passphrase(folder: Path) -> None:
    if not settings.AMANA_KEY_PASSPHRASE:
        with contextlib.suppress(FileExistsError):
            private_files.write_once(folder / "passphrase", secrets.token_urlsafe(32).encode())


def passphrase(folder: Path | None = None) -> bytes:
    """The passphrase of the key files in a folder (``keys/``): from the setting, else from the file ``passphrase``.

    Raises KeyFileError.
    """
    if settings.AMANA_KEY_PASSPHRASE:
        return str(settings.AMANA_KEY_PASSPHRASE).encode()
    folder = folder or data.keys()
    try:
        found = (folder / "passphrase").read_bytes().strip()
    except OSError as error:
        name = f"{folder.name}/passphrase"
        raise KeyFileError(f"the file {name} can't be read, and AMANA_KEY_PASSPHRASE is not set") from error
    if not found:
        raise KeyFileError(f"the file {folder.name}/passphrase is empty")
    return found


def store_key(name: str, key: PrivateKey, chain: list[x509.Certificate]) -> None:
    """Write ``keys/<name>.p12``; ``chain`` starts with its own certificate, or is empty. Raises FileExistsError."""
    path = path_of(name)
    _make_passphrase(path.parent)
    protection = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(settings.AMANA_KEY_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(passphrase(path.parent))
    )
    own, above = (chain[0], chain[1:]) if chain else (None, [])
    content = pkcs12.serialize_key_and_certificates(name.encode(), key, own, above or None, protection)
    private_files.write_once(path, content)


def load_key(name: str) -> pkcs12.PKCS12KeyAndCertificates:
    """Open ``<name>.p12``. Raises KeyFileError."""
    path = path_of(name)
    try:
        with warnings.catch_warnings():
            # The library warns of a file that is not quite PKCS#12; ours always are.
            warnings.simplefilter("error")
            return pkcs12.load_pkcs12(path.read_bytes(), passphrase(path.parent))
    except FileNotFoundError as error:
        raise KeyFileError(f"the key file {path.name} is missing; run the setup first") from error
    except OSError as error:
        raise KeyFileError(f"the key file {path.name} can't be read by this user") from error
    except (ValueError, UnsupportedAlgorithm, UserWarning) as error:
        raise KeyFileError(f"the key file {path.name} does not open with the passphrase") from error


def load_signer(name: str = REGISTRAR) -> SignerKey:
    """The registrar's signing key, certificate and root. Raises KeyFileError."""
    bag = load_key(name)
    if not isinstance(bag.key, ec.EllipticCurvePrivateKey) or bag.cert is None or not bag.additional_certs:
        raise KeyFileError(f"the key file {name}.p12 does not hold a P-256 key with its certificates")
    return SignerKey(bag.key, bag.cert.certificate, bag.additional_certs[0].certificate)


def load_root() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The root's certificate and key, where its file was not moved elsewhere. Raises KeyFileError."""
    bag = load_key(ROOT)
    if not isinstance(bag.key, ec.EllipticCurvePrivateKey) or bag.cert is None:
        raise KeyFileError("the key file ca.p12 does not hold the root")
    return bag.cert.certificate, bag.key


def load_ledger_key(name: str = LEDGER) -> ed25519.Ed25519PrivateKey:
    """The key that signs checkpoints. Raises KeyFileError."""
    key = load_key(name).key
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise KeyFileError(f"the key file {name}.p12 does not hold an Ed25519 key")
    return key


def next_of(name: str) -> str:
    """The name under which a key's successor waits."""
    return f"{name}-next"


def old_of(name: str) -> str:
    """The name under which a key that was replaced waits for its destruction."""
    return f"{name}-old"


def exists(name: str) -> bool:
    """Whether the key file is there. Raises PermissionError where this user may not look."""
    return path_of(name).exists()


def promote(name: str) -> None:
    """Put the waiting successor in a key's place, and keep the key beside it; whoever was stopped does it again."""
    path, old = path_of(name), path_of(old_of(name))
    if not old.exists():
        os.link(path, old)
    path_of(next_of(name)).replace(path)
    private_files.settle(path.parent)


def destroy(name: str) -> None:
    """Overwrite a key file and take it away.

    Imperfect, and said to be: a disk that writes elsewhere than told (flash, copy on write) and backups keep it.
    """
    path = path_of(name)
    with contextlib.suppress(FileNotFoundError):
        # Under a name that nobody opens: a stop while it is overwritten leaves no key file that can't be read.
        path.replace(path.with_name(f".{path.name}{_DYING}"))
        private_files.settle(path.parent)
    finish_destroying(path.parent)


def finish_destroying(folder: Path) -> None:
    """Overwrite and take away what a stop left of key files that were being destroyed."""
    for dying in folder.glob(f".*{_DYING}"):
        with contextlib.suppress(FileNotFoundError):
            with dying.open("r+b") as file:
                file.write(secrets.token_bytes(dying.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            dying.unlink()
    private_files.settle(folder)


def _wrapping_key(salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=settings.AMANA_KEY_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P).derive(passphrase())


def store_master(master: bytes, name: str = MASTER) -> None:
    """Write ``keys/<name>.json``: the master key under scrypt (RFC 7914) and AES-256-GCM. Raises FileExistsError."""
    _make_passphrase(data.keys())
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_wrapping_key(salt)).encrypt(nonce, master, _MASTER_CONTEXT)
    work: dict[str, JsonValue] = {"kdf": "scrypt", "n": settings.AMANA_KEY_SCRYPT_N, "r": _SCRYPT_R, "p": _SCRYPT_P}
    parts = {"salt": salt.hex(), "nonce": nonce.hex(), "key": sealed.hex()}
    private_files.write_once(path_of(name), canonical.dumps({**work, **parts}))


def master_fingerprint(master: bytes) -> str:
    """What tells one master key from another and nothing of either: SHA-256 over a context and the key, hex."""
    return hashlib.sha256(_MASTER_CONTEXT + b" fingerprint " + master).hexdigest()


def load_masters() -> list[bytes]:
    """The master key, and the one that it replaces while that is still there. Raises KeyFileError."""
    return [load_master(), *([load_master(old_of(MASTER))] if exists(old_of(MASTER)) else [])]


def load_master(name: str = MASTER) -> bytes:
    """The master key. Raises KeyFileError."""
    path = path_of(name)
    try:
        content = canonical.loads(path.read_bytes())
        if not isinstance(content, dict):
            raise KeyFileError(f"the key file {path.name} is damaged")
        salt, nonce, sealed = (bytes.fromhex(str(content[name])) for name in ("salt", "nonce", "key"))
        derived = Scrypt(salt=salt, length=32, n=_work_factor(content["n"]), r=_SCRYPT_R, p=_SCRYPT_P).derive(
            passphrase()
        )
        return AESGCM(derived).decrypt(nonce, sealed, _MASTER_CONTEXT)
    except FileNotFoundError as error:
        raise KeyFileError(f"the key file {path.name} is missing; run the setup first") from error
    except (KeyError, ValueError, InvalidTag, CustodyError) as error:
        raise KeyFileError(f"the key file {path.name} does not open with the passphrase") from error


def _work_factor(value: object) -> int:
    if not isinstance(value, int) or not 2 <= value <= _SCRYPT_MOST:
        raise KeyFileError("the key file master.json names an impossible work factor")
    return value
