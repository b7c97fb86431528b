"""The cosigner's private key on disk: PKCS#12, under a passphrase with a set number of rounds, or under none."""

import warnings
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from custody import private_files
from custody.core.cosignatures import CosignerKey
from custody.core.errors import CustodyError, NoteError

PRIVATE: Final = "key.p12"
PUBLIC: Final = "cosigner.vkey"

_ROUNDS: Final = 600_000
_MAX_BYTES: Final = 2**16


class KeyFileError(CustodyError):
    """The key file is missing, damaged, readable by others, or does not open with the passphrase."""


def store(folder: Path, private_key: Ed25519PrivateKey, key: CosignerKey, passphrase: bytes | None) -> None:
    """Write both halves, the private one last: a folder with a private key is complete."""
    private_files.replace(folder / PUBLIC, f"{key.encode()}\n".encode())
    content = pkcs12.serialize_key_and_certificates(key.name.encode(), private_key, None, None, _protection(passphrase))
    private_files.replace(folder / PRIVATE, content)


def load(folder: Path, passphrase: bytes | None) -> tuple[Ed25519PrivateKey, CosignerKey]:
    """Both halves; they belong together. Raises KeyFileError."""
    private_key = _load_private(folder / PRIVATE, passphrase)
    try:
        key = CosignerKey.parse(private_files.read(folder / PUBLIC, at_most=_MAX_BYTES).decode().removesuffix("\n"))
    except (OSError, UnicodeDecodeError, NoteError) as error:
        raise KeyFileError(f"the public key in {PUBLIC} can't be read: {error}") from error
    if key.public != private_key.public_key().public_bytes_raw():
        raise KeyFileError(f"{PUBLIC} and {PRIVATE} are not two halves of one key")
    return private_key, key


def _load_private(path: Path, passphrase: bytes | None) -> Ed25519PrivateKey:
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFileError(f"{path.name} can be read by others than its owner; say chmod 600, or make a new key")
        content = private_files.read(path, at_most=_MAX_BYTES)
    except OSError as error:
        raise KeyFileError(f"{path.name} can't be read; is this the folder that `init` made?") from error
    try:
        with warnings.catch_warnings():
            # The library warns of a file that is not quite PKCS#12; ours always are.
            warnings.simplefilter("error", UserWarning)
            private_key = pkcs12.load_pkcs12(content, passphrase).key
    except (ValueError, UnsupportedAlgorithm, UserWarning) as error:
        how = "with this passphrase" if passphrase else "without a passphrase (--passphrase-file)"
        raise KeyFileError(f"{path.name} does not open {how}") from error
    if not isinstance(private_key, Ed25519PrivateKey):
        raise KeyFileError(f"{path.name} does not hold an Ed25519 key")
    return private_key


def _protection(passphrase: bytes | None) -> KeySerializationEncryption:
    if passphrase is None:
        return NoEncryption()
    # The library's default would be 2,048 rounds.
    return (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(passphrase)
    )
